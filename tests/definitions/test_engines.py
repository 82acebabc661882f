"""One rule, one truth: the one-person path and every frame engine give the same answer on random people with gaps."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from engines import ENGINES, as_columns, classified, one_by_one, pyspark
from myoscope.cohort.needs import variables
from myoscope.definitions import Definition, classify, definition, definitions
from people import Row, complete, every_reading, full_row, random_rows, readings, truth_table, with_gaps

SEED = 20261123
ROWS = 10_000
GROUPS = 8
Engine = Callable[[dict[str, list[Any]]], Any]


def looked_at(rows: Sequence[Row], chosen: Sequence[Definition]) -> list[str]:
    """The columns that these readings look at: a table carried along from layer to layer costs time."""
    return [name for name in variables(chosen) if name in rows[0]]


def assert_same(
    rows: Sequence[Row], chosen: Sequence[Definition], engines: Iterable[Engine], gaps: Sequence[bool]
) -> dict[str, list[Any]]:
    """Every engine, with gaps as null (False) or NaN (True), says of every row what the one-person path says."""
    expected = one_by_one(rows, chosen)
    columns = {nan: as_columns(rows, looked_at(rows, chosen), nan=nan) for nan in gaps}
    for engine, nan in itertools.product(engines, gaps):
        got = classified(engine(columns[nan]), chosen)
        assert set(got) == set(expected)
        for name, want in expected.items():
            if got[name] != want:
                first = next(number for number, (a, b) in enumerate(zip(want, got[name], strict=True)) if a != b)
                known = {key: value for key, value in rows[first].items() if value is not None}
                pytest.fail(
                    f"{engine.__name__} (NaN: {nan}), {name}: {want[first]} alone, {got[name][first]} in a table; row {first}: {known}"
                )
    return expected


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_every_engine_agrees_with_the_one_person_path(group: int) -> None:
    """And every stage occurs, settled and open: only then is the agreement worth something."""
    chosen = list(definitions().values())[group::GROUPS]
    found = assert_same(random_rows(ROWS, SEED), chosen, ENGINES, [False, True])
    for one in chosen:
        assert set(found[one.id]) == {stage.id for stage in one.stages} | {"unknown", "not_applicable"}, one.id
        assert found[one.id] != found[f"{one.id}__up_to"]
        assert set(found[f"{one.id}__outside_population"]) <= {True, False, None}


def rounds() -> list[list[Definition]]:
    """The readings beside the default ones, no two of one definition together."""
    by_name: dict[str, list[Definition]] = {}
    for (name, choice), chosen in zip(readings(), every_reading(), strict=True):
        if choice:
            by_name.setdefault(name, []).append(chosen)
    return [[one for one in some if one] for some in itertools.zip_longest(*by_name.values())]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(rounds())))
def test_every_engine_agrees_on_every_path(number: int) -> None:
    """All definitions are worked out in one go here, as in a cohort; gaps are null and NaN in turn."""
    assert_same(random_rows(200, SEED + 1), rounds()[number], ENGINES, [number % 2 == 1])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(definitions()))
def test_every_engine_has_the_same_truth_table(name: str) -> None:
    """Yes, no, unknown and unable for every comparison: all combinations, or every pair of them where they are too many."""
    chosen = definitions()[name]
    assert_same(truth_table(chosen, 1500, SEED), [chosen], ENGINES, [False])


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java runtime")
@pytest.mark.filterwarnings("ignore")  # Spark's own start-up
def test_spark_agrees_with_the_one_person_path() -> None:
    """One definition after the other: Spark plans one large query far longer than many small ones."""
    for chosen in definitions().values():
        assert_same(random_rows(500, SEED + 2), [chosen], [pyspark], [True])


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_more_information_never_changes_a_definite_answer_on_any_engine(engine: Engine) -> None:
    """The law itself, beside the agreement above (which holds Spark to it too)."""
    dice = random.Random(SEED)  # noqa: S311  # no secret depends on it
    more = [full_row(dice) for _ in range(300)]
    less = [with_gaps(row, dice) for row in more]
    chosen = list(definitions().values())
    before: dict[str, list[Any]] = {}
    after: dict[str, list[Any]] = {}
    for group in (chosen[number::GROUPS] for number in range(GROUPS)):
        for found, rows in ((before, less), (after, more)):
            found.update(classified(engine(as_columns(rows, looked_at(rows, group))), group))
    for one in chosen:
        order = [stage.id for stage in one.stages]
        for column in (*(f"{one.id}__{part}" for part in one.components), f"{one.id}__outside_population"):
            assert all(was is None or was == now for was, now in zip(before[column], after[column], strict=True)), (
                column
            )
        for stage, reach, later in zip(before[one.id], before[f"{one.id}__up_to"], after[one.id], strict=True):
            if stage == "not_applicable":
                assert later == stage
            elif stage != "unknown":
                assert order.index(stage) <= order.index(later) <= order.index(reach)
            elif later in order:
                assert order.index(later) <= order.index(reach)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_a_missing_column_is_unknown_in_every_row(engine: Engine) -> None:
    chosen = [definition("ewgsop2_2019"), definition("sdoc_2020")]
    got = classified(engine({"row": [0], "sex": ["male"], "age_years": [70.0], "grip_strength_kg": [26.9]}), chosen)
    assert got["ewgsop2_2019"] == ["probable"]
    assert got["ewgsop2_2019__up_to"] == ["severe"]
    assert got["sdoc_2020"] == ["unknown"]


def test_a_chosen_path_is_followed() -> None:
    chair = definition("ewgsop2_2019", {"strength": "chair_stand"})
    slow = complete({"sex": "male", "age_years": 70.0, "chair_stand_5x_s": 15.1})
    assert classify(chair, slow).stage == "probable"
    assert classify(definition("ewgsop2_2019"), slow).stage == "unknown"
