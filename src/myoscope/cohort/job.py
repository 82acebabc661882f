"""One run of `myoscope cohort`: everything that decides its result, and the text that runs exactly this again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from myoscope import __version__
from myoscope.cohort.columns import Plan, Wishes
from myoscope.cohort.tables import separator_of
from myoscope.definitions import Definition, definition, definitions
from myoscope.quantities.registry import did_you_mean
from myoscope.record import InputError, Problem
from myoscope.sources import KnowledgeError, knowledge_id

BATCH_ROWS = 250_000
_KEYS = {
    "input", "output", "definitions", "map", "unit", "value", "id", "keep", "ignore", "survey", "vouch", "set",
    "accept_mapping", "engine", "separator", "batch_rows", "report", "versions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, how, and where to write.

    Attributes:
        choices: definition id -> {path: reading}, in the order of the output.
        batch_rows: rows that are worked on, and kept on disk, at a time.

    """

    input: Path
    output: Path
    choices: Mapping[str, Mapping[str, str]]
    wishes: Wishes = field(default_factory=Wishes)
    engine: str = "polars"
    separator: str = ","
    batch_rows: int = BATCH_ROWS
    report: Path | None = None

    @property
    def readings(self) -> list[Definition]:
        """The definitions, each along its chosen paths."""
        return [definition(name, choice) for name, choice in self.choices.items()]


def choices(
    wanted: str, paths: Mapping[str, Mapping[str, str]], source: str = "--definitions"
) -> dict[str, dict[str, str]]:
    """Definition id -> chosen paths, from 'all' or a list of ids.

    Raises:
        InputError: a definition or reading that does not exist.

    """
    known = list(definitions())
    said = [name.strip() for name in wanted.split(",") if name.strip()]
    names = list(dict.fromkeys(one for name in said for one in (known if name == "all" else [name])))
    problems = [
        Problem(name, f"unknown definition{did_you_mean(name, known)}", f"Known: all, {', '.join(known)}")
        for name in (*names, *paths)
        if name not in known
    ]
    problems += [
        Problem(name, "is not among the definitions of this run", "Add it")
        for name in paths
        if name in known and name not in names
    ]
    if not names:
        problems.append(Problem("definitions", "names none", f"Known: all, {', '.join(known)}"))
    found = {name: dict(paths.get(name, {})) for name in names}
    for name, choice in found.items():
        if name in known:
            try:
                definition(name, choice)
            except KnowledgeError as error:
                problems.append(Problem(f"--path {name}", str(error).partition(": ")[2] or str(error)))
    if problems:
        raise InputError(source, problems)
    return found


def as_text(job: Job, plan: Plan) -> str:
    """The configuration that reruns exactly this, as YAML: every column that was used is named.

    It lies in the report's folder, and its paths start there.
    """
    columns = {use.variable: use.column for use in plan.uses if "__unable" not in use.variable and not use.in_list}
    columns |= plan.lists

    def path(one: Path) -> str:
        return os.path.relpath(one.resolve(), job.report.resolve()) if job.report else str(one)

    body: dict[str, Any] = {
        "input": path(job.input),
        "output": path(job.output),
        "definitions": {chosen.id: dict(chosen.choice) for chosen in job.readings},
        "map": columns,
        "unit": dict(plan.units),
        "value": {variable: dict(words) for variable, words in job.wishes.words.items()},
        "id": list(plan.ids),
        "keep": list(plan.keep),
        "ignore": list(plan.ignore),
        "survey": dict(plan.survey),
        "vouch": list(plan.vouched),
        "set": dict(plan.constants),
        "engine": job.engine,
        "separator": job.separator,
        "batch_rows": job.batch_rows,
        "report": path(job.report) if job.report else None,
        "versions": {"package": __version__, "knowledge": knowledge_id()},
    }
    head = "# myoscope cohort --config this-file: runs exactly this again\n"
    return head + yaml.safe_dump(
        {key: value for key, value in body.items() if value not in (None, {}, [])}, sort_keys=False, allow_unicode=True
    )


def from_text(text: str, source: str, folder: Path) -> tuple[Job, Mapping[str, str]]:
    """A job from its configuration, and the versions it was written by.

    Args:
        text: the configuration.
        source: its name, for messages.
        folder: where its paths start.

    Raises:
        InputError: a configuration that cannot be read.

    """
    from myoscope.record.parse import load_text

    body = load_text(text, source)
    if not isinstance(body, dict):
        raise InputError(source, [Problem("file", "is no configuration", "`--report DIR` writes one")])
    unknown = [Problem(str(key), f"unknown key{did_you_mean(str(key), _KEYS)}") for key in body if key not in _KEYS]
    missing = [Problem(key, "is missing") for key in ("input", "output", "definitions") if not body.get(key)]
    if unknown or missing:
        raise InputError(source, unknown + missing)
    chosen = body["definitions"]
    paths = chosen if isinstance(chosen, dict) else {}
    names = "all" if chosen == "all" else ",".join(map(str, chosen if isinstance(chosen, list) else paths))
    try:
        wishes = Wishes(
            columns=dict(body.get("map") or {}), units=dict(body.get("unit") or {}),
            words={
                name: {str(cell): _word(word) for cell, word in words.items()}
                for name, words in (body.get("value") or {}).items()
            },
            ids=tuple(body["id"]) if body.get("id") else None, keep=tuple(body.get("keep") or ()),
            ignore=tuple(body.get("ignore") or ()),
            survey=dict(body.get("survey") or {}), vouched=tuple(body.get("vouch") or ()),
            accept=bool(body.get("accept_mapping", False)),
            constants={key: _word(value) for key, value in (body.get("set") or {}).items()},
        )  # fmt: skip
        job = Job(
            folder / body["input"], folder / body["output"],
            choices(names, {name: choice or {} for name, choice in paths.items()}, source), wishes,
            str(body.get("engine", "polars")), separator_of(str(body.get("separator", ","))),
            int(body.get("batch_rows", BATCH_ROWS)), folder / body["report"] if body.get("report") else None,
        )  # fmt: skip
    except (TypeError, AttributeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(source, [Problem("file", f"is no configuration of myoscope cohort ({error})")]) from None
    return job, dict(body.get("versions") or {})


def _word(value: Any) -> str:
    """YAML reads yes and no as truth values."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def fingerprint(job: Job, plan: Plan) -> str:
    """What a half-finished run must share with this one to be gone on with: input, settings, versions."""
    stat = job.input.stat()
    with job.input.open("rb") as handle:
        head = hashlib.sha256(handle.read(1 << 20)).hexdigest()
    told = {
        "job": as_text(replace(job, report=None), plan), "plan": [asdict(use) for use in plan.uses],
        "report": job.report is not None,
        "size": stat.st_size, "changed": stat.st_mtime_ns, "head": head,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
