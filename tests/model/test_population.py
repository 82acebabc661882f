"""Many people at once get the answers that one gets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from people_of_the_model import one

from myoscope.model.forecast import draws, outlook, quantiles
from myoscope.model.population import population
from myoscope.model.scenario import as_now

RANDOM = np.random.default_rng(8)
PEOPLE = {
    "age": RANDOM.uniform(20, 90, 700),
    "female": RANDOM.integers(0, 2, 700).astype(float),
    "weight": RANDOM.uniform(50, 110, 700),
    "lean": RANDOM.uniform(33, 65, 700),
    "fat": RANDOM.uniform(8, 40, 700),
    "sets": RANDOM.choice([0.0, 6.0], 700),
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"resistance_sessions_per_week": 3},
        {"conditions": ["heart_failure"]},
        {"conditions": ["bed_rest"], "bed_rest_days": 5},
        {"conditions": ["bed_rest"], "bed_rest_days": 0},
        {"steps_per_day": 2000},
    ],
)
def test_the_same_numbers_as_for_one_person(given) -> None:
    who = one(alm_kg=None, alm_method=None, **given)
    who = replace(who, muscle=(replace(who.muscle[0], value=who.body.lean * 0.435),))
    alone = outlook(who, [as_now()], 52, draws(200)).people["alm_kg"][0]
    now = {name: value for name, value in who.period(who.present, 364.0).items() if name != "days"}
    before = dict.fromkeys(now, 0.0) | {"days": 0.0}
    for period in who.past():  # one period before today is what a population has
        before = period if period["days"] >= before["days"] or "bed_rest_days" in given else before
    many = population(arrays(now), (26, 52), past=arrays(before), count=200)
    for place, week in enumerate((26, 52)):
        found = [many.low[0, place], many.median[0, place], many.high[0, place]]
        assert found == pytest.approx(100 * quantiles(alone[week], (0.05, 0.5, 0.95)), abs=0.02)


def arrays(exposures):
    return {name: np.array([value]) for name, value in exposures.items()}


def test_nobody_is_answered_differently_in_company() -> None:
    many = population(PEOPLE, (13, 52), count=50)
    for row in (0, 321, 699):
        alone = population({name: values[row : row + 1] for name, values in PEOPLE.items()}, (13, 52), count=50)
        for name in ("mean", "low", "median", "high"):
            assert getattr(many, name)[row] == pytest.approx(getattr(alone, name)[0], abs=1e-3)


def test_threads_and_weeks_change_nothing() -> None:
    first = population(PEOPLE, (13, 52), count=50, threads=1)
    again = population(PEOPLE, (52,), count=50, threads=3)
    assert first.median[:, 1] == pytest.approx(again.median[:, 0], abs=1e-3)
    assert (first.low < first.median).all()
    assert (first.median < first.high).all()


def test_training_gains_and_weight_loss_costs() -> None:
    still = population(PEOPLE | {"sets": np.zeros(700)}, (26,), count=50).median
    assert (
        population(PEOPLE | {"sets": np.full(700, 6.0), "trains": np.ones(700)}, (26,), count=50).median > still
    ).all()
    falling = PEOPLE | {"sets": np.zeros(700), "weight_kg_per_day": np.full(700, -0.03)}
    assert (population(falling, (26,), count=50).median < still).all()


def test_names_are_checked() -> None:
    with pytest.raises(KeyError, match="stes"):
        population(PEOPLE | {"stes": PEOPLE["age"]}, (4,))
    with pytest.raises(KeyError, match="lean"):
        population({name: values for name, values in PEOPLE.items() if name != "lean"}, (4,))


@pytest.mark.parametrize(
    ("column", "value"), [("age", 10.0), ("age", float("nan")), ("weight", 60_000.0), ("female", 2.0), ("fat", -1.0)]
)
def test_who_lies_outside_is_named(column, value):
    people = {
        "age": [70.0, 70.0],
        "female": [0.0, 1.0],
        "weight": [76.0, 60.0],
        "lean": [52.0, 40.0],
        "fat": [21.0, 18.0],
    }
    people[column] = [people[column][0], value]
    with pytest.raises(ValueError, match="person 1"):
        population({name: np.array(values) for name, values in people.items()}, [13])


def test_weeks_are_weeks_to_come():
    people = {"age": 70.0, "female": 0.0, "weight": 76.0, "lean": 52.0, "fat": 21.0}
    for weeks in ([], [-5], [9_999_999]):
        with pytest.raises(ValueError, match="weeks"):
            population({name: np.array([value]) for name, value in people.items()}, weeks)
