"""Proportions with and without a survey design, against other programs' numbers and against laws."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_answers import answered
from myoscope.cohort.prevalence import Sample, prepared, prevalence
from myoscope.cohort.survey import (
    COMPLEMENT,
    FEW_UNITS,
    NONE_OR_ALL,
    TOO_FEW,
    TOO_WIDE,
    Design,
    Moments,
    kappa,
    korn_graubard,
    ratio,
    simple_proportion,
    survey_proportion,
    wilson,
)
from myoscope.definitions import definition

WHOLE = Design(weight=True, stratum=True, cluster=True)


def moments(rows, wanted=None):
    """Moments of (weight of those who have it, weight of the domain) from rows (stratum, PSU, weight, yes, domain)."""
    strata = sorted({row[0] for row in rows})
    units = sorted({row[:2] for row in rows})
    psus = np.array([sum(unit[0] == stratum for unit in units) for stratum in strata], dtype=float)
    totals, reached = [], []
    for unit in units:
        inside = [row for row in rows if row[:2] == unit and (wanted is None or row[4] == wanted)]
        totals.append([sum(row[2] for row in inside if row[3]), sum(row[2] for row in inside)])
        reached.append(bool(inside))
    return Moments.of_psus([strata.index(unit[0]) for unit in units], np.array(totals), np.array(reached), psus)


# --- sources -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("above", "mean", "error"), [(True, 6.195, 0.7555129), (False, 3.314286, 0.3117042)])
def test_a_domain_mean_is_that_of_r_survey(above, mean, error):
    """R package survey, tests/domain.Rout.save: svyby(~x, ~I(x > 4), dfpc, svymean) on its data set `fpc`."""
    stratum = [0] * 5 + [1] * 3
    weight = np.array([3.0] * 5 + [4.0] * 3)
    x = np.array([2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2])
    domain = (x > 4) == above
    units = np.stack([weight * x * domain, weight * domain], axis=1)
    value, variance = ratio(Moments.of_psus(stratum, units, domain, np.array([5.0, 3.0])))
    assert value == pytest.approx(mean, abs=5e-7)
    assert math.sqrt(variance) == pytest.approx(error, abs=5e-8)


SMALL = [
    ("a", "1", 2.0, True, "x"), ("a", "1", 3.0, False, "x"), ("a", "2", 1.5, True, "y"), ("a", "2", 2.5, False, "x"),
    ("a", "3", 4.0, False, "y"), ("a", "3", 1.0, False, "y"), ("b", "1", 2.0, True, "x"), ("b", "1", 2.0, True, "y"),
    ("b", "2", 5.0, False, "x"), ("b", "2", 1.0, True, "x"), ("c", "1", 3.0, True, "x"), ("c", "1", 2.0, False, "y"),
    ("c", "1", 1.0, False, "x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "share", "error", "df"),
    [
        (None, 0.383333333333, 0.143209464133, 3),
        ("x", 0.410256410256, 0.160733035892, 2),
        ("y", 0.333333333333, 0.263702344855, 1),
    ],
)
def test_strata_with_one_unit_are_centred_at_the_grand_mean(domain, share, error, df):
    """Another program's numbers: svy 0.35.0 (Python), singleton="center", on this table."""
    found = moments(SMALL, domain)
    value, variance = ratio(found)
    assert (value, math.sqrt(variance)) == pytest.approx((share, error), abs=1e-11)
    assert (found.df, found.single) == (df, 1)


def test_every_row_a_unit_when_there_are_no_clusters():
    """svy 0.35.0, strata and weights without PSUs, domain x: standard error 0.207957139055."""
    rows = [(row[0], str(number), *row[2:]) for number, row in enumerate(SMALL)]
    assert math.sqrt(ratio(moments(rows, "x"))[1]) == pytest.approx(0.207957139055, abs=1e-11)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(0, 20, 0.0, 0.161125), (1, 29, 0.006113, 0.171755), (15, 148, 0.062386, 0.160487), (81, 263, 0.255289, 0.366210)],
)
def test_wilson_s_interval(events, n, low, high):
    """statsmodels 0.15.0, proportion_confint(method="wilson")."""
    assert wilson(events, n) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"), [(0, 20, 0.0, 0.168433), (15, 148, 0.057844, 0.161650), (29, 29, 0.880556, 1.0)]
)
def test_korn_and_graubard_with_a_simple_sample_is_the_exact_interval(events, n, low, high):
    """statsmodels 0.15.0, proportion_confint(method="beta"): Clopper and Pearson's."""
    assert korn_graubard(events / n, n, n, n - 1) == pytest.approx((low, high), abs=1e-6)


def test_kappa_is_cohen_s():
    """statsmodels 0.15.0, cohens_kappa([[20, 5], [10, 15]]): 0.4, standard error 0.1269961, 0.1510923 to 0.6489077."""
    found = kappa(np.array([20.0, 5.0, 10.0, 15.0]), None)
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.1510923, 0.6489077), abs=1e-6)


