"""The files of programmes and foods hang together: numbers cited, rules tried at their boundaries, ids known."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

import pytest

from myoscope.check.cases import check_cases
from myoscope.check.numbers import check_numbers
from myoscope.plan.foods import dishes, foods, policy
from myoscope.plan.programme import exercises, programmes
from myoscope.plan.treatments import treatments
from myoscope.quantities import quantities
from myoscope.sources import folder
from myoscope.sources.files import everything

FILES = {path: body for path, body in everything().items() if path.split("/")[0] in {"programmes", "foods"}}


def as_checked(path: str, body: object) -> dict[str, object]:
    """Under the name of a folder whose numbers and cases the checks look at."""
    return {f"policy/{path.replace('/', '_')}": body}


@pytest.mark.parametrize("path", FILES)
def test_every_number_has_unit_source_place_and_reading(path):
    assert list(check_numbers(as_checked(path, FILES[path]), Counter())) == []


@pytest.mark.parametrize("path", FILES)
def test_every_rule_is_tried_at_its_boundaries(path):
    assert list(check_cases(as_checked(path, FILES[path]))) == []


def test_these_two_checks_can_fail():
    body = deepcopy(FILES["programmes/exercises.yaml"])
    del body["rules"]["cannot_rise"]["source"], body["source"]
    assert list(check_numbers(as_checked("x", body), Counter()))
    body = deepcopy(FILES["programmes/exercises.yaml"])
    body["cases"] = body["cases"][2:]
    assert list(check_cases(as_checked("x", body)))


def test_nothing_here_rests_on_memory():
    tally: Counter[str] = Counter()
    for path, body in FILES.items():
        list(check_numbers(as_checked(path, body), tally))
    assert tally["recalled"] == 0
    assert tally["primary"] > 0


def test_every_week_has_one_dose():
    for programme in programmes().values():
        weeks = [week for phase in programme.phases for week in range(phase.weeks[0], phase.weeks[1] + 1)]
        assert weeks == list(range(1, 13)), programme.id
        for phase in programme.phases:
            assert 1 <= phase.sets <= 3
            assert phase.repetitions[0] < phase.repetitions[1]


def test_a_lighter_week_is_lighter_than_the_one_before_it():
    for programme in programmes().values():
        for before, after in zip(programme.phases, programme.phases[1:], strict=False):
            if after.lighter:
                assert after.sets * after.repetitions[1] < before.sets * before.repetitions[1]
            assert after.sessions >= before.sessions or after.lighter


def test_every_swap_leads_to_an_exercise():
    known = exercises()
    for programme in programmes().values():
        later = programme.later[1] if programme.later else {}
        for swaps in [*programme.swaps.values(), later]:
            assert {*swaps, *swaps.values()} <= known.keys()
        assert set(later) <= set(programme.session)


def test_no_exercise_is_its_own_substitute():
    for one in exercises().values():
        assert one.id not in one.instead
        assert bool(one.instead) <= bool(one.cautions)


def test_food_values_as_printed_in_the_table():
    """Source test: rows of Standard Reference 26 (NDB 01129, 15237, 16070): g and kcal in 100 g."""
    printed = {"egg": (12.58, 155, 0.904), "salmon": (22.1, 206, 2.03), "lentils": (9.02, 116, 0.63)}
    for name, values in printed.items():
        food = foods()[name]
        assert (food.protein_g, food.energy_kcal, food.leucine_g) == values
    assert [foods()[name].ndb for name in printed] == ["01129", "15237", "16070"]


def test_food_values_are_possible():
    for food in foods().values():
        assert 0 <= food.protein_g <= 100
        assert food.protein_g * 4 <= food.energy_kcal * 1.1 + 1, food.id
        assert food.leucine_g is None or food.leucine_g <= food.protein_g * 0.15, food.id
        assert food.measure_g > 0


def test_every_origin_and_content_is_one_that_the_policy_knows():
    origins = {origin for allowed in policy()["diets"].values() for origin in allowed}
    contents = {row["contains"] for row in policy()["avoid"] if "contains" in row} | {"sesame"}
    for food in foods().values():
        assert food.origin in origins
        assert food.contains <= contents
    assert set(policy()["diets"]) == set(quantities()["diet"].values)


def test_every_way_of_eating_has_three_dishes_for_every_meal():
    for diet, origins in policy()["diets"].items():
        for occasion, listed in dishes().items():
            fit = [dish for dish in listed if all(food.origin in origins for food, _, _ in dish.items)]
            assert len(fit) >= 3, (diet, occasion)


def test_the_follow_up_names_treatments_and_quantities():
    entry = folder("policy")["policy/follow_up.yaml"]
    assert set(entry["begin"]) <= treatments().keys()
    for row in entry["measure"]:
        assert row["variable"] in quantities()
        assert set(row["for"]) - {"any"} <= treatments().keys()
