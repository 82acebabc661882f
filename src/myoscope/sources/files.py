"""Read the knowledge files, once, and fast.

The files are YAML because people edit them; parsing them all takes longer than answering a question,
so the parsed form is kept in the user's cache folder under a name made from every file's content
(times of change are the same for every release on some systems): change a file and it is parsed again.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from myoscope import __version__

ROOT = Path(__file__).resolve().parent.parent / "knowledge"

# A release of the knowledge base, shown in every result beside the package's own version.
EDITION = "2026.11"


class KnowledgeError(Exception):
    """A knowledge file that does not hang together: a mistake of ours, not of the user."""


def _read() -> dict[str, bytes]:
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(ROOT.rglob("*.yaml"))}


def _parse(files: dict[str, bytes]) -> dict[str, Any]:
    from myoscope.sources.strict_yaml import parse_yaml

    found = {}
    for name, content in files.items():
        try:
            found[name] = parse_yaml(content.decode("utf-8"), where=name, ours=True)
        except ValueError as error:  # the YAML, or the encoding
            text = str(error)
            raise KnowledgeError(text if text.startswith(name) else f"{name}: {text}") from None
    return found


@cache
def everything() -> dict[str, Any]:
    """Every YAML file of the knowledge base: file name (relative to it) -> its content."""
    files = _read()
    cached = _cache_file(files)
    try:
        kept = json.loads(cached.read_bytes())
        if isinstance(kept, dict) and kept.keys() == files.keys():
            return kept
    except (OSError, ValueError):
        pass
    text = json.dumps(_parse(files))
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in cached.parent.glob("knowledge-*.json"):
            old.unlink(missing_ok=True)
        partial = cached.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(cached)  # a half-written cache is never seen by another process or thread
    except OSError:
        pass  # a read-only home only costs speed
    return dict(json.loads(text))  # as the next run will read it: a key that is a number becomes text


def _cache_file(files: dict[str, bytes]) -> Path:
    from platformdirs import user_cache_path

    digest = hashlib.sha256(__version__.encode())
    for name, content in files.items():
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return user_cache_path("myoscope") / f"knowledge-{digest.hexdigest()[:24]}.json"


@cache
def folder(name: str) -> dict[str, Any]:
    """Every YAML file of one knowledge folder: file name (relative to the knowledge base) -> its content."""
    return {path: body for path, body in everything().items() if path.split("/")[0] == name}


@cache
def table(path: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the knowledge base, as text."""
    with (ROOT / path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def knowledge_id() -> str:
    """Edition and a short hash of the knowledge base's content, to name exactly what answered."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in {".yaml", ".csv"}:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{EDITION}+{digest.hexdigest()[:10]}"
