"""The figures of a cohort: small tables worked by hand, laws, the one-person path as a judge, and real people."""

from __future__ import annotations

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_answers import answered
from engines import as_columns
from myoscope.cohort.agreement import agreement
from myoscope.cohort.figures import Flow, figures
from myoscope.cohort.patterns import Patterns, persons, seen
from myoscope.cohort.prevalence import HELD, Sample, case_level, prepared, prevalence
from myoscope.cohort.survey import Design
from myoscope.cohort.unknowns import unknowns
from myoscope.cohort.what_if import ladder_of, what_if
from myoscope.definitions import classify, definition, definitions
from people import complete, random_rows

pytestmark = pytest.mark.slow

SIMPLE = Design()
CASES = {
    "ewgsop_2010": "sarcopenia", "ewgsop2_2019": "confirmed", "awgs_2014": "sarcopenia", "awgs_2019": "sarcopenia",
    "awgs_2025": "sarcopenia", "fnih_2014": "weak_low_mass", "iwgs_2011": "sarcopenia", "sdoc_2020": "sarcopenia",
    "scwd_2011": "sarcopenia", "glim_2019": "moderate", "fried_2001": "frail", "espen_easo_2022": "stage_1",
    "ct_prado_2008": "low", "low_mass_baumgartner_1998": "low", "cachexia_evans_2008": "cachexia",
}  # fmt: skip

MEN = pl.DataFrame(
    [
        # grip, ALM, gait: height 200 cm, so ALM/height² is ALM / 4; EWGSOP2 27 kg, 7.0, 0.8; AWGS 2019 28 kg, 7.0, 1.0
        (20.0, 26.0, 0.7),  # 6.5: severe by both
        (27.5, 26.0, 1.2),  # 27 <= 27.5 < 28: sarcopenia by AWGS alone
        (27.0, 26.0, 1.2),  # on the European line: not below it
        (20.0, 30.0, 1.2),  # 7.5: weak only
        (40.0, 30.0, 1.2),  # nothing
        (20.0, None, 1.2),  # weak; mass unknown
        (None, 30.0, 1.2),  # strength unknown; mass normal
    ],
    schema=["grip_strength_kg", "alm_kg", "gait_speed_m_s"],
    orient="row",
).with_columns(
    sex=pl.lit("male"),
    age_years=pl.Series([72.0, 72.0, 72.0, 81.0, 81.0, 81.0, 17.0]),
    height_cm=200.0,
    weight_kg=80.0,
    alm_method=pl.lit("dxa"),
    chair_stand_5x_s=8.0,
    sppb_score=12.0,
    tug_s=8.0,
    walk_400m_s=250.0,
)


@pytest.fixture(scope="module")
def two():
    return [definition("ewgsop2_2019"), definition("awgs_2019")]


@pytest.fixture(scope="module")
def men(two):
    """Seven men; the last is 17, so no definition is for him."""
    return prepared(answered(MEN, two), SIMPLE)


# --- worked by hand ----------------------------------------------------------------------------------------------


def test_stages_are_counted_with_what_unknowns_leave_open(men, two):
    everybody = prevalence(men, two[0], Sample.of(men, SIMPLE))[0]
    assert (everybody.n, everybody.not_applicable, everybody.unknown, everybody.unsettled) == (6, 1, 0, 1)
    probable, confirmed, severe = everybody.stages
    assert [s.lowest.events for s in (probable, confirmed, severe)] == [3, 1, 1]
    # the man without a mass may have it confirmed; he walks fast and rises fast, so severe is ruled out
    assert [s.highest.events for s in (probable, confirmed, severe)] == [3, 2, 1]
    assert (confirmed.known.events, confirmed.known.n) == (1, 5)


def test_groups_are_by_sex_and_age_band(men, two):
    found = {(g.sex, g.band): g for g in prevalence(men, two[0], Sample.of(men, SIMPLE))}
    assert set(found) == {
        (None, None),
        ("male", None),
        (None, "70-79"),
        (None, "80+"),
        ("male", "70-79"),
        ("male", "80+"),
    }
    assert [found[None, band].n for band in ("70-79", "80+")] == [3, 3]
    assert found["male", "80+"].stages[0].lowest.events == 2


