"""From the text of a record (YAML or JSON) to a Record, or to one message that says everything that is wrong."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myoscope.quantities import KINDS, quantities, quantity, terms
from myoscope.quantities.registry import did_you_mean
from myoscope.quantities.terms import implied_by
from myoscope.record.across import problems_across
from myoscope.record.errors import InputError, Problem
from myoscope.record.listed import Group, groups
from myoscope.record.model import Entry, Listing, Record
from myoscope.record.values import read_value, short
from myoscope.rules import Value
from myoscope.sources.strict_yaml import parse_yaml

LARGEST_FILE_BYTES = 20_000_000
LONGEST_LIST = 1_000
"""Entries of one list of one person."""
MOST_PROBLEMS = 100
"""Reading stops here: nobody mends more at a time, and looking for the nearest name of each takes time."""

_PERSON_KEYS = ("id", "date", "birth_date", "deceased", "observations", "absent", "complete", "notes")
_LIST_KEYS = {plural: kind for kind, plural in KINDS.items()}


def read_bytes(path: Path) -> bytes:
    """A file's bytes (a pipe's too), or an InputError that says why there are none."""
    name = path.name or str(path)
    if not path.exists():
        raise InputError(name, [Problem("file", "there is no such file", "Check the path")])
    if path.is_dir():
        raise InputError(
            name, [Problem("file", "this is a folder", "Name one file: a record (YAML or JSON) or a FHIR bundle")]
        )
    try:
        with path.open("rb") as handle:
            found = handle.read(LARGEST_FILE_BYTES + 1)
        size = max(len(found), path.stat().st_size)
    except OSError as error:
        raise InputError(name, [Problem("file", f"cannot be read: {error.strerror}")]) from None
    if size > LARGEST_FILE_BYTES:
        told = f"{size / 1e6:.0f} MB is too large for one person (at most {LARGEST_FILE_BYTES // 1_000_000} MB)"
        raise InputError(name, [Problem("file", told, "Give one person's record")])
    return found


def decode(found: bytes, name: str) -> str:
    """The text of a file's bytes, or an InputError that says what they are instead."""
    try:
        text = found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            name, [Problem(f"byte {error.start}", "the file is not UTF-8 text", "Save it as UTF-8")]
        ) from None
    if not text.strip():
        raise InputError(name, [Problem("file", "is empty", "`myoscope schema record` prints what a record holds")])
    if "\0" in text:
        raise InputError(name, [Problem("file", "is not text (it holds zero bytes)", "Give a YAML or JSON file")])
    return text


def read_text(path: Path) -> str:
    """A file's text, or an InputError that says why there is none."""
    return decode(read_bytes(path), path.name or str(path))


