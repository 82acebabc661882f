"""Read the knowledge files, once, and fast.

The files are YAML because people edit them; parsing them all takes longer than answering a question,
so the parsed form is kept in the user's cache folder under a name made from every file's size and
time of change: touch a file and it is parsed again.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent / "knowledge"

# A release of the knowledge base, shown in every result beside the package's own version.
EDITION = "2026.11"


class KnowledgeError(Exception):
    """A knowledge file that does not hang together: a mistake of ours, not of the user."""


def _yaml_files() -> list[tuple[str, os.stat_result]]:
    return sorted((path.relative_to(ROOT).as_posix(), path.stat()) for path in ROOT.rglob("*.yaml"))


def _fingerprint(files: list[tuple[str, os.stat_result]]) -> str:
    digest = hashlib.sha256()
    for name, stat in files:
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:24]


def _parse(files: list[tuple[str, os.stat_result]]) -> dict[str, Any]:
    from myoscope.sources.strict_yaml import parse_yaml

    return {name: parse_yaml((ROOT / name).read_text(encoding="utf-8"), where=name) for name, _ in files}


@cache
def everything() -> dict[str, Any]:
    """Every YAML file of the knowledge base: file name (relative to it) -> its content."""
    files = _yaml_files()
    cached = _cache_file(files)
    try:
        return dict(json.loads(cached.read_bytes()))
    except (OSError, ValueError):
        pass
    parsed = _parse(files)
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in cached.parent.glob("knowledge-*.json"):
            old.unlink(missing_ok=True)
        partial = cached.with_suffix(f".{os.getpid()}.part")
        partial.write_text(json.dumps(parsed), encoding="utf-8")
        partial.replace(cached)  # a half-written cache is never seen by another process
    except OSError:
        pass  # a read-only home only costs speed
    return parsed


def _cache_file(files: list[tuple[str, os.stat_result]]) -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("myoscope") / f"knowledge-{_fingerprint(files)}.json"


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
