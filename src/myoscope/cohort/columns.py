"""Which column of a table holds which variable. A name that only looks like one is proposed, never used by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from myoscope.quantities import quantities
from myoscope.quantities.registry import did_you_mean, shown_unit
from myoscope.quantities.terms import KINDS, terms
from myoscope.quantities.units import line
from myoscope.record import InputError, Problem
from myoscope.record.values import read_value
from myoscope.rules import Formula
from myoscope.rules.table import UNABLE_SUFFIX
from myoscope.sources import folder

SURVEY = ("weight", "stratum", "cluster")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user typed about the columns.

    Attributes:
        columns: variable -> column.
        units: variable -> the unit its column is in, where that is not the variable's own.
        words: variable -> {what stands in the cell: what it means}.
        ids: columns to carry over unchanged; None = those that look like a person's or a row's name.
        keep: further columns to carry over.
        survey: 'weight', 'stratum', 'cluster' -> column.
        vouched: variables whose values are right although they look like another unit.
        accept: use every proposed column that is the only one of its kind.
        constants: variable -> the value it has in every row (all scans from one device).

    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ids: tuple[str, ...] | None = None
    keep: tuple[str, ...] = ()
    survey: Mapping[str, str] = field(default_factory=dict)
    vouched: tuple[str, ...] = ()
    accept: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """One column that is read: value in the variable's unit = slope * cell + shift."""

    variable: str
    column: str
    slope: float = 1.0
    shift: float = 0.0
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Number | category | yes_no."""
        known = quantities().get(self.variable)
        return known.kind if known else "yes_no"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column whose name looks like a variable; `unit` where the name tells another unit than the variable's own."""

    variable: str
    column: str
    unit: str | None = None

    @property
    def typed(self) -> str:
        """The options that use it."""
        unit = f" --unit {self.variable}={self.unit}" if self.unit else ""
        return f"--map {self.variable}={self.column}{unit}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of one table, as the definitions see them.

    Attributes:
        uses: the columns that are read.
        ids: the columns that name a row, carried over.
        keep: other columns carried over.
        survey: role -> column.
        proposed: (variable, column, unit or None) of columns that look alike and are not used.
        vouched: variables whose unit the user vouches for.
        constants: variable -> its value in every row.
        units: variable -> the unit its column is in, where not its own.

    """

    uses: tuple[Use, ...]
    ids: tuple[str, ...]
    keep: tuple[str, ...]
    survey: Mapping[str, str]
    proposed: tuple[Proposal, ...] = ()
    vouched: tuple[str, ...] = ()
    constants: Mapping[str, str | float | bool] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def read(self) -> list[str]:
        """Every column to read, once."""
        wanted = [*self.ids, *self.keep, *(use.column for use in self.uses), *self.survey.values()]
        return list(dict.fromkeys(wanted))


def plan(source: str, names: Sequence[str], wanted: Iterable[str], wishes: Wishes) -> Plan:
    """Match the columns of a table with the variables that are wanted.

    Args:
        source: the table's name, for messages.
        names: its columns.
        wanted: variables the definitions read.
        wishes: what the user typed.

    Raises:
        InputError: a column or variable that does not exist, a unit that cannot be converted, no usable column at all.

    """
    problems = list(_wrong(names, wishes))
    if problems:
        raise InputError(source, problems)
    wanted = list(wanted)
    chosen = {variable: column for variable in wanted if (column := _own(variable, names, wishes))}
    units = dict(wishes.units)
    proposed = _proposals(wanted, names, {*chosen, *wishes.constants})
    if wishes.accept:
        alone = [one for one in proposed if sum(one.variable == other.variable for other in proposed) == 1]
        for one in alone:
            chosen[one.variable] = one.column
            if one.unit:
                units.setdefault(one.variable, one.unit)
        proposed = [one for one in proposed if one not in alone]
    if not chosen:
        raise InputError(source, [Problem("columns", _nothing(names), _attempt(proposed))])
    uses = [_use(variable, chosen[variable], units, wishes) for variable in wanted if variable in chosen]
    for variable in chosen:
        companion = f"{variable}{UNABLE_SUFFIX}"
        if companion in names:
            uses.append(Use(companion, companion))
    ids = wishes.ids if wishes.ids is not None else tuple(name for name in names if name.lower() in _identity())
    constants = {variable: _constant(source, variable, text) for variable, text in wishes.constants.items()}
    return Plan(tuple(uses), ids, wishes.keep, dict(wishes.survey), tuple(proposed), wishes.vouched, constants, units)


def _constant(source: str, variable: str, text: str) -> str | float | bool:
    """A value that holds in every row, checked like one of a record."""
    kind, _, _ = variable.partition("__")
    raw: object = text
    if variable in quantities() and quantities()[variable].kind == "number":
        with contextlib.suppress(ValueError):
            raw = float(text)
    if kind in KINDS and variable not in quantities():
        if text not in {"yes", "no"}:
            raise InputError(source, [Problem(f"--set {variable}={text}", "is neither yes nor no")])
        return text == "yes"
    found = read_value(quantities()[variable], raw, f"--set {variable}", sex=None, confirmed=False)
    if isinstance(found, Problem):
        raise InputError(source, [found])
    if not isinstance(found, (str, float, bool)):
        raise InputError(source, [Problem(f"--set {variable}={text}", "is no value that every row can have")])
    return found


def _wrong(names: Sequence[str], wishes: Wishes) -> Iterable[Problem]:
    for variable, column in wishes.columns.items():
        if not _is_variable(variable):
            yield Problem(
                f"--map {variable}={column}", f"unknown variable {variable!r}{did_you_mean(variable, _all())}", _known()
            )
    said = {
        "--map": wishes.columns.values(), "--id": wishes.ids or (), "--keep": wishes.keep,
        "--weight, --stratum or --cluster": wishes.survey.values(),
    }  # fmt: skip
    for option, columns in said.items():
        for column in columns:
            if column not in names:
                yield Problem(f"{option} {column}", f"the table has no column {column!r}{did_you_mean(column, names)}")
    for option, given in (
        ("--unit", wishes.units),
        ("--value", wishes.words),
        ("--vouch", dict.fromkeys(wishes.vouched)),
        ("--set", wishes.constants),
    ):
        for variable in given:
            if not _is_variable(variable):
                yield Problem(f"{option} {variable}", f"unknown variable{did_you_mean(variable, _all())}", _known())
    yield from _wrong_words(wishes)
    for variable, unit in wishes.units.items():
        known = quantities().get(variable)
        if known and line(unit, known) is None:
            own = shown_unit(known.unit or "1")
            yield Problem(
                f"--unit {variable}={unit}",
                f"{unit!r} cannot be turned into {own} exactly",
                f"Give the column in {own}",
            )


def _wrong_words(wishes: Wishes) -> Iterable[Problem]:
    for variable, words in wishes.words.items():
        known = quantities().get(variable)
        meanings = known.values if known and known.kind == "category" else ("yes", "no")
        for cell, word in words.items():
            option = f"--value {variable}:{cell}={word}"
            if known and known.kind == "number":
                yield Problem(option, f"{variable} is a number, it has no codes")
            elif word not in meanings:
                yield Problem(option, f"{word!r} is no meaning of it", f"Write one of {', '.join(meanings)}")


def _own(variable: str, names: Sequence[str], wishes: Wishes) -> str | None:
    """The column the user named, or the one with the variable's own name."""
    return wishes.columns.get(variable) or (variable if variable in names else None)