def test_a_disagreement_is_explained_by_the_comparison_that_decided(men, two):
    found = agreement(men, two, Sample.of(men, SIMPLE), Patterns.of(men, two))
    pair = next(p for p in found.pairs if p.level == "case")
    assert (pair.both, pair.first_only, pair.second_only, pair.neither, pair.open, pair.outside) == (1, 0, 2, 2, 1, 1)
    # kappa: observed 3/5; by chance 1/5 * 3/5 + 4/5 * 2/5 = 11/25; (15 - 11) / (25 - 11) = 2/7
    assert pair.kappa.value == pytest.approx(2 / 7)
    assert pair.positive_agreement == pytest.approx(2 / 4)
    (side,) = pair.disagreements
    assert (side.yes, side.no, side.rows) == ("awgs_2019", "ewgsop2_2019", 2)
    assert [(why.kind, why.text, rows) for why, rows in side.reasons] == [
        ("edge", "grip strength from 27 to below 28 kg (men)", 2)
    ]


def test_the_overlap_says_for_whom_every_other_answer_is_sure(men, two):
    found = agreement(men, two, Sample.of(men, SIMPLE), Patterns.of(men, two)).combinations["case"]
    counted = {c.definitions: (c.rows, c.sure) for c in found}
    # nobody's case: weak only, nothing, and (not sure) the man without a mass and the one too young
    assert counted == {("awgs_2019",): (2, 2), ("ewgsop2_2019", "awgs_2019"): (1, 1), (): (4, 2)}


def test_another_measure_of_the_same_part_is_named():
    both = [definition("ewgsop2_2019"), definition("fnih_2014")]
    # ALM 26 kg at 2 m and 80 kg: 26 / 4 = 6.5 < 7.0 is low, but 26 / 20 = 1.3 is not < 0.789
    people = prepared(answered(MEN[:1], both), SIMPLE)
    found = agreement(people, both, Sample.of(people, SIMPLE), Patterns.of(people, both))
    (side,) = next(p for p in found.pairs if p.level == "case").disagreements
    assert side.reasons[0][0].kind == "other_measure"
    assert "appendicular lean mass index below 7 kg/m² (men) counts there, but" in side.reasons[0][0].text


def test_a_cut_off_that_moves_takes_people_along(men, two):
    moved = {(m.variable, m.whom): m for m in what_if(men, two[0])[0]}
    grip = moved["grip_strength_kg", "men"]
    assert (grip.stage, [p.cutoff for p in grip.points]) == ("confirmed", [24.3, 25.65, 27.0, 28.35, 29.7])
    assert [p.rows for p in grip.points] == [1, 1, 1, 3, 3]  # 27.0 and 27.5 kg come in above 27.5
    assert [p.rows_up_to for p in grip.points] == [2, 2, 2, 4, 4]
    assert grip.points[2].lowest == pytest.approx(1 / 6)
    assert (grip.on_edge, grip.other_operator.operator, grip.other_operator.rows) == (1, "<=", 2)
    assert moved["gait_speed_m_s", ""].stage == "severe"
    women = moved["grip_strength_kg", "women"]
    assert ({p.rows for p in women.points}, women.on_edge) == ({1}, 0)


def test_every_path_is_another_row(men, two):
    readings = {(r.path, r.option, r.stage): r for r in what_if(men, two[0])[1]}
    assert readings["strength", "grip", "probable"].default
    assert readings["strength", "grip", "probable"].rows == 3
    assert readings["strength", "chair_stand", "probable"].rows == 0  # they all rise in 8 s


def test_the_missing_test_that_would_settle_most(men, two):
    found = unknowns(Patterns.of(men, two), two[0])
    assert (found.rows, found.beyond, found.without_cure) == (1, 0, 0)
    assert [(m.needs, m.rows, m.surely, m.possibly) for m in found.missing] == [(("alm_kg",), 1, 1, 1)]


def test_a_score_moves_by_whole_points():
    assert ladder_of(4.0, 1.0) == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert ladder_of(100.0, 1.0) == [90.0, 95.0, 100.0, 105.0, 110.0]


def test_the_flow_goes_on_where_the_engine_stopped(two):
    flow = Flow.of([("Rows in the table", 7, "")], {"outside_guard": (1, 2, "a value nobody has")})
    found = figures(answered(MEN, two), two, flow=flow)
    assert [(s.name, s.rows, s.reason) for s in found.flow.steps] == [
        ("Rows in the table", 7, ""),
        ("Adults (18 and over)", 6, "1 under 18"),
    ]
    assert [(p.code, p.rows, p.cells) for p in found.flow.problems] == [("outside_guard", 1, 2)]
    end = found.ends[0]
    assert (end.settled, end.partly, end.unknown, end.not_applicable) == (5, 1, 0, 1)


