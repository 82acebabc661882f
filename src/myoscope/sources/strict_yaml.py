"""YAML that refuses what it would otherwise swallow: a key given twice, a tag that runs code."""

from __future__ import annotations

import re
from typing import Any

import yaml

DEEPEST = 100  # no record and no knowledge file is nested more than a dozen deep

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictLoader(_Loader):  # type: ignore[misc]  # libyaml's loader when there is one
    """Safe loading (no Python objects), dates left as text, and no key twice in one mapping."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, (str, int, float, bool)):
            raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands there twice", key_node.start_mark
            )
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
# A number is what people mean by one: 070 is not 56 (octal), and 6:30 is not 390 (base 60); both stay text.
_NUMBERS = {
    "tag:yaml.org,2002:int": re.compile(r"^[-+]?(0|[1-9][0-9]*)$"),
    "tag:yaml.org,2002:float": re.compile(
        r"^([-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"
    ),
}
# Dates stay text: one place (the record) decides what a date is, the same for YAML and JSON.
StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, _NUMBERS.get(tag, pattern)) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in StrictLoader.yaml_implicit_resolvers.items()
}


def _refuse_deep(text: str) -> None:
    """Count the nesting first: libyaml's own recursion would end the whole process.

    Raises:
        RecursionError: nested deeper than any record or knowledge file.

    """
    depth = 0
    for event in yaml.parse(text, Loader=StrictLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise RecursionError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def parse_yaml(text: str, *, where: str, ours: bool = False) -> Any:
    """Parse one YAML document. Raises ValueError whose text says where (file, line) and what.

    Args:
        text: the document.
        where: what to call it in messages.
        ours: one of our own files, whose nesting need not be measured first.

    """
    try:
        if not ours:
            _refuse_deep(text)
        return yaml.load(text, Loader=StrictLoader)  # noqa: S506  # a safe loader, made stricter
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise ValueError(f"{where}{line}: {problem}") from None
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply to be a record") from None
