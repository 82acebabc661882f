"""Laws that hold for every definition, whatever its numbers are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.definitions import classify, definition, definitions
from myoscope.rules import UNABLE
from people import complete, random_rows, row_strategy


def every_reading() -> list[tuple[str, dict[str, str]]]:
    """Every definition along its default paths and along every single other one."""
    found: list[tuple[str, dict[str, str]]] = []
    for name, chosen in definitions().items():
        found.append((name, {}))
        found.extend((name, {path: option}) for path, options in chosen.paths.items() for option in options)
    return found


@pytest.mark.parametrize(("name", "choice"), every_reading())
@settings(max_examples=60)
@given(full=row_strategy(gap=False), data=st.data())
def test_more_information_never_changes_a_definite_answer(
    name: str, choice: dict[str, str], full: dict[str, Any], data: st.DataObject
) -> None:
    """Filling in an unknown can turn unknown into yes or no, never yes into no; a stage may only be refined within its reach."""
    kept = data.draw(st.sets(st.sampled_from(sorted(full))))
    more = kept | data.draw(st.sets(st.sampled_from(sorted(full))))
    chosen = definition(name, choice)
    less_known = classify(chosen, complete({key: full[key] for key in kept}))
    more_known = classify(chosen, complete({key: full[key] for key in more}))
    for component, trace in less_known.components.items():
        if trace.answer is not None:
            assert more_known.components[component].answer is trace.answer, component
    stages = [stage.id for stage in chosen.stages]
    if less_known.stage == "not_applicable":
        assert more_known.stage == "not_applicable"
    elif less_known.stage != "unknown":
        assert more_known.stage != "unknown"
        assert stages.index(less_known.stage) <= stages.index(more_known.stage) <= stages.index(less_known.up_to)
    elif more_known.stage in stages:
        assert stages.index(more_known.stage) <= stages.index(less_known.up_to)
    if less_known.outside_population is not None:
        assert more_known.outside_population is less_known.outside_population


@pytest.mark.parametrize("name", list(definitions()))
def test_stages_are_nested(name: str) -> None:
    """Each stage implies the one before, on thousands of random people."""
    for row in random_rows(2000, seed=7):
        found = classify(definitions()[name], complete(row))
        answers = [trace.answer for trace in found.stages.values()]
        for lower, higher in zip(answers, answers[1:], strict=False):
            assert not (higher is True and lower is not True)
            assert not (lower is False and higher is not False)


@pytest.mark.parametrize("name", list(definitions()))
def test_a_settled_answer_names_nothing_missing_and_an_open_one_something(name: str) -> None:
    """Except where a test could not be done and the definition does not say how that counts: nothing is missing then."""
    for row in random_rows(2000, seed=11):
        found = classify(definitions()[name], complete(row))
        if found.settled:
            assert not found.missing, row
        elif UNABLE not in row.values():
            assert found.missing, (row, found.stage, found.up_to)


@pytest.mark.parametrize("name", list(definitions()))
def test_what_is_named_as_missing_does_settle_it(name: str) -> None:
    """Filling in everything that is named (and what that leads to) settles the stage."""
    chosen = definitions()[name]
    full = {
        "sex": "female", "age_years": 70.0, "ancestry": "asian", "alm_method": "dxa", "height_cm": 160.0, "weight_kg": 60.0,
        "alm_kg": 13.0, "grip_strength_kg": 15.0, "chair_stand_5x_s": 20.0, "gait_speed_m_s": 0.5, "sppb_score": 5.0,
        "tug_s": 30.0, "walk_400m_s": 500.0, "sarc_f_score": 8.0,
    }  # fmt: skip
    derived = complete(full).values
    for row in random_rows(300, seed=13):
        facts = complete({key: None if value is UNABLE else value for key, value in row.items()})
        for _ in range(10):
            found = classify(chosen, facts)
            if found.settled:
                break
            facts = facts.having({key: derived[key] for key in found.missing})
        assert classify(chosen, facts).settled