def _proposals(wanted: Sequence[str], names: Sequence[str], known: set[str]) -> list[Proposal]:
    """Columns whose name is a known synonym of a variable that has none yet, in the order of the list of synonyms."""
    by_lower = {name.lower(): name for name in names}
    units: Mapping[str, Mapping[str, str]] = _vocabulary().get("units") or {}
    found: list[Proposal] = []
    for variable in wanted:
        formula = quantities()[variable].formula if variable in quantities() else None
        if variable in known or (formula and Formula(formula).names <= known):
            continue  # it is there, or follows from what is there
        other = units.get(variable, {})
        synonyms = dict.fromkeys((*_synonyms().get(variable, ()), *other))
        found.extend(Proposal(variable, by_lower[one], other.get(one)) for one in synonyms if one in by_lower)
    return found


def _use(variable: str, column: str, units: Mapping[str, str], wishes: Wishes) -> Use:
    slope, shift = 1.0, 0.0
    if variable in units:
        found = line(units[variable], quantities()[variable])
        if found:
            slope, shift = float(found[0]), float(found[1])
    return Use(variable, column, slope, shift, dict(wishes.words.get(variable, {})))


def _attempt(proposed: Sequence[Proposal]) -> str:
    if not proposed:
        return _known()
    return f"Some look alike: add {' '.join(one.typed for one in proposed[:6])}, or --accept-mapping"


def _nothing(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"no column has the name of a variable that these definitions read (the table has: {shown or 'no column'})"


def _known() -> str:
    return "`myoscope knowledge list quantities` names them"


def _is_variable(name: str) -> bool:
    base = name.removesuffix(UNABLE_SUFFIX)
    kind, _, term = name.partition("__")
    return base in quantities() or (kind in KINDS and term in terms(kind))


def _all() -> list[str]:
    return [*quantities(), *(f"{kind}__{term}" for kind in KINDS for term in terms(kind))]


@cache
def _vocabulary() -> dict[str, Any]:
    return dict(folder("vocabulary")["vocabulary/columns.yaml"])


def _synonyms() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = _vocabulary()["quantities"]
    return found


def _identity() -> frozenset[str]:
    return frozenset(_vocabulary()["identity"])


def word_for(variable: str, word: str) -> str | None:
    """What a word probably means in a category ('F' -> 'female'), to propose; None when nobody can tell."""
    known: Mapping[str, Sequence[str]] = (_vocabulary().get("values") or {}).get(variable, {})
    return next((value for value, words in known.items() if word.strip().lower() in words), None)
