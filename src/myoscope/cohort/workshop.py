"""The folder `OUT.parts/` of a run: one run at a time works there, and nothing that somebody else made is removed."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoscope.record import InputError, Problem

JOURNAL = "run.json"
LOCK = "lock"
_TRIES = 100
# the first line of a problem file; between them stand the columns that name a row
_PROBLEM_HEAD = re.compile(rb"row,(.*,)?column,variable,cell,code\r?\n")


def problem_file(output: Path) -> Path:
    """Where the cells that could not be used are listed."""
    return output.with_name(output.stem + ".problems.csv")


@contextmanager
def workshop(source: Path, output: Path, *, restart: bool = False) -> Iterator[Path]:
    """The folder of a run, for this run alone; it is gone when all went well, and stays when pieces lie in it.

    Args:
        source: the table that is read.
        output: the result that will be written.
        restart: forget the pieces of an interrupted run.

    Raises:
        InputError: another run works there, or a file or folder of that name was not made by this command.

    """
    _spare(source, output)
    parts = output.with_name(output.name + ".parts")
    fresh = not parts.exists()
    lock = _locked(parts)
    try:
        if restart:
            _empty(parts)
        if not (parts / JOURNAL).exists():
            note(parts, None)
        try:
            yield parts
        except BaseException:
            if fresh and not any(parts.glob("part-*.arrow")):
                shutil.rmtree(parts, ignore_errors=True)
            raise
        shutil.rmtree(parts, ignore_errors=True)
    finally:
        os.close(lock)


def noted(parts: Path) -> str | None:
    """The fingerprint of the run whose pieces lie here; None when it had not begun."""
    try:
        found = json.loads((parts / JOURNAL).read_text(encoding="utf-8"))
    except ValueError:
        return "unreadable"
    said = found.get("fingerprint", "unreadable") if isinstance(found, dict) else "unreadable"
    return None if said is None else str(said)


def note(parts: Path, fingerprint: str | None) -> None:
    """Write down whose pieces lie here."""
    hidden = (parts / JOURNAL).with_suffix(".tmp")
    hidden.write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
    hidden.replace(parts / JOURNAL)


def _spare(source: Path, output: Path) -> None:
    """Refuse where the list of problems would replace the input or a file of somebody else."""
    listed = problem_file(output)
    if not listed.exists():
        return
    if source.exists() and listed.samefile(source):
        what = "is the input, and would be replaced by the list of problems"
    elif not _is_ours(listed):
        what = "is no list of problems that this command wrote, and would be replaced by one"
    else:
        return
    raise InputError(str(listed), [Problem("file", what, "Give OUT another name")])


def _is_ours(listed: Path) -> bool:
    if not listed.is_file():
        return False
    with listed.open("rb") as handle:
        return _PROBLEM_HEAD.fullmatch(handle.readline(1 << 20)) is not None


def _locked(parts: Path) -> int:
    """The folder, made when it is absent, with its lock held.

    A run that ends removes the folder while it holds the lock, so a lock that was waited for may be one that is gone.
    """
    for _ in range(_TRIES):
        if parts.exists() and not _may_be_used(parts):
            what = "was not made by this command" if parts.is_dir() else "is a file, where a folder is needed"
            raise InputError(str(parts), [Problem("folder", what, "Move it away, or give OUT another name")])
        try:
            parts.mkdir(exist_ok=True)
            lock = os.open(parts / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (parts / LOCK).stat().st_ino == os.fstat(lock).st_ino:
                return lock
        except FileNotFoundError:
            pass
        except BlockingIOError:
            os.close(lock)
            break
        os.close(lock)
    what = "another run is writing this result"
    raise InputError(str(parts), [Problem("folder", what, "Wait for its end, or give OUT another name")])


def _may_be_used(parts: Path) -> bool:
    """Whether the folder is empty, has only just been made, or holds the journal of a run."""
    if not parts.is_dir():
        return False
    return (parts / JOURNAL).is_file() or {file.name for file in parts.iterdir()} <= {LOCK, f"{Path(JOURNAL).stem}.tmp"}


def _empty(parts: Path) -> None:
    for file in parts.iterdir():
        if file.is_dir():
            shutil.rmtree(file)
        elif file.name != LOCK:
            file.unlink()
