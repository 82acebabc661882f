"""Intermediate answers that become columns of their own, so that an engine works none of them out twice.

Without it a cut-off of a definition would stand in each of its stages, in each world, and an engine that looks for
repeated parts spends longer looking than reckoning.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import narwhals.stable.v2 as nw


class Shelf:
    """Named expressions in layers: each layer needs only the columns of the frame and of the layers before."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[str, int]] = {}
        self._layers: list[dict[str, nw.Expr]] = []
        self._open: list[int] = []

    def put(self, key: Hashable, make: Callable[[], nw.Expr]) -> nw.Expr:
        """The column of this key; made and put into the first layer that can hold it when it is not there yet."""
        if key not in self._found:
            self._open.append(0)
            made = make()
            layer = self._open.pop()
            while len(self._layers) <= layer:
                self._layers.append({})
            name = f"__{layer}_{len(self._layers[layer])}"
            self._layers[layer][name] = made
            self._found[key] = (name, layer + 1)
        name, above = self._found[key]
        if self._open:
            self._open[-1] = max(self._open[-1], above)
        return nw.col(name)

    def lay_out(self, frame: Any) -> Any:
        """The frame with every intermediate answer as a column."""
        for layer in self._layers:
            frame = frame.with_columns(*(expression.alias(name) for name, expression in layer.items()))
        return frame
