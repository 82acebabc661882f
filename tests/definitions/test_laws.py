"""Laws that hold for every definition along every path, whatever its numbers are."""

from __future__ import annotations

import random
from typing import Any

import pytest

from myoscope.cohort.needs import variables
from myoscope.definitions import Classification, classify, definition
from myoscope.rules import deciding
from people import Row, complete, full_row, is_listed, random_rows, readings, with_gaps

SEED = 7
NOT_TO_BE_HAD = {"unable", "no_cutoff", "unverified"}
"""Why a comparison may stay open although nothing is missing."""


def every_reading() -> list[Any]:
    """Every definition along its default paths, and (slow) along every single other one."""
    return [pytest.param(name, choice, marks=[pytest.mark.slow] if choice else []) for name, choice in readings()]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "choice"), every_reading())
def test_more_information_never_changes_a_definite_answer(name: str, choice: dict[str, str]) -> None:
    """Filling in an unknown can turn unknown into yes or no, never yes into no; a stage may only be refined within its reach."""
    chosen = definition(name, choice)
    wanted = tuple(variables([chosen]))
    dice = random.Random(SEED)  # noqa: S311  # no secret depends on it
    for _ in range(60):
        full = full_row(dice, wanted)
        order = dice.sample(wanted, len(wanted))
        steps = sorted({0, len(order), *(dice.randrange(len(order)) for _ in range(4))})
        known = [{key: full[key] for key in order[:step]} for step in steps]
        answers = [classify(chosen, complete(row)) for row in known]
        for less, before, more, after in zip(known, answers, known[1:], answers[1:], strict=False):
            problem = contradiction(before, after)
            assert problem is None, f"{problem}: first {given(less)}, then also {given(more, less)}"


def given(row: Row, without: Row | None = None) -> Row:
    return {key: value for key, value in row.items() if value is not None and key not in (without or {})}


def contradiction(before: Classification, after: Classification) -> str | None:
    """Which definite answer the second takes back, in words; None when there is none."""
    for component, trace in before.components.items():
        if trace.answer is not None and after.components[component].answer is not trace.answer:
            return f"{component} was {trace.answer} and is {after.components[component].answer}"
    if before.outside_population is not None and after.outside_population is not before.outside_population:
        return "outside_population"
    order = [stage.id for stage in before.definition.stages]
    if before.stage == "not_applicable":
        return None if after.stage == "not_applicable" else "it applies after all"
    if before.stage == "unknown" and after.stage not in order:
        return None
    lowest = order.index(before.stage) if before.stage in order else 0
    if after.stage in order and lowest <= order.index(after.stage) <= order.index(before.up_to):
        return None
    return f"{before.stage} up to {before.up_to} became {after.stage}"


@pytest.mark.parametrize(("name", "choice"), every_reading())
def test_stages_are_nested(name: str, choice: dict[str, str]) -> None:
    """Each stage implies the one before."""
    chosen = definition(name, choice)
    for row in random_rows(150, SEED, tuple(variables([chosen]))):
        found = classify(chosen, complete(row))
        answers = [trace.answer for trace in found.stages.values()]
        for lower, higher in zip(answers, answers[1:], strict=False):
            assert not (higher is True and lower is not True), row
            assert not (lower is False and higher is not False), row


@pytest.mark.parametrize(("name", "choice"), every_reading())
def test_a_settled_answer_names_nothing_missing_and_an_open_one_something(name: str, choice: dict[str, str]) -> None:
    """Except where a test could not be done and the definition does not say how that counts, or it has no cut-off for this person."""
    chosen = definition(name, choice)
    for row in random_rows(150, SEED + 1, tuple(variables([chosen]))):
        found = classify(chosen, complete(row))
        if found.settled:
            assert not found.missing, row
        elif not out_of_reach(found):
            assert found.missing, (row, found.stage, found.up_to)


def out_of_reach(found: Classification) -> bool:
    """Whether something that no measurement can give keeps the stage open."""
    open_ones = [trace for trace in found.stages.values() if trace.answer is None]
    return any(leaf.answer is None and leaf.state in NOT_TO_BE_HAD for trace in open_ones for leaf in deciding(trace))


@pytest.mark.parametrize(("name", "choice"), every_reading())
def test_what_is_named_as_missing_does_settle_it(name: str, choice: dict[str, str]) -> None:
    """Filling in everything that is named (and what that leads to) settles the stage."""
    chosen = definition(name, choice)
    wanted = tuple(variables([chosen]))
    dice = random.Random(SEED)  # noqa: S311  # no secret depends on it
    settled = 0
    for _ in range(60):
        full = full_row(dice, wanted)
        everything = complete(full)
        if not classify(chosen, everything).settled:
            continue  # a test that could not be done, a person without a cut-off, an input that would say the same thing twice
        row = with_gaps(full, dice)
        for _ in range(len(wanted)):
            found = classify(chosen, complete(row))
            if found.settled:
                break
            named = {key.replace(":", "__"): None for key in found.missing}
            values = {key: full[key] if is_listed(key) else everything.values.get(key) for key in named}
            gained = {key: value for key, value in values.items() if value is not None and row.get(key) is None}
            assert gained, f"{found.missing} does not lead on from {given(row)}"
            row = {**row, **gained}
        assert found.settled, row
        settled += 1
    assert settled > 10, "hardly anybody was settled by everything"