@pytest.mark.real_data
def test_nhanes_as_another_program_has_it(shared_data):
    """svy 0.35.0 on NHANES 2011-2012, EWGSOP2 probable or worse among the settled: all adults, and women of 70-79.

    0.0184727372 (SE 0.0023281157), Korn-Graubard 0.0138814185 to 0.0240727628; 0.0496180368 (SE 0.0176805299),
    0.0193935800 to 0.1018761997; 17 degrees of freedom, 223 women.
    """
    chosen = definition("ewgsop2_2019")
    rows = pl.read_parquet(shared_data / "nhanes" / "dxa_grip_2011_2012.parquet").select(
        "sex", "age_years", "height_cm", "weight_kg", "alm_kg",
        grip_strength_kg="grip_max_kg", survey__weight="wt_exam_2yr", survey__stratum="stratum", survey__cluster="psu",
    )  # fmt: skip
    people = prepared(answered(rows, [chosen]), WHOLE)
    groups = {(g.sex, g.band): g for g in prevalence(people, chosen, Sample.of(people, WHOLE))}
    everybody = groups[None, None].stages[0].known
    assert (everybody.value, everybody.low, everybody.high) == pytest.approx((0.0184727372, 0.0138814185, 0.0240727628))
    women = groups["female", "70-79"].stages[0].known
    assert (women.value, women.low, women.high) == pytest.approx((0.0496180368, 0.0193935800, 0.1018761997))
    assert (women.n, women.df, everybody.single_psu_strata) == (223, 17, 0)


# --- hand-worked -------------------------------------------------------------------------------------------------


def test_units_without_a_member_of_the_domain_count():
    """Two strata of two units; the domain lies in one unit of each. Cut out, there would be no variance at all."""
    rows = [("a", "1", 1.0, True, "x"), ("a", "1", 1.0, False, "x"), ("a", "2", 1.0, True, "y"),
            ("b", "1", 1.0, True, "x"), ("b", "1", 1.0, True, "x"), ("b", "2", 1.0, False, "y")]  # fmt: skip
    # share 3/4; scores of the domain's units: a1 (1 - 2 * 3/4) / 4 = -1/8, b1 (2 - 2 * 3/4) / 4 = 1/8, the others 0
    # variance = 2/(2-1) * [(1/8)^2 - (1/8)^2 / 2] in each stratum = 1/64 + 1/64
    value, variance = ratio(moments(rows, "x"))
    assert (value, variance) == pytest.approx((0.75, 1 / 32))


def test_the_degrees_of_freedom_widen_the_interval():
    wide, narrow = korn_graubard(0.3, 100, 200, 4), korn_graubard(0.3, 100, 200, 199)
    assert wide[0] < narrow[0] < 0.3 < narrow[1] < wide[1]


def test_no_degrees_of_freedom_say_nothing():
    assert korn_graubard(0.3, 100, 200, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("events", "n", "flags", "why"),
    [
        (10, 29, (TOO_FEW,), "29 people are fewer than 30"),
        (0, 100, (NONE_OR_ALL,), "nobody has it"),
        (100, 100, (NONE_OR_ALL,), "everybody has it"),
        (15, 40, (), "0.24 to 0.53: 0.29 wide, under 0.30 and under 1.3 * 0.375"),
        (15, 36, (TOO_WIDE,), "0.27 to 0.58: 0.31 wide"),
        (2, 100, (TOO_WIDE,), "0.006 to 0.070: over 0.05 wide and over 1.3 * 0.02"),
        (98, 100, (COMPLEMENT,), "the same seen from the other side: the share may stand, its complement not"),
        (30, 1000, (), "0.021 to 0.042: under 0.05 wide"),
        (400, 1000, (), "0.37 to 0.43: 0.06 wide, under 1.3 * 0.4"),
        (0, 0, (), "nobody was asked"),
    ],
)
def test_what_nchs_says(events, n, flags, why):
    assert simple_proportion(events, n).flags == flags, why


def test_an_unreliable_share_keeps_its_number():
    found = simple_proportion(10, 20)
    assert (found.value, found.reliable) == (0.5, False)


def test_few_degrees_of_freedom_are_flagged():
    assert FEW_UNITS in survey_proportion(moments(SMALL), 6, 13).flags


def test_the_design_is_read_from_the_columns():
    assert Design.of(["sex", "survey__weight"]) == Design(weight=True)
    assert Design.of(["sex"]).simple


def test_kappa_has_no_value_where_one_of_the_two_has_one_answer():
    assert kappa(np.array([5.0, 0.0, 7.0, 0.0]), None).value is None
    assert kappa(np.zeros(4), None).value is None


# --- laws --------------------------------------------------------------------------------------------------------

COUNTS = st.tuples(*[st.integers(0, 1000)] * 4)


@given(COUNTS)
def test_kappa_lies_between_minus_one_and_one_and_inside_its_interval(counts):
    found = kappa(np.array(counts, dtype=float), None)
    if found.value is not None:
        assert -1 <= found.low <= found.value <= found.high <= 1


@given(st.tuples(*[st.integers(1, 1000)] * 2))
def test_full_agreement_is_one(counts):
    assert kappa(np.array([counts[0], 0, 0, counts[1]], dtype=float), None).value == pytest.approx(1)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_every_interval_holds_its_share(n, part):
    events = round(n * part)
    found = simple_proportion(events, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    low, high = korn_graubard(events / n, n / 2, n, 10)
    assert 0 <= low <= found.value <= high <= 1


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("123"), st.floats(0.5, 9), st.booleans(), st.sampled_from("xy")),
    min_size=4, max_size=40,
)  # fmt: skip


@given(ROWS)
def test_yes_and_no_have_the_same_variance(rows):
    found = moments(rows)
    value, variance = ratio(found)
    other, same = ratio(moments([(*row[:3], not row[3], row[4]) for row in rows]))
    assert value + other == pytest.approx(1)
    assert variance == pytest.approx(same, abs=1e-12)


@given(ROWS, st.floats(0.1, 10))
def test_the_scale_of_the_weights_does_not_matter(rows, scale):
    scaled = [(*row[:2], row[2] * scale, *row[3:]) for row in rows]
    assert ratio(moments(scaled)) == pytest.approx(ratio(moments(rows)), abs=1e-12)
