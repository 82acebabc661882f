"""A small copy of the knowledge base that a test may break."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from myoscope.check.everything import Summary, check_knowledge
from myoscope.sources import files
from myoscope.sources.strict_yaml import parse_yaml

# Of the folders with one file per thing only these; everything else whole.
KEPT = {
    "definitions": ["sdoc_2020.yaml"],
    "flags": ["rf_wl5.yaml"],
    "causes": ["vitamin_d_deficiency.yaml"],
    "treatments": ["vitamin_d.yaml"],
    "equations": ["kim_2002.yaml", "lee_2000_m2.yaml"],
}


def clear_caches() -> None:
    """Forget everything that was read from the knowledge base."""
    for name, module in list(sys.modules.items()):
        if name.startswith("myoscope"):
            for one in vars(module).values():
                if hasattr(one, "cache_clear"):
                    one.cache_clear()


_parse = files._parse
_parsed: dict[tuple[str, bytes], Any] = {}


def parse_once(contents: dict[str, bytes]) -> dict[str, Any]:
    """The parser, which remembers the files that no test changed: most of the time goes there."""
    for name, content in contents.items():
        if (name, content) not in _parsed:
            _parsed[name, content] = _parse({name: content})[name]
    return {name: _parsed[name, content] for name, content in contents.items()}


class Base:
    """The copy: `root` is its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def change(self, path: str, edit: Callable[[Any], Any]) -> None:
        """Edit the content of one file in place."""
        file = self.root / path
        body = parse_yaml(file.read_text("utf-8"), where=path)
        edit(body)
        file.write_text(yaml.safe_dump(body, sort_keys=False, allow_unicode=True), encoding="utf-8")

    @contextmanager
    def used(self) -> Iterator[None]:
        """The program reads this copy."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "ROOT", self.root)
            patch.setattr(files, "_parse", parse_once)
            patch.setenv("XDG_CACHE_HOME", str(self.root.parent / "cache"))
            clear_caches()
            try:
                yield
            finally:
                clear_caches()

    def check(self) -> Summary:
        """What the checker says of it."""
        with self.used():
            return check_knowledge()

    def findings(self) -> list[str]:
        return [str(finding) for finding in self.check().findings]


@pytest.fixture
def base(tmp_path: Path) -> Base:
    def others(folder: str, names: list[str]) -> list[str]:
        kept = KEPT.get(os.path.basename(folder))  # noqa: PTH119  # copytree hands over text
        return [name for name in names if kept and name not in kept]

    shutil.copytree(files.ROOT, tmp_path / "knowledge", ignore=others)
    return Base(tmp_path / "knowledge")
