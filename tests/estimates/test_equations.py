"""Source tests: the published equations on numbers worked by hand, and the mistakes that public programs made with them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from myoscope.estimates import Estimate, equations, estimate, estimates_of, probability_below
from myoscope.record import InputError, current, parse_record
from myoscope.rules import UNABLE, Facts
from myoscope.sources import folder

TODAY = dt.date(2026, 11, 20)
REPOSITORY = Path(__file__).resolve().parents[2]


def facts(**given: Any) -> Facts:
    return current(parse_record(given, today=TODAY), today=TODAY).facts


def value(name: str, **given: Any) -> float:
    found = estimate(equations()[name], facts(**given))
    assert found is not None
    return found.value


WOMAN_BIA = {
    "sex": "female",
    "age_years": 72,
    "height_cm": 160,
    "weight_kg": 62,
    "bia_resistance_ohm": 550,
    "bia_reactance_ohm": 50,
}

# -- worked values, each written out here from the printed coefficients ---------------------------------------------------

WORKED: list[tuple[str, dict[str, Any], float, str]] = [
    (
        "janssen_2000", WOMAN_BIA, 0.401 * 160**2 / 550 + 0 * 3.825 - 0.071 * 72 + 5.102,
        "Janssen 2000, abstract: SM = Ht²/R * 0.401 + gender * 3.825 + age * -0.071 + 5.102; men 1, women 0",
    ),
    (
        "kyle_2003", WOMAN_BIA, -4.211 + 0.267 * 160**2 / 550 + 0.095 * 62 + 1.909 * 0 - 0.012 * 72 + 0.058 * 50,
        "Kyle 2003, abstract: -4.211 + 0.267 Ht²/R + 0.095 weight + 1.909 sex - 0.012 age + 0.058 reactance",
    ),
    (
        "sergi_2015", WOMAN_BIA, -3.964 + 0.227 * 160**2 / 550 + 0.095 * 62 + 1.384 * 0 + 0.064 * 50,
        "Sergi 2015: -3.964 + 0.227 RI + 0.095 weight + 1.384 sex + 0.064 Xc",
    ),
    (
        "lee_2000_m2", {"sex": "female", "age_years": 65, "height_cm": 165, "weight_kg": 65, "ancestry": "asian"},
        0.244 * 65 + 7.80 * 1.65 + 6.6 * 0 - 0.098 * 65 - 1.2 - 3.3,
        "Lee 2000, abstract, model 2: 0.244 BW + 7.80 Ht + 6.6 sex - 0.098 age + race - 3.3 (height in metres)",
    ),
    (
        "kim_2002", {"sex": "male", "age_years": 40, "alm_kg": 25, "alm_method": "dxa"}, 1.13 * 25 - 0.02 * 40 + 0.61 + 0.97,
        "Kim 2002, model 3: 1.13 ALST - 0.02 age + 0.61 sex + 0.97",
    ),
    (
        "furushima_2017_m", {"sex": "male", "weight_kg": 70, "waist_circumference_cm": 92, "grip_strength_kg": 30},
        0.408 * 70 - 0.209 * 92 + 0.072 * 30 + 10.032,
        "Furushima 2017, Table 2, men",
    ),
    (
        "kawakami_2021",
        {"sex": "male", "age_years": 70, "height_cm": 168, "weight_kg": 68, "waist_circumference_cm": 88, "calf_circumference_cm": 37},
        2.955 + 0.255 * 68 - 0.130 * 88 + 0.308 * 37 + 0.081 * 168 - 11.897,
        "Kawakami 2021, abstract",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "expected", "where"), WORKED, ids=[row[0] for row in WORKED])
def test_the_printed_equation(name: str, given: dict[str, Any], expected: float, where: str) -> None:
    assert value(name, **given) == pytest.approx(expected, abs=1e-9), where


@pytest.mark.parametrize(
    ("name", "given", "printed"),
    [
        # Furushima 2017, Table 1: means of the people the equation was made on; a least-squares equation runs through them
        ("furushima_2017_m", {"sex": "male", "weight_kg": 67.6, "waist_circumference_cm": 83.2, "grip_strength_kg": 40.0}, 23.1),
        ("furushima_2017_f", {"sex": "female", "height_cm": 156.3, "weight_kg": 53.9, "waist_circumference_cm": 80.2, "grip_strength_kg": 25.4}, 15.3),
        # Park 2021, abstract: women 15.8 kg on the Prodigy and 14.8 kg on the Horizon; men 24.8 and 23.0 kg
        ("lunar_to_horizon_f", {"sex": "female", "alm_kg": 15.8, "alm_method": "dxa_lunar"}, 14.8),
        ("lunar_to_horizon_m", {"sex": "male", "alm_kg": 24.8, "alm_method": "dxa_lunar"}, 23.0),
    ],
)  # fmt: skip
def test_the_means_printed_in_the_papers(name: str, given: dict[str, Any], printed: float) -> None:
    assert value(name, **given) == pytest.approx(printed, abs=0.1)


@pytest.mark.parametrize("name", list(equations()))
def test_every_worked_example_of_the_knowledge_base(name: str) -> None:
    rows = folder("equations")[f"equations/{name}.yaml"]["worked"]
    assert len(rows) >= 2
    for row in rows:
        assert value(name, **row["given"]) == pytest.approx(row["expect"], abs=row["tolerance"]), row["why"]


# -- the mistakes that public programs made -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kyle_2003", "sergi_2015"])
def test_resistance_in_the_place_of_reactance_is_refused_or_far_off(name: str) -> None:
    """Two public programs put the resistance into the reactance term: 0.058 * (550 - 50) = 29 kg of muscle too much."""
    with pytest.raises(InputError, match="bia_reactance_ohm"):
        facts(**WOMAN_BIA | {"bia_reactance_ohm": 550})
    swapped = Facts(dict(facts(**WOMAN_BIA).values) | {"bia_reactance_ohm": 300.0})
    found = estimate(equations()[name], swapped)
    assert found is None or abs(found.value - value(name, **WOMAN_BIA)) > 10 * (equations()[name].standard_error or 0)


SEXED = [
    name for name, equation in equations().items() if "sex" in equation.inputs or any(v == "sex" for v, _ in equation.requires)
]  # fmt: skip
MUSCLE = {"alm_kg", "skeletal_muscle_mass_kg", "fat_free_mass_kg", "lean_mass_kg", "l3_muscle_area_cm2"}


@pytest.mark.parametrize("name", SEXED)
def test_the_sex_reversed_changes_the_result_or_gives_none(name: str) -> None:
    """One public program has women 1 and men 0."""
    row = folder("equations")[f"equations/{name}.yaml"]["worked"][0]
    other = "female" if row["given"]["sex"] == "male" else "male"
    found = estimate(equations()[name], facts(**row["given"] | {"sex": other}))
    assert found is None or abs(found.value - row["expect"]) > row["tolerance"]
    # Heymsfield takes 10 cm² of bone off a man's arm and 6.5 off a woman's: of two equal arms hers holds more muscle
    if found is not None and equations()[name].estimates in MUSCLE and name != "heymsfield_1982_mass":
        assert (found.value > row["expect"]) == (other == "male"), "men have more muscle"


@pytest.mark.parametrize(
    "name", [name for name, equation in equations().items() if "height_cm" in equation.formula.names]
)
def test_centimetres_for_metres_is_refused_or_far_off(name: str) -> None:
    """Lee 2000 prints metres, Janssen and Kyle centimetres."""
    row = folder("equations")[f"equations/{name}.yaml"]["worked"][0]
    metres = row["given"]["height_cm"] / 100
    with pytest.raises(InputError, match="height_cm"):
        facts(**row["given"] | {"height_cm": metres})
    found = estimate(equations()[name], facts(**row["given"]).having({"height_cm": metres}))
    assert found is None or abs(found.value - row["expect"]) > max(1.0, row["tolerance"])


@pytest.mark.parametrize(
    "name", [name for name, equation in equations().items() if "weight_kg" in equation.formula.names]
)
def test_pounds_for_kilograms_is_refused_or_far_off(name: str) -> None:
    row = folder("equations")[f"equations/{name}.yaml"]["worked"][0]
    pounds = row["given"]["weight_kg"] / 0.45359237
    found = estimate(equations()[name], facts(**row["given"]).having({"weight_kg": pounds}))
    assert found is None or abs(found.value - row["expect"]) > max(1.0, row["tolerance"])


def test_the_age_term_of_janssen_goes_down() -> None:
    """One public program adds 0.071 kg a year: 10.2 kg too much at 72."""
    assert value("janssen_2000", **WOMAN_BIA | {"age_years": 82}) == pytest.approx(
        value("janssen_2000", **WOMAN_BIA) - 0.71
    )


@pytest.mark.parametrize(
    ("ancestry", "kg"),
    [("asian", -1.2), ("african", 1.4), ("hispanic", 0.0)],
)
def test_the_ancestry_terms_of_lee_are_those_of_model_2(ancestry: str, kg: float) -> None:
    """Model 1 has -2.0 and 1.1: not to be mixed."""
    person = {"sex": "male", "age_years": 50, "height_cm": 175, "weight_kg": 78}
    white = value("lee_2000_m2", **person, ancestry="european")
    assert value("lee_2000_m2", **person, ancestry=ancestry) == pytest.approx(white + kg)


# -- where there must be no estimate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(equations()))
def test_without_any_one_input_there_is_no_estimate(name: str) -> None:
    row = folder("equations")[f"equations/{name}.yaml"]["worked"][0]
    known = facts(**row["given"])
    for variable in equations()[name].inputs:
        less = Facts({key: kept for key, kept in known.values.items() if key != variable})
        assert estimate(equations()[name], less) is None, variable


def test_a_test_that_could_not_be_done_is_no_number() -> None:
    person = {"sex": "male", "weight_kg": 70, "waist_circumference_cm": 92, "grip_strength_kg": "unable"}
    assert facts(**person).values["grip_strength_kg"] is UNABLE
    assert estimate(equations()["furushima_2017_m"], facts(**person)) is None


@pytest.mark.parametrize("ancestry", ["other", None])
def test_lee_has_no_term_for_other_people(ancestry: str | None) -> None:
    person = {"sex": "male", "age_years": 50, "height_cm": 175, "weight_kg": 78, "ancestry": ancestry}
    assert estimate(equations()["lee_2000_m2"], facts(**person)) is None


@pytest.mark.parametrize("method", ["bia", "anthropometric", None])
def test_kim_is_for_dxa_only(method: str | None) -> None:
    given = {"sex": "male", "age_years": 40, "alm_kg": 25, "alm_method": method}
    assert estimate(equations()["kim_2002"], facts(**given)) is None


def test_a_result_outside_the_guard_range_is_no_estimate() -> None:
    """A very small waist and weight make the line of Furushima fall below what a body can hold."""
    tiny = facts(sex="male").having({"weight_kg": 20.0, "waist_circumference_cm": 100.0, "grip_strength_kg": 0.0})
    assert 0.408 * 20 - 0.209 * 100 + 10.032 < 2
    assert estimate(equations()["furushima_2017_m"], tiny) is None


def test_a_conversion_between_machines_is_never_applied_unasked() -> None:
    known = facts(sex="male", age_years=50, alm_kg=24.8, alm_method="dxa_lunar")
    assert not [one for one in estimates_of("alm_kg", known) if one.equation.converts]


# -- cautions and order ---------------------------------------------------------------------------------------------------


def test_outside_its_own_people_an_equation_answers_with_a_caution() -> None:
    young = estimate(equations()["sergi_2015"], facts(**WOMAN_BIA | {"age_years": 59, "ancestry": "european"}))
    old = estimate(equations()["sergi_2015"], facts(**WOMAN_BIA | {"age_years": 60, "ancestry": "european"}))
    other = estimate(equations()["sergi_2015"], facts(**WOMAN_BIA | {"ancestry": "asian"}))
    assert young is not None
    assert old is not None
    assert other is not None
    assert any("age from 60" in caution for caution in young.cautions)
    assert old.cautions == ()
    assert any("ancestry" in caution for caution in other.cautions)


def test_an_equation_inside_its_validity_comes_first_and_the_order_never_wavers() -> None:
    known = facts(
        **WOMAN_BIA, ancestry="european", waist_circumference_cm=85, calf_circumference_cm=34, grip_strength_kg=20
    )
    found = estimates_of("alm_kg", known)
    assert len(found) >= 4
    cautions = [len(one.cautions) for one in found]
    assert cautions == sorted(cautions)
    assert found[0].equation.id == "sergi_2015"
    assert [one.equation.id for one in estimates_of("alm_kg", known)] == [one.equation.id for one in found]


def test_the_interval_holds_95_percent() -> None:
    """1.12 kg on both sides times 1.96."""
    found = estimate(equations()["kyle_2003"], facts(**WOMAN_BIA))
    assert found is not None
    assert found.interval_95 is not None
    low, high = found.interval_95
    assert (low, high) == pytest.approx((found.value - 1.95996 * 1.12, found.value + 1.95996 * 1.12), abs=1e-4)
    assert Estimate(equations()["lunar_to_horizon_f"], 15.0).interval_95 is None  # the paper prints no error


# -- the coefficients stand once -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", list(equations()))
def test_the_coefficients_of_an_equation_stand_once_in_the_source(name: str) -> None:
    """In the knowledge base and not in Python; the rarest three coefficients together name the equation."""
    constants = {f"{number:g}" for number in equations()[name].formula.constants}
    rare = sorted((c for c in constants if len(c.split(".")[-1]) >= 2 and "." in c), key=len)[-3:]
    if not rare:
        pytest.skip("no coefficient with two decimals: nothing by which to know it again")
    holders = [
        path.relative_to(REPOSITORY).as_posix()
        for path in sorted((REPOSITORY / "src").rglob("*"))
        if path.suffix in {".py", ".yaml", ".csv", ".js", ".html"} and all(re.search(rf"(?<![\d.]){re.escape(c)}0*(?!\d)", path.read_text("utf-8")) for c in rare)
    ]  # fmt: skip
    assert f"src/myoscope/knowledge/equations/{name}.yaml" in holders
    assert [path for path in holders if path.endswith((".py", ".js", ".html"))] == []
    if len(rare) == 3:
        assert len([path for path in holders if "equations/" in path]) == 1


# -- the probability of lying below a line --------------------------------------------------------------------------------

SENSIBLE = st.floats(1, 60)
ERROR = st.floats(0.2, 5)


@given(cutoff=SENSIBLE, error=ERROR)
def test_on_the_line_it_is_one_half(cutoff: float, error: float) -> None:
    assert probability_below(cutoff, error, cutoff) == pytest.approx(0.5)


@given(estimated=SENSIBLE, error=ERROR, cutoff=SENSIBLE)
def test_it_is_a_probability_and_symmetric(estimated: float, error: float, cutoff: float) -> None:
    below = probability_below(estimated, error, cutoff)
    assert 0 <= below <= 1
    assert below + probability_below(cutoff, error, estimated) == pytest.approx(1)


@given(estimated=SENSIBLE, more=st.floats(0.01, 10), error=ERROR, cutoff=SENSIBLE)
def test_more_muscle_is_less_likely_below(estimated: float, more: float, error: float, cutoff: float) -> None:
    assert probability_below(estimated + more, error, cutoff) <= probability_below(estimated, error, cutoff)


@given(estimated=SENSIBLE, cutoff=SENSIBLE, small=st.floats(0.2, 2), more=st.floats(0.1, 3))
def test_a_larger_error_is_less_sure(estimated: float, cutoff: float, small: float, more: float) -> None:
    assume(abs(estimated - cutoff) > 1e-6)
    sure, unsure = probability_below(estimated, small, cutoff), probability_below(estimated, small + more, cutoff)
    assert abs(unsure - 0.5) <= abs(sure - 0.5) + 1e-12


@pytest.mark.parametrize(
    ("distance", "printed"), [(0.0, 0.5), (1.0, 0.8413), (1.645, 0.95), (1.96, 0.975), (-1.0, 0.1587)]
)
def test_the_printed_normal_table(distance: float, printed: float) -> None:
    """Any table of the normal distribution; in standard errors below the line."""
    assert probability_below(20.0 - 1.12 * distance, 1.12, 20.0) == pytest.approx(printed, abs=5e-5)
