"""Read the knowledge files, once, and fast.

The files are YAML because people edit them; parsing them all takes longer than answering a question,
so the parsed form is kept in the user's cache folder under a name made from every file's content
(times of change are the same for every release on some systems): change a file and it is parsed again.
"""

from __future__ import annotations

import csv
import hashlib
import io
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


@cache
def _read() -> dict[str, bytes]:
    """Every file of the knowledge base: path (relative to it) -> its bytes."""
    paths = (path for path in ROOT.rglob("*") if path.suffix in {".yaml", ".csv"})
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(paths)}


@cache
def _digest() -> str:
    """A hash of every file's name and content."""
    digest = hashlib.sha256()
    for name, content in _read().items():
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


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
    """Every YAML file of the knowledge base: file name (relative to it) -> its content, cases included."""
    return _kept("whole")


def _kept(part: str) -> dict[str, Any]:
    """The parsed files from the cache; parsed and kept there where they are not."""
    files = {name: content for name, content in _read().items() if name.endswith(".yaml")}
    try:
        kept = json.loads((_cache() / _name(part)).read_bytes())
        if isinstance(kept, dict) and kept.keys() == files.keys():
            return kept
    except (OSError, ValueError):
        pass
    whole = _parse(files)
    answers = {name: _answering(body) for name, body in whole.items()}
    texts = {"whole": json.dumps(whole), "answers": json.dumps(answers)}
    _keep(texts)
    return dict(json.loads(texts[part]))  # as the next run will read it: a key that is a number becomes text


def _answering(body: Any) -> Any:
    """A file without its cases: no answer needs them, and they are half of what there is to read."""
    return {key: value for key, value in body.items() if key != "cases"} if isinstance(body, dict) else body


def _keep(texts: dict[str, str]) -> None:
    try:
        _cache().mkdir(parents=True, exist_ok=True)
        for part, text in texts.items():
            for old in _cache().glob(f"{part}-*.json"):
                old.unlink(missing_ok=True)
            partial = _cache() / f"{part}-{os.getpid()}-{threading.get_ident()}.part"
            partial.write_text(text, encoding="utf-8")
            partial.replace(_cache() / _name(part))  # nobody ever sees a half-written one
    except OSError:
        pass  # a read-only home only costs speed


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("myoscope")


def _name(part: str) -> str:
    return f"{part}-{__version__}-{_digest()[:24]}.json"


@cache
def folder(name: str) -> dict[str, Any]:
    """Every YAML file of one knowledge folder, without cases: file name (relative to the base) -> its content."""
    return {path: body for path, body in _answers().items() if path.split("/")[0] == name}


@cache
def _answers() -> dict[str, Any]:
    return _kept("answers")


def text(path: str) -> str:
    """One file of the knowledge base as it stands."""
    return _read()[path].decode("utf-8")


@cache
def table(path: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the knowledge base, as text."""
    return list(csv.DictReader(io.StringIO(text(path), newline="")))


@cache
def knowledge_id() -> str:
    """Edition and a short hash of the knowledge base's content, to name exactly what answered."""
    return f"{EDITION}+{_digest()[:10]}"
