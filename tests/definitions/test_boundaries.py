"""The boundaries of the definitions, from the papers, written without looking at the cases in the knowledge base.

Sources: EWGSOP2 Table 3 (Cruz-Jentoft 2019, with the erratum); AWGS 2019 abstract (Chen 2020); SDOC position statements
(Bhasin 2020, cut-points in Cawthon 2020); FNIH Table (Studenski 2014). The arithmetic stands beside each number.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from myoscope.definitions import Classification, classify, definition, definitions
from myoscope.record import current, parse_record
from myoscope.rules import Facts

TODAY = dt.date(2026, 11, 20)


def facts(**given: Any) -> Facts:
    """A record as a user would write it."""
    return current(parse_record(given, today=TODAY), today=TODAY).facts


def staged(name: str, choice: dict[str, str] | None = None, **given: Any) -> Classification:
    return classify(definition(name, choice), facts(**given))


def parts(found: Classification) -> dict[str, bool | None]:
    return {name: trace.answer for name, trace in found.components.items()}


MAN = {"sex": "male", "age_years": 72, "ancestry": "european"}
WOMAN = {"sex": "female", "age_years": 72, "ancestry": "european"}
ASIAN_MAN = MAN | {"ancestry": "asian"}
ASIAN_WOMAN = WOMAN | {"ancestry": "asian"}

# -- gait speed 0.80 m/s: EWGSOP2 prints "<= 0.8 m/s", SDOC prints "< 0.8 m/s" ------------------------------------------

# 172 cm: 1.72² = 2.9584; 20.0 kg / 2.9584 = 6.76 < 7.0: low mass. Grip 26 kg < 27 kg: low strength. 26 kg < 35.5 kg for SDOC.
WEAK_THIN_MAN = MAN | {"height_cm": 172, "weight_kg": 65, "alm_kg": 20.0, "alm_method": "dxa", "grip_strength_kg": 26.0}


def test_gait_speed_of_0_80_is_severe_in_ewgsop2_and_not_slow_in_sdoc() -> None:
    ewgsop2 = staged("ewgsop2_2019", **WEAK_THIN_MAN, gait_speed_m_s=0.80)
    assert (ewgsop2.stage, ewgsop2.up_to) == ("severe", "severe")
    assert parts(ewgsop2) == {"low_strength": True, "low_mass": True, "low_performance": True}
    sdoc = staged("sdoc_2020", **WEAK_THIN_MAN, gait_speed_m_s=0.80)
    assert (sdoc.stage, sdoc.up_to) == ("none", "none")
    assert parts(sdoc) == {"low_strength": True, "low_performance": False}


def test_gait_speed_of_0_79_is_slow_in_both_and_0_81_in_neither() -> None:
    assert staged("sdoc_2020", **WEAK_THIN_MAN, gait_speed_m_s=0.79).stage == "sarcopenia"
    assert staged("ewgsop2_2019", {"performance": "gait"}, **WEAK_THIN_MAN, gait_speed_m_s=0.79).stage == "severe"
    assert staged("ewgsop2_2019", {"performance": "gait"}, **WEAK_THIN_MAN, gait_speed_m_s=0.81).stage == "confirmed"
    assert staged("sdoc_2020", **WEAK_THIN_MAN, gait_speed_m_s=0.81).stage == "none"


def test_gait_speed_measured_as_four_metres_in_five_seconds() -> None:
    """4 / 5 = 0.8 exactly on the line, however the floats fall."""
    speed = 4 / 5.0
    assert staged("ewgsop2_2019", {"performance": "gait"}, **WEAK_THIN_MAN, gait_speed_m_s=speed).stage == "severe"
    assert staged("sdoc_2020", **WEAK_THIN_MAN, gait_speed_m_s=speed).stage == "none"


@pytest.mark.parametrize(("speed", "slow"), [(0.99, True), (1.0, False), (6 / 6.0, False), (6 / 6.01, True)])
def test_awgs_2019_slow_is_below_one_metre_a_second(speed: float, slow: bool) -> None:
    found = staged("awgs_2019", {"performance": "gait"}, **ASIAN_MAN, gait_speed_m_s=speed)
    assert parts(found)["low_performance"] is slow


# -- grip: EWGSOP2 "< 27 kg" men and "< 16 kg" women; AWGS 2019 "< 28" and "< 18"; SDOC "< 35.5" and "< 20" ---------------


@pytest.mark.parametrize(
    ("person", "kg", "low"),
    [
        (MAN, 27.0, {"ewgsop2_2019": False, "awgs_2019": True, "sdoc_2020": True}),
        (MAN, 26.9, {"ewgsop2_2019": True, "awgs_2019": True, "sdoc_2020": True}),
        (MAN, 28.0, {"ewgsop2_2019": False, "awgs_2019": False, "sdoc_2020": True}),
        (MAN, 35.4, {"sdoc_2020": True}),
        (MAN, 35.5, {"sdoc_2020": False}),
        (WOMAN, 16.0, {"ewgsop2_2019": False, "awgs_2019": True, "sdoc_2020": True}),
        (WOMAN, 15.9, {"ewgsop2_2019": True}),
        (WOMAN, 18.0, {"awgs_2019": False, "sdoc_2020": True}),
        (WOMAN, 20.0, {"sdoc_2020": False}),
    ],
)
def test_grip_on_the_line(person: dict[str, Any], kg: float, low: dict[str, bool]) -> None:
    found = {name: parts(staged(name, **person, grip_strength_kg=kg))["low_strength"] for name in low}
    assert found == low


def test_grip_of_27_kg_in_a_man_is_normal_in_ewgsop2_and_low_in_awgs_2019() -> None:
    assert staged("ewgsop2_2019", **MAN, grip_strength_kg=27.0).stage == "none"
    assert staged("awgs_2019", **ASIAN_MAN, grip_strength_kg=27.0).stage == "possible"


# -- chair stands: EWGSOP2 "> 15 s for five rises", AWGS 2019 ">= 12 s" ---------------------------------------------------


def test_chair_stands_of_15_0_s_are_normal_in_ewgsop2_and_low_performance_in_awgs_2019() -> None:
    by_chair = staged("ewgsop2_2019", {"strength": "chair_stand"}, **MAN, chair_stand_5x_s=15.0)
    assert (by_chair.stage, parts(by_chair)["low_strength"]) == ("none", False)
    assert staged("ewgsop2_2019", {"strength": "chair_stand"}, **MAN, chair_stand_5x_s=15.1).stage == "probable"
    awgs = staged("awgs_2019", **ASIAN_MAN, chair_stand_5x_s=15.0)
    assert (awgs.stage, parts(awgs)["low_performance"]) == ("possible", True)


@pytest.mark.parametrize(("seconds", "low"), [(11.9, None), (12.0, True), (12.1, True)])
def test_awgs_2019_chair_stands(seconds: float, low: bool | None) -> None:
    """At 11.9 s the chair says no; gait and SPPB were not done, so performance stays open."""
    assert parts(staged("awgs_2019", **ASIAN_MAN, chair_stand_5x_s=seconds))["low_performance"] is low


def test_chair_stands_say_nothing_of_strength_under_the_default_path() -> None:
    found = staged("ewgsop2_2019", **MAN, chair_stand_5x_s=20.0)
    assert (found.stage, found.up_to) == ("unknown", "severe")


# -- the other performance tests of EWGSOP2: SPPB <= 8, TUG >= 20 s, 400 m >= 6 min ---------------------------------------


@pytest.mark.parametrize(
    ("path", "variable", "value", "slow"),
    [
        ("sppb", "sppb_score", 8, True), ("sppb", "sppb_score", 9, False),
        ("tug", "tug_s", 20.0, True), ("tug", "tug_s", 19.9, False),
        ("walk_400m", "walk_400m_s", 6 * 60, True), ("walk_400m", "walk_400m_s", 6 * 60 - 1, False),
    ],
)  # fmt: skip
def test_ewgsop2_performance(path: str, variable: str, value: float, slow: bool) -> None:
    found = staged("ewgsop2_2019", {"performance": path}, **WEAK_THIN_MAN, **{variable: value})
    assert found.stage == ("severe" if slow else "confirmed")


# -- ALM / height² exactly on the line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height", "alm"),
    [
        (150, 15.75),  # 7.0 * 1.5²  = 7.0 * 2.25   = 15.75
        (160, 17.92),  # 7.0 * 1.6²  = 7.0 * 2.56   = 17.92; in floats 17.92 / 1.6² is 6.999999999999999
        (165, 19.0575),  # 7.0 * 1.65² = 7.0 * 2.7225
        (170, 20.23),  # 7.0 * 1.7²  = 7.0 * 2.89   = 20.23
        (175, 21.4375),  # 7.0 * 1.75² = 7.0 * 3.0625
        (180, 22.68),  # 7.0 * 1.8²  = 7.0 * 3.24   = 22.68
        (190, 25.27),  # 7.0 * 1.9²  = 7.0 * 3.61   = 25.27
    ],
)
@pytest.mark.parametrize("name", ["ewgsop2_2019", "awgs_2019"])
def test_a_man_with_exactly_7_0_kg_per_m2_has_not_low_mass(name: str, height: float, alm: float) -> None:
    def low(kg: float) -> bool | None:
        return parts(staged(name, **MAN, height_cm=height, alm_kg=kg, alm_method="dxa"))["low_mass"]

    assert low(alm) is False
    assert low(alm - 0.01) is True
    assert low(alm + 0.01) is False


@pytest.mark.parametrize(
    ("name", "method", "alm", "low"),
    [
        # 160 cm: 1.6² = 2.56. EWGSOP2 5.5 * 2.56 = 14.08; AWGS 2019 DXA 5.4 * 2.56 = 13.824, BIA 5.7 * 2.56 = 14.592
        ("ewgsop2_2019", "dxa", 14.08, False),
        ("ewgsop2_2019", "dxa", 14.07, True),
        ("ewgsop2_2019", "bia", 14.07, True),
        ("awgs_2019", "dxa", 13.824, False),
        ("awgs_2019", "dxa", 13.82, True),
        ("awgs_2019", "bia", 14.592, False),
        ("awgs_2019", "bia", 14.59, True),
    ],
)
def test_a_woman_s_mass_on_the_line(name: str, method: str, alm: float, low: bool) -> None:
    found = staged(name, **ASIAN_WOMAN, height_cm=160, alm_kg=alm, alm_method=method)
    assert parts(found)["low_mass"] is low


def test_the_erratum_of_ewgsop2_is_in() -> None:
    """The first print had 6.0 for women; 5.9 * 2.56 = 15.104 kg at 160 cm is not low after the correction."""
    assert parts(staged("ewgsop2_2019", **WOMAN, height_cm=160, alm_kg=15.104, alm_method="dxa"))["low_mass"] is False


def test_a_woman_whose_device_is_unknown_between_the_two_lines_of_awgs_2019() -> None:
    """14.2 / 2.56 = 5.547: below 5.7 (BIA), not below 5.4 (DXA)."""
    found = staged("awgs_2019", **ASIAN_WOMAN, height_cm=160, alm_kg=14.2, grip_strength_kg=17.0)
    assert parts(found)["low_mass"] is None
    assert (found.stage, found.up_to) == ("possible", "severe")
    assert "alm_method" in found.missing


# -- what is not known ----------------------------------------------------------------------------------------------------


def test_normal_strength_settles_ewgsop2_without_any_mass() -> None:
    found = staged("ewgsop2_2019", **MAN, grip_strength_kg=40.0)
    assert (found.stage, found.up_to, found.missing) == ("none", "none", ())
    assert parts(found)["low_mass"] is None


def test_strength_unknown_and_mass_normal_is_unknown_up_to_probable() -> None:
    """Confirmed needs low mass, and 23 / 2.9584 = 7.77 is not low; low strength alone could still be found."""
    found = staged("ewgsop2_2019", **MAN, height_cm=172, alm_kg=23.0, alm_method="dxa")
    assert (found.stage, found.up_to) == ("unknown", "probable")
    assert found.missing == ("grip_strength_kg",)


def test_low_strength_and_no_mass_is_probable_up_to_severe() -> None:
    found = staged("ewgsop2_2019", **MAN, grip_strength_kg=20.0)
    assert (found.stage, found.up_to) == ("probable", "severe")
    assert "alm_kg" in found.missing or "alm_height2_kg_m2" in found.missing


def test_low_mass_with_normal_strength_is_no_stage_and_is_said_so() -> None:
    """20 / 2.9584 = 6.76 < 7.0."""
    found = staged("ewgsop2_2019", **MAN, height_cm=172, alm_kg=20.0, alm_method="dxa", grip_strength_kg=40.0)
    assert found.stage == "none"
    assert any("Low muscle mass only" in note for note in found.notes)


def test_nothing_known_at_all() -> None:
    found = staged("ewgsop2_2019", sex="male", age_years=72)
    assert (found.stage, found.up_to) == ("unknown", "severe")


# -- tests that could not be done -----------------------------------------------------------------------------------------


def test_a_walk_that_could_not_be_done_is_slow() -> None:
    assert staged("ewgsop2_2019", **WEAK_THIN_MAN, gait_speed_m_s="unable").stage == "severe"
    assert staged("sdoc_2020", **WEAK_THIN_MAN, gait_speed_m_s="unable").stage == "sarcopenia"
    assert staged("awgs_2019", **ASIAN_MAN, gait_speed_m_s="unable").stage == "possible"


def test_a_hand_that_could_not_be_tested_leads_to_the_chair_in_ewgsop2() -> None:
    hand = MAN | {"grip_strength_kg": "unable"}
    assert staged("ewgsop2_2019", **hand, chair_stand_5x_s=15.1).stage == "probable"
    assert staged("ewgsop2_2019", **hand, chair_stand_5x_s=15.0).stage == "none"
    assert staged("ewgsop2_2019", **hand, chair_stand_5x_s="unable").stage == "probable"
    assert staged("ewgsop2_2019", **hand).missing[0] == "chair_stand_5x_s"


def test_a_hand_that_could_not_be_tested_stays_unknown_in_sdoc() -> None:
    found = staged("sdoc_2020", **MAN, grip_strength_kg="unable", gait_speed_m_s=0.6)
    assert (found.stage, found.up_to) == ("unknown", "sarcopenia")
    assert found.missing == ()  # nothing that could be measured would settle it
    assert staged("sdoc_2020", **MAN, grip_strength_kg="unable", gait_speed_m_s=1.2).stage == "none"


# -- for whom -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(definitions()))
@pytest.mark.parametrize(("years", "applies"), [(-1, False), (-0.001, False), (0, True), (50, True)])
def test_below_its_age_no_definition_applies(name: str, years: float, applies: bool) -> None:
    """18 years, and 50 in AWGS 2025."""
    band = definition(name).applies.age
    assert band is not None
    assert band.start == {"awgs_2025": 50}.get(name, 18)
    found = staged(name, **WEAK_THIN_MAN | {"age_years": band.start + years}, gait_speed_m_s=0.5)
    assert (found.stage != "not_applicable") is applies
    assert (found.up_to != "not_applicable") is applies
    if not applies:
        assert found.missing == ()


@pytest.mark.parametrize("name", list(definitions()))
def test_without_an_age_the_stage_is_unknown_and_the_age_is_missing(name: str) -> None:
    given = {key: value for key, value in WEAK_THIN_MAN.items() if key != "age_years"}
    found = staged(name, **given, gait_speed_m_s=0.5)
    assert found.stage == "unknown"
    assert found.up_to not in {"unknown", "not_applicable"}
    assert "age_years" in found.missing


@pytest.mark.parametrize(("birthday", "applies"), [("2008-11-20", True), ("2008-11-21", False)])
def test_the_eighteenth_birthday_itself_counts(birthday: str, applies: bool) -> None:
    found = staged("ewgsop2_2019", sex="male", birth_date=birthday, date="2026-11-20", grip_strength_kg=20)
    assert (found.stage == "probable") is applies


@pytest.mark.parametrize(
    ("name", "person", "outside"),
    [
        ("ewgsop2_2019", MAN, False),
        ("ewgsop2_2019", ASIAN_MAN, True),
        ("ewgsop2_2019", MAN | {"age_years": 30}, False),  # it sets no age limit
        ("awgs_2019", ASIAN_MAN, False),
        ("awgs_2019", MAN, True),
        ("awgs_2019", ASIAN_MAN | {"age_years": 59}, True),
        ("awgs_2019", ASIAN_MAN | {"age_years": 60}, False),
        ("sdoc_2020", MAN, False),
        ("sdoc_2020", MAN | {"age_years": 64}, True),
        ("sdoc_2020", MAN | {"age_years": 65}, False),
    ],
)
def test_a_person_it_was_not_made_for_is_answered_and_flagged(name: str, person: dict[str, Any], outside: bool) -> None:
    found = staged(name, **person, grip_strength_kg=20.0)
    assert found.outside_population is outside
    assert found.stage != "not_applicable"


def test_unknown_ancestry_leaves_open_whether_it_was_made_for_the_person() -> None:
    assert staged("ewgsop2_2019", sex="male", age_years=72, grip_strength_kg=20).outside_population is None
    assert (
        staged("awgs_2019", sex="male", age_years=40, grip_strength_kg=20).outside_population is True
    )  # too young anyway


# -- FNIH: grip < 26 men, < 16 women; ALM/BMI < 0.789 men, < 0.512 women (Studenski 2014) -----------------------------------


@pytest.mark.parametrize(
    ("alm", "low"),
    [
        # 172 cm, 70 kg: BMI 70 / 2.9584 = 23.6615; 0.789 * 23.6615 = 18.669 kg
        (18.66, True),
        (18.68, False),
    ],
)
def test_fnih_mass_for_body_mass_index(alm: float, low: bool) -> None:
    found = staged("fnih_2014", **MAN, height_cm=172, weight_kg=70, alm_kg=alm, alm_method="dxa")
    assert parts(found)["low_mass"] is low


@pytest.mark.parametrize(
    ("person", "kg", "low"), [(MAN, 26.0, False), (MAN, 25.9, True), (WOMAN, 16.0, False), (WOMAN, 15.9, True)]
)
def test_fnih_grip(person: dict[str, Any], kg: float, low: bool) -> None:
    assert parts(staged("fnih_2014", **person, grip_strength_kg=kg))["low_strength"] is low


# -- SARC-F: 4 points or more of 10 (Malmstrom 2013) -----------------------------------------------------------------------


@pytest.mark.parametrize(("points", "positive"), [(0, False), (3, False), (4, True), (10, True)])
def test_sarc_f(points: int, positive: bool) -> None:
    found = staged("sarc_f", **MAN, sarc_f_score=points)
    first, second = (stage.id for stage in definition("sarc_f").stages)
    assert found.stage == (second if positive else first)


def test_an_unknown_definition_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="unknown definition 'ewgsop2'; did you mean 'ewgsop2_2019'"):
        definition("ewgsop2")
