"""Rows that definitions cannot tell apart, put together: one pass, and a hundred million rows are a few thousand.

Of a number a rule sees only between which cut-offs it lies; of a category, its value; of a test, that it could not be
done. Rows alike in all of that are one pattern. A pattern keeps one of its rows as an example, which is walked by the
one-person interpreter: its trace holds for every row of the pattern.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any as Anything

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort.prevalence import ROW, known_columns
from myoscope.definitions import Definition
from myoscope.quantities import quantities
from myoscope.rules import UNABLE, Facts, Formula
from myoscope.rules.facts import Listed, Value
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.scalar import edge
from myoscope.rules.shelf import Shelf
from myoscope.rules.table import UNABLE_SUFFIX, Columns, expression
from myoscope.rules.tree import All, Any, AtLeast, Compare, FirstKnown, Has, Is, Named, Not, Rule, When, walk
from myoscope.rules.worlds import AGE, classes


@dataclass(frozen=True, slots=True)
class Seen:
    """All that some definitions look at.

    Attributes:
        numbers: number -> the places where an answer may change: (limit, whether the limit itself lies below).
        words: categories and yes/no variables.
        terms: (kind, id) of list entries.

    """

    numbers: dict[str, tuple[tuple[float, bool], ...]]
    words: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows that look the same to the rules.

    Attributes:
        facts: one of the rows.
        stages: definition -> (established stage, highest possible stage).
        lacking: number that is missing -> the columns it could have come from that are missing.

    """

    rows: int
    weight: float
    facts: Facts
    stages: dict[str, tuple[str, str]]
    lacking: dict[str, tuple[str, ...]]


def seen(definitions: Iterable[Definition]) -> Seen:
    """Everything these definitions look at to tell the stage."""
    cuts: dict[str, set[tuple[float, bool]]] = {}
    words: dict[str, None] = {}
    terms: dict[tuple[str, str], None] = {}
    for definition in definitions:
        _look(definition.applies, cuts, words)
        for node in (node for stage in definition.stages if stage.rule for node in walk(stage.rule)):
            match node:
                case Compare(variable, operator, cutoffs):
                    inclusive = operator in {"<=", ">"}
                    found = cuts.setdefault(variable, set())
                    for cutoff in cutoffs:
                        found.add((edge(operator, cutoff.value), inclusive))
                        _look(cutoff.when, cuts, words)
                case Is(variable, _):
                    words[variable] = None
                case Has(kind, term, _, _):
                    terms[(kind, term)] = None
                case _:
                    pass
    return Seen({name: tuple(sorted(limits)) for name, limits in cuts.items()}, tuple(words), tuple(terms))


def _look(when: When, cuts: dict[str, set[tuple[float, bool]]], words: dict[str, None]) -> None:
    words.update(dict.fromkeys(variable for variable, _ in when.allowed))
    if when.age:
        ends = (end for end in (when.age.start, when.age.below) if end is not None)
        cuts.setdefault(AGE, set()).update((end, False) for end in ends)


def _gaps(variable: str, columns: Columns) -> dict[str, nw.Expr]:
    """Origin -> whether it is what the number lacks: it is missing, and so is all that could replace it."""
    missing = columns.number(variable).is_null()
    formula = quantities()[variable].formula
    if formula is None:
        return {variable: missing}
    found: dict[str, nw.Expr] = {}
    for name in sorted(Formula(formula).names):
        for origin, gap in _gaps(name, columns).items():
            found[origin] = found[origin] | (gap & missing) if origin in found else gap & missing
    return found