def test_rows_that_the_design_leaves_out_are_counted_and_not_used(two):
    weighted = MEN.with_columns(survey__weight=pl.Series([1.0, 1, 1, 1, 1, None, 0.0]))
    found = figures(answered(weighted, two), two)
    assert (found.rows, found.unplaced, found.prevalence["ewgsop2_2019"][0].n) == (7, 2, 5)
    assert found.prevalence["ewgsop2_2019"][0].stages[0].lowest.value == pytest.approx(2 / 5)


def test_weights_weigh(two):
    weighted = MEN.with_columns(survey__weight=pl.Series([4.0, 1, 1, 1, 1, 1, 1]))
    stage = figures(answered(weighted, two), two).prevalence["ewgsop2_2019"][0].stages[1]
    assert (stage.lowest.value, stage.highest.value, stage.known.value) == pytest.approx((4 / 9, 5 / 9, 4 / 8))


def test_one_row_is_enough(two):
    found = figures(answered(MEN[:1], two), two)
    assert found.prevalence["awgs_2019"][0].stages[-1].lowest.value == 1.0


def test_an_empty_table_has_no_shares(two):
    found = figures(answered(MEN[:0], two), two)
    assert found.prevalence["awgs_2019"][0].stages[0].lowest.value is None


@pytest.mark.parametrize(("name", "stage"), list(CASES.items()))
def test_the_case_is_the_disease_itself(name, stage):
    chosen = definition(name)
    assert chosen.stages[case_level(chosen)].id == stage


# --- laws, and the one-person path as a judge --------------------------------------------------------------------

WANTED = ("ewgsop2_2019", "awgs_2019", "fnih_2014", "sdoc_2020", "glim_2019")


@pytest.fixture(scope="module")
def random_people():
    rows = random_rows(600, 20261123)
    chosen = [definition(name) for name in WANTED]
    return rows, chosen, prepared(answered(pl.DataFrame(as_columns(rows, rows[0]), strict=False), chosen), SIMPLE)


def test_a_pattern_s_example_has_the_answer_of_its_rows(random_people):
    rows, chosen, people = random_people
    patterns = Patterns.of(people, chosen)
    assert patterns.frame["rows"].sum() == len(rows)
    for one in chosen:
        examples = persons(patterns.merged([one]), [one])
        assert sum(pattern.rows for pattern in examples) == len(rows)
        for pattern in examples:
            found = classify(one, pattern.facts)
            assert (found.stage, found.up_to) == pattern.stages[one.id]


def test_what_would_settle_is_what_the_one_person_path_says(random_people):
    """Fill the gap of every single row in every way: the counts are the same as by patterns."""
    rows, chosen, people = random_people
    one = chosen[0]
    found = {item.needs: item for item in unknowns(Patterns.of(people, chosen), one).missing}
    limits = [limit for limit, _ in seen([one]).numbers["grip_strength_kg"]]
    tries = [limits[0] - 5, *((low + high) / 2 for low, high in itertools.pairwise(limits)), limits[-1] + 5]
    counts = [0, 0, 0]
    for row in rows:
        facts = complete(row)
        answer = classify(one, facts)
        if answer.stage not in {answer.up_to, "not_applicable"} and "grip_strength_kg" in answer.missing:
            settled = [classify(one, facts.having({"grip_strength_kg": value})).settled for value in tries]
            counts = [n + more for n, more in zip(counts, (1, all(settled), any(settled)), strict=True)]
    grip = found["grip_strength_kg",]
    assert [grip.rows, grip.surely, grip.possibly] == counts


def test_prevalences_add_up_and_bound_each_other(random_people):
    _, chosen, people = random_people
    sample = Sample.of(people, SIMPLE)
    for one in chosen:
        groups = prevalence(people, one, sample)
        everybody, sexes = groups[0], [g for g in groups if g.sex and not g.band]
        assert everybody.n >= sum(g.n for g in sexes)
        for stage in everybody.stages:
            assert stage.lowest.value <= stage.known.value <= stage.highest.value
        for low, high in itertools.pairwise(everybody.stages):
            assert low.lowest.events >= high.lowest.events
            assert low.highest.events >= high.highest.events


