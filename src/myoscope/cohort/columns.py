"""Which column of a table holds which variable. A name that only looks like one is proposed, never used by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from myoscope.cohort import names as spelt
from myoscope.quantities import quantities
from myoscope.quantities.registry import did_you_mean, shown_unit
from myoscope.quantities.terms import KINDS
from myoscope.quantities.units import line
from myoscope.record import InputError, Problem
from myoscope.record.values import read_value
from myoscope.rules import Formula
from myoscope.rules.table import UNABLE_SUFFIX

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
        ignore: columns that are another thing than their name looks like.
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
    ignore: tuple[str, ...] = ()
    survey: Mapping[str, str] = field(default_factory=dict)
    vouched: tuple[str, ...] = ()
    accept: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """One column that is read: value in the variable's unit = slope * cell + shift.

    `in_list`: the column holds a list in each cell, and the variable is one of its possible entries.
    """

    variable: str
    column: str
    slope: float = 1.0
    shift: float = 0.0
    words: Mapping[str, str] = field(default_factory=dict)
    in_list: bool = False

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
        lists: conditions, medicines or symptoms -> the column that holds such a list in each cell.
        ignore: columns that are left out because the user says so.
        unread: columns whose name says nothing here.

    """

    uses: tuple[Use, ...]
    ids: tuple[str, ...]
    keep: tuple[str, ...]
    survey: Mapping[str, str]
    proposed: tuple[Proposal, ...] = ()
    vouched: tuple[str, ...] = ()
    constants: Mapping[str, str | float | bool] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

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
        InputError: a column or variable that does not exist, a unit that cannot be converted, a column whose name is
            nearly that of a variable, no usable column at all.

    """
    wanted = list(wanted)
    problems = list(_wrong(names, wishes))
    if problems:
        raise InputError(source, problems)
    chosen = {variable: column for variable in wanted if (column := _own(variable, names, wishes))}
    units = dict(wishes.units)
    proposed = _proposals(wanted, names, {*chosen, *wishes.constants}, wishes.ignore)
    if wishes.accept:
        alone = [one for one in proposed if sum(one.variable == other.variable for other in proposed) == 1]
        for one in alone:
            chosen[one.variable] = one.column
            if one.unit:
                units.setdefault(one.variable, one.unit)
        proposed = [one for one in proposed if one not in alone]
    lists = {many: column for many in KINDS.values() if (column := _own(many, names, wishes))}
    uses = [_use(variable, chosen[variable], units, wishes) for variable in wanted if variable in chosen]
    uses += [
        Use(variable, column, in_list=True)
        for many, column in lists.items() for variable in wanted
        if KINDS.get(variable.partition("__")[0]) == many and variable not in {*chosen, *wishes.constants}
    ]  # fmt: skip
    companions = [f"{variable}{UNABLE_SUFFIX}" for variable in wanted]
    uses += [Use(name, name) for name in companions if name in names and name not in wishes.ignore]
    identity = spelt.identity()
    ids = wishes.ids
    if ids is None:
        ids = tuple(name for name in names if spelt.cleaned(name) in identity and name not in wishes.ignore)
    used = {*ids, *wishes.keep, *wishes.ignore, *wishes.survey.values(), *lists.values()}
    used |= {use.column for use in uses} | {one.column for one in proposed}
    spare = [name for name in names if name not in used]
    missing = [name for name in (*wanted, *companions) if name not in {*chosen, *wishes.constants}]
    problems = [
        Problem(f"--set {name}", f"the table has a column of it ({chosen[name]!r})", f"Leave one out: --ignore {name}")
        for name in wishes.constants if name in chosen
    ]  # fmt: skip
    problems += _nearly(spare, missing)
    if problems:
        raise InputError(source, problems)
    if not uses:
        raise InputError(source, [Problem("columns", _nothing(names), _attempt(proposed))])
    constants = {variable: _constant(source, variable, text) for variable, text in wishes.constants.items()}
    unread = tuple(name for name in spare if not spelt.is_known(name))
    return Plan(
        tuple(uses), ids, wishes.keep, dict(wishes.survey), tuple(proposed), wishes.vouched, constants, units, lists,
        wishes.ignore, unread,
    )  # fmt: skip


def _nearly(spare: Sequence[str], missing: Sequence[str]) -> list[Problem]:
    """Columns that are not read although their name is nearly that of a variable that has no column."""
    found = []
    for name in spare:
        clean = spelt.cleaned(name)
        if spelt.is_variable(clean) or clean in spelt.is_vocabulary():
            continue
        wrong, near = spelt.unknown_entry(name), spelt.slip(name, missing)
        if wrong:
            found.append(Problem(f"column {name}", wrong, f"Rename it, or --ignore {name}"))
        elif near:
            what = f"is nearly {near!r} and would not be read"
            fix = f"Add --map {near}={name}" if UNABLE_SUFFIX not in near else "Rename it"
            found.append(Problem(f"column {name}", what, f"{fix}; if it is another thing, --ignore {name}"))
    return found


def _constant(source: str, variable: str, text: str) -> str | float | bool:
    """A value that holds in every row, checked like one of a record."""
    kind, _, _ = variable.partition("__")
    if variable in quantities() and quantities()[variable].kind not in {"number", "category", "yes_no"}:
        what = f"no definition reads {variable!r}"
        raise InputError(source, [Problem(f"--set {variable}={text}", what, "Leave it out")])
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
        known = quantities().get(variable)
        if not spelt.is_variable(variable):
            what = f"unknown variable {variable!r}{did_you_mean(variable, spelt.every_variable())}"
            yield Problem(f"--map {variable}={column}", what, _known())
        elif known and known.kind in {"text", "date"}:
            yield Problem(f"--map {variable}={column}", f"no definition reads {variable!r}", f"Carry it: --id {column}")
    said = {
        "--map": wishes.columns.values(), "--id": wishes.ids or (), "--keep": wishes.keep, "--ignore": wishes.ignore,
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
            if not spelt.is_variable(variable):
                near = did_you_mean(variable, spelt.every_variable())
                yield Problem(f"{option} {variable}", f"unknown variable{near}", _known())
    yield from _wrong_words(wishes)
    yield from _wrong_units(wishes)


def _wrong_units(wishes: Wishes) -> Iterable[Problem]:
    for variable, unit in wishes.units.items():
        known = quantities().get(variable)
        if spelt.is_variable(variable) and (known is None or known.kind != "number"):
            yield Problem(f"--unit {variable}={unit}", f"{variable} is no number and has no unit", "Leave it out")
        elif known and line(unit, known) is None:
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
        folded: dict[str, str] = {}
        for cell, word in words.items():
            if folded.setdefault(cell.strip().lower(), word) != word:
                yield Problem(f"--value {variable}:{cell}={word}", "small and capital letters mean the same here")
            option = f"--value {variable}:{cell}={word}"
            if known and known.kind == "number":
                yield Problem(option, f"{variable} is a number, it has no codes")
            elif word not in meanings:
                yield Problem(option, f"{word!r} is no meaning of it", f"Write one of {', '.join(meanings)}")


def _own(variable: str, names: Sequence[str], wishes: Wishes) -> str | None:
    """The column the user named, or the one with the variable's own name."""
    return wishes.columns.get(variable) or (variable if variable in names and variable not in wishes.ignore else None)


def _proposals(wanted: Sequence[str], names: Sequence[str], known: set[str], ignored: Sequence[str]) -> list[Proposal]:
    """Columns whose name is a known synonym of a variable that has none yet, in the order of the list of synonyms."""
    columns = spelt.spellings(name for name in names if name not in known and name not in ignored)
    units: Mapping[str, Mapping[str, str]] = spelt.vocabulary().get("units") or {}
    synonyms: Mapping[str, Sequence[str]] = spelt.vocabulary()["quantities"]
    found: list[Proposal] = []
    for variable in wanted:
        formula = quantities()[variable].formula if variable in quantities() else None
        if variable in known or (formula and Formula(formula).names <= known):
            continue  # it is there, or follows from what is there
        other = units.get(variable, {})
        meant = dict.fromkeys((variable, *synonyms.get(variable, ()), *other))
        same = dict.fromkeys((columns[one], other.get(one)) for one in meant if one in columns)
        found.extend(Proposal(variable, column, unit) for column, unit in same)
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
