"""A table of people under several definitions: the same rules as column expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, Definition
from myoscope.rules.shelf import Shelf
from myoscope.rules.table import Columns, expression, is_one_of
from myoscope.rules.tree import When

Frame = Any


def with_results(frame: Frame, readings: Sequence[Definition], columns: Columns, carried: Iterable[str] = ()) -> Frame:
    """The result columns of CONTRACT.md for each definition, beside the columns that are carried over.

    Args:
        frame: a Narwhals frame that came in by the door.
        readings: the definitions, each with its paths chosen.
        columns: what the frame holds.
        carried: columns to keep.

    Returns:
        a frame of `carried` and, for each definition, `<id>` (stage), `<id>__up_to`, `<id>__<component>` and
        `<id>__outside_population`. Stages are an enumeration where the engine has one that is fast (Polars), else text.

    """
    kept = list(dict.fromkeys(carried))
    as_enum = frame.implementation.is_polars()
    shelf = Shelf()
    columns = Columns(columns.names, columns.complete, shelf)
    answers = {name: answer for chosen in readings for name, answer in _answers(chosen, columns).items()}
    frame = shelf.lay_out(frame)
    frame = frame.with_columns(*(answer.alias(name) for name, answer in answers.items()))
    results = {name: answer for chosen in readings for name, answer in _results(chosen, as_enum=as_enum).items()}
    return frame.select(*(nw.col(name) for name in kept), *(answer.alias(name) for name, answer in results.items()))


def result_names(chosen: Definition) -> list[str]:
    """The names of the result columns of one definition, in their order."""
    return [
        chosen.id,
        f"{chosen.id}__up_to",
        *(f"{chosen.id}__{name}" for name in chosen.components),
        f"{chosen.id}__outside_population",
    ]


def stage_words(chosen: Definition) -> list[str]:
    """Everything that can stand in the definition's column, the stages in their order first."""
    return [*(stage.id for stage in chosen.stages), UNKNOWN, NOT_APPLICABLE]


def _answers(chosen: Definition, columns: Columns) -> dict[str, nw.Expr]:
    """Yes, no or unknown of every component, every stage and both groups of people."""
    found = {f"{chosen.id}__{name}": expression(rule, columns) for name, rule in chosen.components.items()}
    for stage in chosen.stages:
        if stage.rule:
            found[f"{chosen.id}____{stage.id}"] = expression(stage.rule, columns)
    outside = _holds(chosen.made_for, columns)
    found[f"{chosen.id}__outside_population"] = nw.lit(value=False) if outside is None else ~outside
    applies = _holds(chosen.applies, columns)
    if applies is not None:
        found[f"{chosen.id}____applies"] = applies
    return found


def _results(chosen: Definition, *, as_enum: bool) -> dict[str, nw.Expr]:
    words = stage_words(chosen)

    def said(word: str) -> nw.Expr:
        return nw.lit(word, dtype=nw.Enum(words)) if as_enum else nw.lit(word)

    first, *steps = chosen.stages
    answers = [(step.id, nw.col(f"{chosen.id}____{step.id}")) for step in steps if step.rule]
    sure: Any = nw.when((~answers[0][1]).fill_null(value=False)).then(said(first.id)).otherwise(said(UNKNOWN))
    reach: Any = said(first.id)
    for name, answer in answers:
        sure = nw.when(answer.fill_null(value=False)).then(said(name)).otherwise(sure)
        reach = nw.when(answer.fill_null(value=True)).then(said(name)).otherwise(reach)
    if chosen.applies != When():
        applies = nw.col(f"{chosen.id}____applies")
        sure = nw.when(applies.is_null()).then(said(UNKNOWN)).otherwise(sure)
        inapplicable = (~applies).fill_null(value=False)
        sure = nw.when(inapplicable).then(said(NOT_APPLICABLE)).otherwise(sure)
        reach = nw.when(inapplicable).then(said(NOT_APPLICABLE)).otherwise(reach)
    other = result_names(chosen)[2:]
    return {chosen.id: sure, f"{chosen.id}__up_to": reach, **{name: nw.col(name) for name in other}}


def _holds(when: When, columns: Columns) -> nw.Expr | None:
    tests = [is_one_of(columns.category(variable), sorted(allowed)) for variable, allowed in when.allowed]
    if when.age is not None:
        age = columns.number("age_years")
        if when.age.start is not None:
            tests.append(age >= when.age.start)
        if when.age.below is not None:
            tests.append(age < when.age.below)
    if not tests:
        return None
    both = tests[0]
    for test in tests[1:]:
        both = both & test
    return both
