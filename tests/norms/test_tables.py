"""Source tests: places in the reference tables, from numbers copied out of the papers' tables; then laws."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.norms import Norm, Position, norms, position
from myoscope.norms.tables import CURVE_CENTILES, lms_value, lms_z

pytestmark = pytest.mark.slow

# Ofenheimer A et al. Eur J Clin Nutr 2020 (LEAD), LMS data file of appendicular lean mass index (kg/m²), the rows for men of
# 20 and women of 50 and 80 years: L, M, S and the percentiles printed in the same rows.
LEAD_ROWS = [
    ("male", 20, -0.17774, 8.15377, 0.12703, {3: 6.453, 10: 6.945, 25: 7.489, 50: 8.154, 75: 8.889, 90: 9.618, 97: 10.408}),
    ("female", 50, -0.61767, 6.53284, 0.13560, {3: 5.155, 10: 5.539, 25: 5.977, 50: 6.533, 75: 7.178, 90: 7.851, 97: 8.622}),
    ("female", 80, -0.61373, 6.61655, 0.12863, {3: 5.280, 10: 5.655, 25: 6.080, 50: 6.617, 75: 7.234, 90: 7.872, 97: 8.597}),
]  # fmt: skip


def place(norm: str, value: float, sex: str, age: float, method: str | None = "dxa_lunar") -> Position:
    found = position(norms()[norm], value, sex=sex, age_years=age, alm_method=method, height_cm=170)
    assert found is not None
    return found


# -- the LMS method ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sex", "age", "l", "m", "s", "printed"), LEAD_ROWS)
def test_the_printed_percentiles_of_lead(
    sex: str,
    age: int,
    l: float,  # noqa: E741
    m: float,
    s: float,
    printed: dict[int, float],
) -> None:
    for percent, value in printed.items():
        z = ((value / m) ** l - 1) / (l * s)  # by hand, from the printed row
        assert 100 * NormalDist().cdf(z) == pytest.approx(percent, abs=0.1)
        found = place("lead_almi", value, sex, age)
        assert found.z == pytest.approx(z, abs=1e-9)
        assert found.percentile == pytest.approx(percent, abs=0.1)
        assert found.median == pytest.approx(printed[50], abs=0.0005)
        curve = dict(found.curve)
        if percent in curve:
            assert curve[percent] == pytest.approx(value, abs=0.0006)  # the file prints three decimals


def test_one_z_score_by_hand() -> None:
    """A man of 70 with 7.0 kg/m². LEAD: L 0.48205, M 8.03370, S 0.11207.

    7.0 / 8.0337 = 0.87133; ** 0.48205 = 0.93577; - 1 = -0.06423; / (0.48205 * 0.11207 = 0.054023) = -1.189; percentile 11.7.
    """
    found = place("lead_almi", 7.0, "male", 70)
    assert found.z == pytest.approx(-1.189, abs=0.001)
    assert found.percentile == pytest.approx(11.7, abs=0.05)
    assert found.shown == "12"


def test_between_two_birthdays_l_m_and_s_lie_between_their_rows() -> None:
    """Men, 70 and 71: M 8.03370 and 8.00481; halfway 8.019255."""
    assert place("lead_almi", 8.0, "male", 70.5).median == pytest.approx((8.03370 + 8.00481) / 2)


@pytest.mark.parametrize("l", [0.0, 1e-13, -1e-13])
def test_where_l_is_zero_the_logarithm_is_taken(l: float) -> None:  # noqa: E741
    """Cole and Green 1992: z = ln(value / M) / S. 10 / 8 = 1.25; ln = 0.223144; / 0.1 = 2.23144."""
    assert lms_z(10.0, l, 8.0, 0.1) == pytest.approx(2.23144, abs=1e-5)
    assert lms_value(2.231435513, l, 8.0, 0.1) == pytest.approx(10.0)


def test_near_zero_l_the_two_formulas_meet() -> None:
    assert lms_z(10.0, 1e-9, 8.0, 0.1) == pytest.approx(lms_z(10.0, 0.0, 8.0, 0.1), abs=1e-6)


@given(z=st.floats(-3, 3), l=st.floats(-2, 2), m=st.floats(1, 50), s=st.floats(0.05, 0.15))
def test_value_and_z_are_inverse(z: float, l: float, m: float, s: float) -> None:  # noqa: E741
    if abs(l) > 1e-6 or abs(l) < 1e-12:
        assert lms_z(lms_value(z, l, m, s), l, m, s) == pytest.approx(z, abs=1e-6)


# -- grip strength -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "age", "kg", "percent"),
    [
        # Dodds RM et al. PLoS ONE 2014;9:e113637, Table 2: men of 70: 29 34 39 44 49; women of 30: 24 27 31 35 39
        ("male", 70, 29.0, 10), ("male", 70, 34.0, 25), ("male", 70, 39.0, 50), ("male", 70, 44.0, 75), ("male", 70, 49.0, 90),
        ("female", 30, 24.0, 10), ("female", 30, 31.0, 50), ("female", 30, 39.0, 90),
        ("male", 70, 36.5, 37.5),  # halfway between the 25th and the 50th
        ("male", 72.5, 37.0, 50),  # halfway between 70 (39) and 75 (35)
    ],
)  # fmt: skip
def test_grip_on_the_points_of_the_british_table(sex: str, age: float, kg: float, percent: float) -> None:
    assert place("grip_dodds_2014", kg, sex, age).percentile == pytest.approx(percent)


@pytest.mark.parametrize(("kg", "words"), [(28.9, "below the 10th"), (49.1, "above the 90th"), (0.0, "below the 10th")])
def test_beyond_the_printed_centiles_only_words_remain(kg: float, words: str) -> None:
    found = place("grip_dodds_2014", kg, "male", 70)
    assert (found.percentile, found.z, found.shown) == (None, None, words)


@pytest.mark.parametrize(
    ("age", "kg", "percent"),
    [
        # Tomkinson 2025, Table 2, men 20-24: 33.9 36.8 40.5 43.2 45.7 48.0 50.4 52.9 56.0 60.1 63.6; 25-29: 5th 35.5
        (20, 33.9, 5), (24.99, 33.9, 5), (22, 48.0, 50), (22, 63.6, 95), (25, 35.5, 5), (22, 49.2, 55),
    ],
)  # fmt: skip
def test_grip_in_the_international_table_goes_by_age_band(age: float, kg: float, percent: float) -> None:
    assert place("grip_international_2025", kg, "male", age).percentile == pytest.approx(percent)


# -- gait and chair stands ---------------------------------------------------------------------------------------------


def test_gait_speed_by_mean_and_spread() -> None:
    """Bohannon 2011, men 70-79: mean 1.262 m/s; spread 0.16 of the mean from 60 on: 0.20192. 1.0 m/s: z = -1.2975."""
    found = place("gait_bohannon_2011", 1.0, "male", 75)
    assert found.z == pytest.approx((1.0 - 1.262) / (0.16 * 1.262))
    assert found.median == pytest.approx(1.262)
    assert place("gait_bohannon_2011", 1.262, "male", 75).percentile == pytest.approx(50)


def test_the_spread_changes_on_the_sixtieth_birthday() -> None:
    """Men 50-59: mean 1.433, spread 0.11; men 60-69: mean 1.339, spread 0.16."""
    assert place("gait_bohannon_2011", 1.2, "male", 59.999).z == pytest.approx((1.2 - 1.433) / (0.11 * 1.433))
    assert place("gait_bohannon_2011", 1.2, "male", 60.0).z == pytest.approx((1.2 - 1.339) / (0.16 * 1.339))


@pytest.mark.parametrize(
    ("stands", "words"), [(11, "below the 25th"), (12, "between the 25th and the 75th"), (17, "between the 25th and the 75th"), (18, "above the 75th")]
)  # fmt: skip
def test_a_table_of_two_centiles_gives_no_number(stands: float, words: str) -> None:
    """Rikli and Jones, men 70-74: the middle half is 12 to 17."""
    found = place("chair_stand_30s", stands, "male", 72)
    assert (found.percentile, found.shown) == (None, words)


# -- the ends of the tables --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(norms()))
@pytest.mark.parametrize("sex", ["female", "male"])
def test_a_child_gets_no_place(name: str, sex: str) -> None:
    norm = norms()[name]
    low = norm.ages.low
    assert low is not None
    assert low >= 18
    for age in (0.0, 5.0, 17.0, low - 0.01):
        assert position(norm, middle(norm, sex, low), sex=sex, age_years=age, height_cm=170) is None
    assert position(norm, middle(norm, sex, low), sex=sex, age_years=low, height_cm=170) is not None


def middle(norm: Norm, sex: str, age: float) -> float:
    found = position(norm, 10.0, sex=sex, age_years=age, height_cm=170)
    assert found is not None
    return found.median if found.median is not None else sum(value for _, value in found.curve) / len(found.curve)


@pytest.mark.parametrize("name", [name for name, norm in norms().items() if norm.ages.high and not norm.stops])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_beyond_the_oldest_row_the_last_one_is_used_and_the_answer_says_so(name: str, sex: str) -> None:
    norm = norms()[name]
    high = norm.ages.high
    assert high is not None
    value = middle(norm, sex, high)
    last, beyond = place(name, value, sex, high), place(name, value, sex, 110)
    assert (beyond.z, beyond.percentile, beyond.shown, beyond.median) == (
        last.z,
        last.percentile,
        last.shown,
        last.median,
    )
    assert any("The table ends at" in caution and "110" in caution for caution in beyond.cautions)
    assert not any("The table ends at" in caution for caution in last.cautions)


def test_the_open_last_band_of_the_international_table() -> None:
    assert (
        place("grip_international_2025", 15.0, "female", 103).curve
        == place("grip_international_2025", 15.0, "female", 100).curve
    )


@pytest.mark.parametrize(
    ("method", "warned"), [("dxa_lunar", False), ("dxa_hologic", True), ("dxa", True), ("bia", True), (None, True)]
)
def test_another_device_than_the_table_s_is_flagged(method: str | None, warned: bool) -> None:
    cautions = place("lead_almi", 7.0, "male", 70, method).cautions
    assert any("another kind of device" in caution for caution in cautions) is warned


# -- laws --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(norms()))
@given(data=st.data())
def test_more_is_never_a_lower_centile(name: str, data: st.DataObject) -> None:
    norm = norms()[name]
    sex = data.draw(st.sampled_from(["female", "male"]))
    age = data.draw(st.floats(norm.ages.low or 18, norm.ages.high if norm.stops and norm.ages.high else 105))
    start = position(norm, 1.0, sex=sex, age_years=age, height_cm=170)
    assert start is not None
    lowest, highest = start.curve[0][1] * 0.5, start.curve[-1][1] * 1.5
    low, high = sorted(data.draw(st.tuples(*[st.floats(lowest, highest)] * 2)))

    def rank(value: float) -> float:
        found = position(norm, value, sex=sex, age_years=age, height_cm=170)
        assert found is not None
        if found.percentile is not None:
            return found.percentile
        return 0.0 if found.shown.startswith("below") else 100.0 if found.shown.startswith("above") else 50.0

    assert rank(low) <= rank(high) + 1e-9


@pytest.mark.parametrize("name", list(norms()))
@given(data=st.data())
def test_every_curve_rises_and_every_centile_is_between_0_and_100(name: str, data: st.DataObject) -> None:
    norm = norms()[name]
    sex = data.draw(st.sampled_from(["female", "male"]))
    age = data.draw(st.floats(norm.ages.low or 18, norm.ages.high if norm.stops and norm.ages.high else 105))
    found = position(norm, data.draw(st.floats(0.01, 100)), sex=sex, age_years=age, height_cm=170)
    assert found is not None
    values = [value for _, value in found.curve]
    assert values == sorted(values)
    assert all(math.isfinite(value) and value > 0 for value in values)
    assert found.percentile is None or 0 <= found.percentile <= 100
    assert found.shown


@pytest.mark.parametrize(
    ("value", "words"), [(3.0, "below 1 in 1000"), (5.9, "below the 1st"), (6.453, "3"), (11.2, "above the 99th"), (14.0, "above 999 in 1000")]
)  # fmt: skip
def test_the_tails_are_words_and_never_0_or_100(value: float, words: str) -> None:
    """Men of 20, LEAD: 3rd centile 6.453, 97th 10.408."""
    assert place("lead_almi", value, "male", 20).shown == words


def test_every_table_covers_both_sexes_without_a_gap() -> None:
    for name, norm in norms().items():
        for sex in ("female", "male"):
            for age in range(int(norm.ages.low or 18), int(norm.ages.high or 105) + 1):
                assert position(norm, 10.0, sex=sex, age_years=age, height_cm=170) is not None, (name, sex, age)
    assert (CURVE_CENTILES[0], CURVE_CENTILES[4], CURVE_CENTILES[-1]) == (3, 50, 97)