def load_text(text: str, name: str) -> Any:
    """JSON when it looks like JSON, else YAML; keys given twice and anything but plain data are refused."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text, object_pairs_hook=_no_twice, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            body = _flow_yaml(text, name)
            if body is None:
                place = f"line {error.lineno}, column {error.colno}"
                raise InputError(name, [Problem(place, f"invalid JSON: {error.msg}")]) from None
            return body
        except ValueError as error:
            raise InputError(name, [Problem("file", str(error))]) from None
        except RecursionError:
            raise InputError(name, [Problem("file", "nested too deeply to be a record")]) from None
    if re.search(r"(^|[\s\[,{:-])[&*][A-Za-z0-9_]", text):
        raise InputError(
            name, [Problem("file", "YAML anchors and aliases (& and *) are not read", "Write the values out")]
        )
    try:
        return parse_yaml(text, where=name)
    except ValueError as error:
        place, _, what = str(error).removeprefix(name).lstrip(", ").partition(": ")
        raise InputError(name, [Problem(place or "file", f"invalid YAML: {what}")]) from None


def _flow_yaml(text: str, name: str) -> Any:
    """YAML written in braces, `{sex: male}`, which looks like JSON at first sight; None when it is not that either."""
    try:
        return None if "*" in text or "&" in text else parse_yaml(text, where=name)
    except ValueError:
        return None


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"the key {key!r} stands there twice")
        seen[key] = value
    return seen


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number that can be measured; leave the key out if the value is missing")


def read_record(path: Path, *, today: dt.date | None = None) -> Record:
    """Read and check one person's record from a YAML or JSON file.

    Raises:
        InputError: everything that is wrong with the file.

    """
    return parse_record(load_text(read_text(path), path.name), path.name, today=today)


def parse_record(body: Any, name: str = "the record", *, today: dt.date | None = None) -> Record:
    """Check one person's record that has been parsed already.

    Args:
        body: the mapping, as the JSON Schema of `myoscope schema record` describes it.
        name: what to call the input in messages.
        today: the day after which dates lie in the future.

    """
    return _Reader(name, today or dt.date.today()).read(body)


def _day(raw: Any) -> dt.date | None:
    """The day of an ISO date or date-time; None for anything else."""
    if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", raw):
        return None
    try:
        return dt.date.fromisoformat(raw[:10])
    except ValueError:
        return None


class _Reader:
    """Collects every problem of one record, so that a user mends them in one go."""

    def __init__(self, name: str, today: dt.date) -> None:
        self.name = name
        self.today = today
        self.problems: list[Problem] = []
        self.entries: list[Entry] = []
        self.given: dict[tuple[str, dt.date | None], Value] = {}
        self.listings: list[Listing] = []
        self.sex: str | None = None

    def problem(self, where: str, what: str, attempt: str | None = None) -> None:
        self.problems.append(Problem(where, what, attempt))
        if len(self.problems) == MOST_PROBLEMS:
            more = Problem("file", f"was read no further after {MOST_PROBLEMS} problems", "Mend these first")
            raise InputError(self.name, [*self.problems, more])

    def too_long(self, rows: list[Any], where: str) -> bool:
        """Whether a list holds more than one person's can; the problem is noted."""
        if too_long := len(rows) > LONGEST_LIST:
            self.problem(where, f"holds {len(rows):,} entries; the most is {LONGEST_LIST:,}", "Give one person's list")
        return too_long

    def text(self, raw: Any, where: str) -> str | None:
        """A text as somebody wrote it, None where there is none; anything that is no text is a problem."""
        if raw is None or isinstance(raw, str):
            return raw
        self.problem(where, f"{short(raw)} is no text", "Write plain words, in quotation marks where need be")
        return None

    def read(self, body: Any) -> Record:
        if not isinstance(body, Mapping):
            kind = "a list" if isinstance(body, list) else "plain text" if isinstance(body, str) else "nothing"
            attempt = "Write `sex: female`, `age_years: 74`, ... one key a line"
            raise InputError(self.name, [Problem("file", f"holds {kind}, not a record", attempt)])
        sex = body.get("sex")
        sex = sex.get("value") if isinstance(sex, Mapping) else sex
        self.sex = sex if isinstance(sex, str) and sex in quantities()["sex"].values else None
        date = self.date(body.get("date"), "date")
        birth = self.date(body.get("birth_date"), "birth_date")
        deceased = body.get("deceased", False)
        if not isinstance(deceased, bool):
            deceased = self.date(deceased, "deceased") or False
        given = self.name_of(body.get("id"))
        self.text(body.get("notes"), "notes")
        self.values(body, date, "")
        self.observations(body.get("observations"), date)
        for plural, kind in _LIST_KEYS.items():
            self.lists(body.get(plural), kind, plural)
        absent = self.absent(body.get("absent"))
        complete = self.complete(body.get("complete"))
        self.problems.extend(problems_across(self.entries, sex=self.sex, birth=birth, today=self.today))
        self.both(absent)
        if self.problems:
            raise InputError(self.name, self.problems)
        return Record(
            id=given,
            birth_date=birth,
            deceased=deceased,
            entries=tuple(self.entries),
            listings=tuple(self.listings),
            absent=absent,
            complete=complete,
        )

    def name_of(self, raw: Any) -> str | None:
        """The person's id: a name or a whole number."""
        if isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        if raw is None or isinstance(raw, str):
            return raw
        self.problem("id", f"{short(raw)} is no name", "Write one name or whole number of your own, or leave it out")
        return None

    def date(self, raw: Any, where: str) -> dt.date | None:
        if raw is None:
            return None
        found = _day(raw)
        if found is None:
            self.problem(where, f"{raw!r} is not a date", "Write year-month-day, for example 2026-03-31")
            return None
        if found > self.today:
            self.problem(where, f"{found} lies in the future (today is {self.today})", "Check the year")
            return None
        if found.year < 1900:
            self.problem(where, f"{found} lies before 1900", "Check the year")
            return None
        return found

    def values(self, body: Mapping[Any, Any], date: dt.date | None, inside: str) -> None:
        known = quantities()
        other = {"date"} if inside else {*_PERSON_KEYS, *_LIST_KEYS}
        for key, raw in body.items():
            where = f"{inside}{key}"
            if key in other:
                continue
            if key not in known or known[key].kind not in {"number", "category", "yes_no"}:
                hint = did_you_mean(str(key), [*(q.id for q in known.values()), *other])
                self.problem(where, f"unknown key{hint}", "`myoscope schema record` lists every key")
            elif raw is None:
                continue  # 'key:' with nothing behind it is a missing value, and missing is allowed
            else:
                self.value(str(key), raw, date, where)

    def value(self, key: str, raw: Any, date: dt.date | None, where: str) -> None:
        confirmed, note = False, None
        if isinstance(raw, Mapping):
            extra = set(raw) - {"value", "confirmed", "note"}
            if extra or "value" not in raw:
                self.problem(where, "a value written out has the keys value, confirmed and note", "Write {value: 12.3}")
                return
            note = self.text(raw.get("note"), f"{where}.note")
            confirmed, raw = raw.get("confirmed", False), raw["value"]
            if not isinstance(confirmed, bool):
                self.problem(f"{where}.confirmed", f"{confirmed!r} is neither yes nor no", "Write confirmed: true")
                return
        found = read_value(quantity(key), raw, where, sex=self.sex, confirmed=confirmed)
        if isinstance(found, Problem):
            self.problems.append(found)
            return
        if (key, date) in self.given:
            when = f"on {date}" if date else "without a date"
            self.problem(
                where,
                f"two values for {key} {when}: {self.given[key, date]} and {found}",
                "Keep one, or give the other its own date",
            )
            return
        self.given[key, date] = found
        self.entries.append(Entry(key, found, date, confirmed, note))

    def observations(self, rows: Any, date: dt.date | None) -> None:
        if rows is None:
            return
        if not isinstance(rows, list):
            self.problem("observations", "is not a list", "Write one '- date: ...' block for each day")
            return
        for number, row in enumerate(rows):
            inside = f"observations[{number + 1}]"
            if not isinstance(row, Mapping):
                self.problem(inside, f"{row!r} is not a block of values", "Write '- {date: 2026-03-31, weight_kg: 61}'")
                continue
            on = self.date(row.get("date"), f"{inside}.date") if "date" in row else date
            self.values(row, on, f"{inside}.")

    def lists(self, rows: Any, kind: str, plural: str) -> None:
        if rows is None:
            return
        if not isinstance(rows, list):
            self.problem(plural, "is not a list", f"Write [{plural[:-1]}, ...] or one '- ' line each")
            return
        if self.too_long(rows, plural):
            return
        for number, row in enumerate(rows):
            where = f"{plural}[{number + 1}]"
            body = row if isinstance(row, Mapping) else {"name": row}
            given = [body[key] for key in ("name", "id", "code") if body.get(key) is not None]
            extra = set(body) - {"name", "id", "code", "since", "resolved", "stopped", "dose", "note"}
            if extra or not given or not all(isinstance(one, str) and one.strip() for one in given):
                self.problem(where, "not understood", "Write its name or code, or {name: ..., since: 2026-01-31}")
                continue
            first, *others = (one.strip() for one in given)
            text = f"{first} ({', '.join(others)})" if others else first
            ended, until = self.ended(body, where)
            since, dose = self.date(body.get("since"), f"{where}.since"), body.get("dose")
            if isinstance(dose, (int, float)) and not isinstance(dose, bool):
                dose = str(dose)
            dose, note = self.text(dose, f"{where}.dose"), self.text(body.get("note"), f"{where}.note")
            groups = list(dict.fromkeys(group for one in (first, *others) for group in self.terms(kind, one, where)))
            for found, past in [group for group in groups if group[0]] or groups:
                self.listings.append(
                    Listing(
                        kind,
                        text,
                        found,
                        since,
                        not ended and not past,
                        dose,
                        None if past else until,
                        note,
                    )
                )

    def ended(self, body: Mapping[Any, Any], where: str) -> tuple[bool, dt.date | None]:
        """Whether a list entry is of the past, and since when: `resolved` or `stopped` says yes, or names the day."""
        said = {key: body[key] for key in ("resolved", "stopped") if body.get(key) is not None}
        if len(said) > 1:
            self.problem(where, "is given both resolved and stopped", "Keep one of the two")
        for key, one in said.items():
            if isinstance(one, bool):
                return one, None
            until, began = self.date(one, f"{where}.{key}"), _day(body.get("since"))
            if until and began and until < began:
                self.problem(f"{where}.{key}", f"{until} lies before its beginning ({began})", "Check both dates")
            return until is not None, until
        return False, None

    def terms(self, kind: str, text: str, where: str) -> list[Group]:
        """What a list entry stands for; [] when it must be refused."""
        found = groups(kind, text)
        if isinstance(found, str):
            self.problem(
                where, f"unknown {kind} {text!r}; did you mean {found!r}?", f"`myoscope knowledge list {kind}s`"
            )
            return []
        return found

    def absent(self, rows: Any) -> frozenset[tuple[str, str]]:
        if rows is None:
            return frozenset()
        found: set[tuple[str, str]] = set()
        if not isinstance(rows, list):
            self.problem("absent", "is not a list", "Write [cancer, fever, ...]")
            return frozenset()
        if self.too_long(rows, "absent"):
            return frozenset()
        for number, row in enumerate(rows):
            kinds = [kind for kind in KINDS if isinstance(row, str) and row in terms(kind)]
            if not kinds:
                every = [term for kind in KINDS for term in terms(kind)]
                self.problem(
                    f"absent[{number + 1}]",
                    f"unknown id {row!r}{did_you_mean(str(row), every)}",
                    "Give ids of conditions, medicines or symptoms",
                )
            found.update((kind, row) for kind in kinds)
        return frozenset(found)

    def complete(self, rows: Any) -> frozenset[str]:
        if rows is None:
            return frozenset()
        if not isinstance(rows, list) or any(not isinstance(row, str) or row not in _LIST_KEYS for row in rows):
            self.problem("complete", f"{rows!r} is not understood", "Write a list of: conditions, medicines, symptoms")
            return frozenset()
        return frozenset(_LIST_KEYS[row] for row in rows)

    def both(self, absent: frozenset[tuple[str, str]]) -> None:
        for listing in self.listings:
            broader = (one for term in listing.terms for one in implied_by(listing.kind).get(term, ()))
            for term in (*listing.terms, *broader):
                if listing.active and (listing.kind, term) in absent:
                    self.problem(
                        "absent", f"{term} is listed as present ({listing.text}) and as absent", "Keep one of the two"
                    )
