"""A table of people under one definition: the same rules as column expressions."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, Definition
from myoscope.rules.table import Columns, expression, is_one_of
from myoscope.rules.tree import When


def result_columns(chosen: Definition, columns: Columns) -> dict[str, nw.Expr]:
    """The result columns of one definition: stage, up_to, components and outside_population.

    Args:
        chosen: the definition, with its paths chosen.
        columns: the columns of the frame the expressions will be used on.

    Returns:
        column name (`<id>`, `<id>__up_to`, `<id>__<component>`, `<id>__outside_population`) -> expression.

    """
    found = {f"{chosen.id}__{name}": expression(rule, columns) for name, rule in chosen.components.items()}
    outside = _holds(chosen.made_for, columns)
    applies = _holds(chosen.applies, columns)
    first, *steps = chosen.stages
    answers = [(step.id, expression(step.rule, columns)) for step in steps if step.rule]
    sure: Any = nw.when((~answers[0][1]).fill_null(value=False)).then(nw.lit(first.id)).otherwise(nw.lit(UNKNOWN))
    reach: Any = nw.lit(first.id)
    for name, answer in answers:
        sure = nw.when(answer.fill_null(value=False)).then(nw.lit(name)).otherwise(sure)
        reach = nw.when(answer.fill_null(value=True)).then(nw.lit(name)).otherwise(reach)
    if applies is not None:
        sure = nw.when(applies.is_null()).then(nw.lit(UNKNOWN)).otherwise(sure)
        inapplicable = (~applies).fill_null(value=False)
        sure = nw.when(inapplicable).then(nw.lit(NOT_APPLICABLE)).otherwise(sure)
        reach = nw.when(inapplicable).then(nw.lit(NOT_APPLICABLE)).otherwise(reach)
    found[chosen.id] = sure
    found[f"{chosen.id}__up_to"] = reach
    found[f"{chosen.id}__outside_population"] = nw.lit(value=False) if outside is None else ~outside
    return found


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
