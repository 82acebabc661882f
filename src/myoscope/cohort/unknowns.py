"""Which missing measurement would settle most of the answers that stay open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myoscope.cohort.patterns import Pattern, Patterns, Seen, answered, examples_of, people_of, persons, seen
from myoscope.cohort.what_if import applies_rule
from myoscope.definitions import Definition
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.rules import evaluate, missing
from myoscope.rules.table import UNABLE_SUFFIX
from myoscope.rules.tree import Rule
from myoscope.rules.worlds import AGE


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that rows with an open answer lack.

    Attributes:
        needs: the columns that are missing, for example ('alm_kg',) or ('alm_kg', 'height_cm').
        rows: rows whose answer is open and that lack it.
        surely: of these, rows it would settle whatever its value.
        possibly: of these, rows that some value of it would settle.

    """

    needs: tuple[str, ...]
    rows: int
    surely: int
    possibly: int


@dataclass(frozen=True, slots=True)
class Open:
    """The open answers of one definition.

    Attributes:
        rows: rows whose stage is not settled.
        beyond: of these, rows that no measurement of one thing can settle.
        without_cure: of these, rows that lack nothing: there is no cut-off for the person, or none that anybody read.
        missing: what they lack, the most useful first.

    """

    definition: str
    rows: int
    beyond: int
    without_cure: int
    missing: tuple[Missing, ...]


def unknowns(patterns: Patterns, definition: Definition) -> Open:
    """What would settle the open answers of a definition.

    Args:
        patterns: patterns of the people, made for this definition among others.
        definition: the definition.

    """
    name, look = definition.id, seen([definition])
    where = (pl.col(f"s:{name}") != pl.col(f"s:{name}__up_to")) & (pl.col(f"s:{name}") != NOT_APPLICABLE)
    merged = patterns.merged([definition], where)
    if merged.is_empty():
        return Open(name, 0, 0, 0, ())
    table = people_of(merged, look)
    people, open_ = table.to_dicts(), persons(merged, [definition])
    lacks = [_lacks(definition, pattern) for pattern in open_]
    tried = [
        (at, variable, person)
        for at, variables in enumerate(lacks)
        for variable in variables
        for person in _worlds(people[at], variable, look)
    ]
    settled = _settled(pl.DataFrame([one for _, _, one in tried], schema=table.schema), definition)
    outcomes: dict[tuple[int, str], list[bool]] = {}
    for (at, variable, _), done in zip(tried, settled, strict=True):
        outcomes.setdefault((at, variable), []).append(done)
    found: dict[tuple[str, ...], list[int]] = {}
    beyond = without = 0
    for at, pattern in enumerate(open_):
        by_one = False
        for variable in lacks[at]:
            ways = outcomes[at, variable]
            by_one |= any(ways)
            counts = found.setdefault(pattern.lacking.get(variable, (variable,)), [0, 0, 0])
            for place, holds in enumerate((True, all(ways), any(ways))):
                counts[place] += pattern.rows * holds
        without += pattern.rows * (not lacks[at])
        beyond += pattern.rows * (not by_one)
    ranked = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][2], -item[1][0], item[0]))
    rows = sum(pattern.rows for pattern in open_)
    return Open(name, rows, beyond, without, tuple(Missing(needs, *counts) for needs, counts in ranked))


def _lacks(definition: Definition, pattern: Pattern) -> list[str]:
    """What would have to be known for an answer, by the one-person interpreter."""
    found: dict[str, None] = {}
    if definition.applies.age is not None and AGE not in pattern.facts.values:
        found[AGE] = None
    for stage in definition.stages:
        if stage.rule is not None:
            found.update(dict.fromkeys(missing(evaluate(stage.rule, pattern.facts))))
    return list(found)


def _worlds(person: dict[str, Any], variable: str, look: Seen) -> Iterator[dict[str, Any]]:
    """The person with the missing thing known, in every way that rules can tell apart."""
    if ":" in variable:
        yield from ({**person, variable.replace(":", "__"): has} for has in (True, False))
        return
    unable = {f"{variable}{UNABLE_SUFFIX}": False} if f"{variable}{UNABLE_SUFFIX}" in person else {}
    yield from ({**person, variable: value, **unable} for value in examples_of(variable, look))


def _settled(people: pl.DataFrame, definition: Definition) -> list[bool]:
    """Whether each person's stage is settled: no stage above the highest established one is open."""
    if people.is_empty():
        return []
    rules: dict[str, Rule] = {stage.id: stage.rule for stage in definition.stages if stage.rule}
    applies = applies_rule(definition.applies, definition.citation)
    answers = answered(people, rules if applies is None else {**rules, "applies ": applies})
    steps = [pl.col(name) for name in rules]
    # the stage is settled when above the highest yes there are only noes
    settled: pl.Expr = pl.lit(value=True)
    for step in steps:
        settled = pl.when(step.is_null()).then(False).when(step).then(True).otherwise(settled)
    if applies is not None:
        holds = pl.col("applies ")
        settled = pl.when(holds.is_null()).then(False).otherwise(settled | ~holds)
    return answers.select(settled.alias("settled"))["settled"].to_list()


@dataclass(frozen=True, slots=True)
class Needed:
    """One missing thing over all definitions: `surely` and `possibly` count answers (a row under a definition)."""

    needs: tuple[str, ...]
    answers: int
    surely: int
    possibly: int
    definitions: tuple[str, ...]


def needed(opens: Sequence[Open]) -> tuple[Needed, ...]:
    """What would settle most open answers over all definitions, the most useful first."""
    found: dict[tuple[str, ...], list[tuple[str, Missing]]] = {}
    for one in opens:
        for item in one.missing:
            found.setdefault(item.needs, []).append((one.definition, item))
    rows = [
        Needed(
            needs,
            sum(item.rows for _, item in items),
            sum(item.surely for _, item in items),
            sum(item.possibly for _, item in items),
            tuple(name for name, _ in items),
        )
        for needs, items in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.surely, -row.possibly, -row.answers, row.needs)))