def test_moving_a_cut_off_only_ever_moves_one_way(random_people):
    _, chosen, people = random_people
    blurred = people.filter(pl.any_horizontal(pl.col("sex", "ancestry").is_null())).select(pl.len()).collect().item()
    for one in chosen:
        base = {stage.stage: stage for stage in prevalence(people, one, Sample.of(people, SIMPLE))[0].stages}
        for moved in what_if(people, one)[0]:
            rows, reach = [p.rows for p in moved.points], [p.rows_up_to for p in moved.points]
            down = moved.operator.startswith("<")
            assert rows == sorted(rows, reverse=not down)
            assert all(sure <= open_ for sure, open_ in zip(rows, reach, strict=True))
            assert moved.points[2].rows == base[moved.stage].lowest.events
            assert moved.points[2].rows_up_to == base[moved.stage].highest.events
            # whoever's sex or ancestry is unknown may stand on somebody's edge without standing surely on this one
            assert abs(moved.other_operator.rows - moved.points[2].rows) <= moved.on_edge + blurred


def test_the_default_reading_is_the_prevalence(random_people):
    _, chosen, people = random_people
    for one in chosen:
        base = {stage.stage: stage for stage in prevalence(people, one, Sample.of(people, SIMPLE))[0].stages}
        for reading in what_if(people, one)[1]:
            if reading.default:
                assert (reading.rows, reading.rows_up_to) == (
                    base[reading.stage].lowest.events,
                    base[reading.stage].highest.events,
                )


def test_every_disagreement_is_explained(random_people):
    _, chosen, people = random_people
    some = [one for one in chosen if one.group == "sarcopenia"]
    for pair in agreement(people, some, Sample.of(people, SIMPLE), Patterns.of(people, some)).pairs:
        told = {side.yes: side for side in pair.disagreements}
        for name, rows in ((pair.first, pair.first_only), (pair.second, pair.second_only)):
            side = told.get(name)
            assert (side.rows if side else 0) == rows
            assert not side or sum(count for _, count in side.reasons) == rows
            assert not side or all(why.text for why, _ in side.reasons)


@given(
    st.lists(st.sampled_from(range(7)), min_size=1, max_size=30),
    st.sampled_from([None, "survey__weight", "survey__stratum"]),
)
@settings(max_examples=15)
def test_any_table_of_these_men_has_figures(which, design):
    two = [definition("ewgsop2_2019"), definition("awgs_2019")]
    rows = MEN[which]
    rows = rows.with_columns(pl.lit(2.0).alias(design)) if design else rows
    found = figures(answered(rows, two), two)
    pair = found.agreement[0].pairs[0]
    assert pair.n + pair.open + pair.outside == len(which)
    assert pair.kappa.value is None or -1 <= pair.kappa.value <= 1
    assert all(end.applicable + end.not_applicable == len(which) for end in found.ends)


# --- real people -------------------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.slow
def test_nhanes_under_every_definition(shared_data):
    rows = pl.read_parquet(shared_data / "nhanes" / "dxa_grip_2011_2012.parquet").select(
        "sex", "age_years", "height_cm", "weight_kg", "alm_kg",
        grip_strength_kg="grip_max_kg", survey__weight="wt_exam_2yr", survey__stratum="stratum", survey__cluster="psu",
    )  # fmt: skip
    chosen = list(definitions().values())
    found = figures(answered(rows, chosen), chosen)
    assert (found.rows, found.psus, found.strata, found.single_psu_strata) == (7313, 31, 14, 0)
    ends = {end.definition: end for end in found.ends}
    assert all(end.applicable + end.not_applicable == 7313 for end in found.ends)
    assert ends["sarc_f"].unknown == 5171  # nobody was asked; 2142 are under 18
    ewgsop2 = found.prevalence["ewgsop2_2019"][0]
    assert ewgsop2.stages[0].known.value == pytest.approx(0.0184727372)
    sarcopenia = next(one for one in found.agreement if one.group == "sarcopenia")
    weak = next(p for p in sarcopenia.pairs if (p.level, p.first, p.second) == ("any", "ewgsop2_2019", "fnih_2014"))
    assert (weak.both, weak.first_only, weak.second_only) == (127, 13, 0)
    assert weak.disagreements[0].reasons[0][0].text == "grip strength from 26 to below 27 kg (men)"


def test_only_held_rows_are_compared(two):
    people = prepared(answered(MEN.with_columns(survey__weight=pl.lit(0.0)), two), Design(weight=True))
    assert people.select(pl.col(HELD).sum()).collect().item() == 0