def _interval(value: nw.Expr, limits: Sequence[tuple[float, bool]]) -> nw.Expr:
    """In which interval between the limits a number lies; null when it is missing."""
    steps = [((value > limit) if inclusive else (value >= limit)).cast(nw.Int16) for limit, inclusive in limits]
    return functools.reduce(lambda left, right: left + right, steps)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a table as a small frame, for a set of definitions and any part of it."""

    frame: pl.DataFrame

    @classmethod
    def of(cls, people: pl.LazyFrame, definitions: Sequence[Definition], each: int = 1) -> Patterns:
        """Group the people by everything the definitions look at, in one pass.

        Args:
            people: the rows, as `prevalence.prepared` gives them, with the result columns of the definitions.
            definitions: what looks at them.
            each: for how many rows each of them stands, where the people are every so-manieth of a large table.

        """
        look, columns = seen(definitions), known_columns(people)
        keys: dict[str, nw.Expr] = {}
        examples: dict[str, nw.Expr] = {}
        for variable, limits in look.numbers.items():
            value = columns.number(variable)
            examples[f"x:{variable}"] = value
            keys[f"k:{variable}"] = _interval(value, limits)
            for origin, gap in _gaps(variable, columns).items():
                if origin != variable:
                    keys[f"g:{variable}:{origin}"] = gap
            if (unable := columns.unable(variable)) is not None:
                keys[f"u:{variable}"] = unable
        for variable in look.words:
            keys[f"w:{variable}"] = columns.category(variable) if _is_word(variable) else columns.yes_no(variable)
        for kind, term in look.terms:
            keys[f"h:{kind}:{term}"] = columns.yes_no(f"{kind}__{term}")
        stages = {f"s:{d.id}{end}": nw.col(f"{d.id}{end}").cast(nw.String) for d in definitions for end in _ENDS}
        frame: pl.LazyFrame = nw.from_native(people).with_columns(**keys, **examples, **stages).to_native()
        firsts = [pl.col(name).first() for name in examples]
        sums = [(pl.len() * each).alias("rows"), (pl.col(ROW).sum() * each).alias("weight")]
        grouped = frame.group_by(*keys, *stages).agg(*sums, *firsts)
        return cls(grouped.collect(engine="streaming"))

    def merged(
        self, definitions: Sequence[Definition], where: pl.Expr | None = None, *, answers_only: bool = False
    ) -> pl.DataFrame:
        """The patterns as these definitions see them, those whose every comparison ends the same put together.

        Where sex, age or another category that a cut-off depends on is missing, a comparison has no one answer, and
        the intervals of the numbers stay apart.

        Args:
            definitions: some of those the patterns were made for.
            where: which patterns, by the columns `s:<id>` and `s:<id>__up_to`.
            answers_only: forget the stages, and what it is that a missing number lacks.

        """
        look = seen(definitions)
        frame = self.frame if where is None else self.frame.filter(where)
        keys = [name for name in frame.columns if _belongs(name, look, definitions)]
        keys = [name for name in keys if not (answers_only and name.startswith(("g:", "s:")))]
        firsts = [pl.col(f"x:{variable}").first() for variable in look.numbers]
        sums = [pl.col("rows").sum(), pl.col("weight").sum(), *firsts]
        frame = frame.group_by(keys).agg(sums)
        leaves = [
            node
            for node in dict.fromkeys(node for d in definitions for s in d.stages if s.rule for node in walk(s.rule))
            if isinstance(node, Compare)
        ]
        answers = answered(people_of(frame, look), {f"a:{at}": leaf for at, leaf in enumerate(leaves)})
        frame = frame.hstack(answers)
        asked = [f"w:{v}" for v in look.words if v in CASE_CATEGORIES] + [f"k:{AGE}"] * (AGE in look.numbers)
        known = pl.all_horizontal(pl.col(name).is_not_null() for name in asked) if asked else pl.lit(value=True)
        blurred = [
            pl.when(known & pl.col(name).is_not_null()).then(-1).otherwise(pl.col(name)).cast(pl.Int16).alias(name)
            for name in keys
            if name.startswith("k:") and name != f"k:{AGE}"
        ]
        merged = frame.with_columns(blurred).group_by(*keys, *answers.columns).agg(sums)
        return merged.sort("rows", *keys, *answers.columns, descending=[True] + [False] * (len(keys) + len(leaves)))


def persons(merged: pl.DataFrame, definitions: Sequence[Definition]) -> list[Pattern]:
    """Every row of a merged frame as a person."""
    look = seen(definitions)
    return [_pattern(row, look, definitions) for row in merged.iter_rows(named=True)]


_ENDS = ("", "__up_to")


def _is_word(variable: str) -> bool:
    return variable in CASE_CATEGORIES or quantities()[variable].kind == "category"


def _belongs(name: str, look: Seen, definitions: Sequence[Definition]) -> bool:
    """Whether a key column is about something these definitions look at."""
    letter, _, rest = name.partition(":")
    match letter:
        case "k" | "u":
            return rest in look.numbers
        case "g":
            return rest.partition(":")[0] in look.numbers
        case "w":
            return rest in look.words
        case "h":
            return tuple(rest.split(":", 1)) in look.terms
        case "s":
            return rest.removesuffix("__up_to") in {d.id for d in definitions}
        case _:
            return False


def people_of(frame: pl.DataFrame, look: Seen) -> pl.DataFrame:
    """The examples under the names that rules know: a small table of people, one a pattern."""
    columns = [pl.col(f"x:{variable}").cast(pl.Float64).alias(variable) for variable in look.numbers]
    columns += [
        pl.col(f"u:{variable}").alias(f"{variable}{UNABLE_SUFFIX}")
        for variable in look.numbers
        if f"u:{variable}" in frame.columns
    ]
    columns += [pl.col(f"w:{variable}").alias(variable) for variable in look.words]
    columns += [pl.col(f"h:{kind}:{term}").alias(f"{kind}__{term}") for kind, term in look.terms]
    return frame.select(columns)


def answered(people: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """The answers of many rules for a small table, a column each, in the order of its rows.

    Where sex, age or another category is missing, the row is tried in every world, as a row of its own: what is the
    same in all of them stands. So each comparison is worked out once for all rules, which stay small.

    Args:
        people: a small table with the columns that the rules know; numbers with a formula are worked out already.
        rules: name -> rule.

    """
    if not rules or people.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(rules, pl.Boolean))
    table = people.with_row_index("_row")
    for variable, kinds in classes(All(tuple(rules.values()))).items():
        if len(kinds) > 1 and variable in people.columns:
            tried = pl.lit([kind.example for kind in kinds], dtype=pl.List(people.schema[variable]))
            own = pl.concat_list(variable)
            ways = pl.when(pl.col(variable).is_null()).then(tried).otherwise(own)
            table = table.with_columns(ways.alias(variable)).explode(variable)
    leaves: dict[Rule, str] = {}
    short = {name: _on_leaves(rule, leaves) for name, rule in rules.items()}
    once = {rule: f"_rule{at}" for at, rule in enumerate(dict.fromkeys(short.values()))}
    shelf = Shelf()
    columns = Columns(people.columns, people.columns, shelf)
    compared = {name: expression(leaf, columns) for leaf, name in leaves.items()}
    frame = shelf.lay_out(nw.from_native(table.lazy())).select(nw.all(), **compared)
    columns = Columns([*people.columns, *leaves.values()])
    answers = frame.select(
        nw.col("_row"), **{name: expression(rule, columns) for rule, name in once.items()}
    ).to_native()
    agreed = []
    for name in once.values():
        yes, no = pl.col(name).fill_null(value=False).all(), ~pl.col(name).fill_null(value=True).any()
        agreed.append(pl.when(yes).then(pl.lit(value=True)).when(no).then(pl.lit(value=False)).alias(name))
    done: pl.DataFrame = answers.group_by("_row").agg(agreed).sort("_row").collect()
    return done.select(pl.col(once[rule]).alias(name) for name, rule in short.items())


def _on_leaves(rule: Rule, leaves: dict[Rule, str]) -> Rule:
    """The rule over yes/no columns, one for each comparison in it.

    Args:
        rule: the rule.
        leaves: comparison -> its column; added to.

    """
    again = functools.partial(_on_leaves, leaves=leaves)
    match rule:
        case Compare():
            return Is(leaves.setdefault(rule, f"_leaf{len(leaves)}"), frozenset({True}))
        case All(parts) | Any(parts) | AtLeast(_, parts) | FirstKnown(parts):
            return dataclasses.replace(rule, parts=tuple(map(again, parts)))
        case Named(_, part):
            return again(part)
        case Not(part):
            return Not(again(part))
        case _:
            return rule


def _pattern(row: dict[str, Anything], look: Seen, definitions: Sequence[Definition]) -> Pattern:
    values: dict[str, Value] = {}
    lacking: dict[str, tuple[str, ...]] = {}
    for variable in look.numbers:
        if row.get(f"u:{variable}"):
            values[variable] = UNABLE
        elif row[f"x:{variable}"] is not None:
            values[variable] = float(row[f"x:{variable}"])
        else:
            start = f"g:{variable}:"
            gaps = [name.removeprefix(start) for name, gap in row.items() if name.startswith(start) and gap]
            lacking[variable] = tuple(gaps) or (variable,)
    for variable in look.words:
        if row[f"w:{variable}"] is not None:
            values[variable] = row[f"w:{variable}"]
    listed = {}
    for kind, term in look.terms:
        entry = row[f"h:{kind}:{term}"]
        if entry is not None:
            listed[(kind, term)] = Listed(active=entry, ever=entry, days_ago=0.0)
    told = [d.id for d in definitions if f"s:{d.id}" in row]
    stages = {name: (str(row[f"s:{name}"]), str(row[f"s:{name}__up_to"])) for name in told}
    return Pattern(row["rows"], float(row["weight"]), Facts(values, listed), stages, lacking)


def examples_of(variable: str, look: Seen) -> list[Value]:
    """One value of every interval of a number (or every word) that the rules tell apart."""
    if variable not in look.numbers:
        known = quantities()[variable]
        return list(known.values) if known.kind == "category" else [True, False]
    limits = [limit for limit, _ in look.numbers[variable]]
    between = [(low + high) / 2 for low, high in itertools.pairwise(limits)]
    return [limits[0] - abs(limits[0]) / 2 - 1, *between, limits[-1] + abs(limits[-1]) / 2 + 1]
