from __future__ import annotations

import pytest

from myoscope.assess.result import Assessment
from myoscope.definitions import definitions
from myoscope.definitions.catalogue import GROUPS
from myoscope.report import verdicts
from myoscope.report.wording import DEFINITION_GROUPS


def test_definitions_are_told_by_what_they_say(assessment):
    told = verdicts.verdicts(assessment)
    assert list(told.found) == ["sdoc_2020", "awgs_2019"]
    assert list(told.open) == ["fnih_2014"]
    assert list(told.clear) == ["ewgsop2_2019"]
    assert list(told.silent) == ["sarc_f"]


def test_an_open_answer_is_not_told_as_clear(answer_body):
    answer_body["definitions"]["ewgsop2_2019"]["up_to"] = "severe"
    assert "ewgsop2_2019" in verdicts.verdicts(Assessment.model_validate(answer_body)).open


def test_the_ladder_shows_what_is_reached_and_what_is_open(assessment):
    rungs = verdicts.ladder("awgs_2019", assessment.definitions["awgs_2019"])
    assert [rung.state for rung in rungs] == ["reached", "reached", "open", "open"]
    assert [rung.here for rung in rungs] == [False, True, False, False]


def test_a_definition_that_is_not_in_the_catalogue_has_no_ladder(assessment):
    assert verdicts.ladder("of_tomorrow", assessment.definitions["awgs_2019"]) == []


def test_cutoffs_of_a_measure_come_from_every_definition(assessment):
    assert verdicts.cutoffs_of(assessment, "grip_strength_kg") == [
        (27.0, "EWGSOP2 2019"), (28.0, "AWGS 2019"), (35.5, "SDOC 2020"),
    ]  # fmt: skip


def test_every_group_has_a_heading_and_is_used():
    assert list(DEFINITION_GROUPS) == list(GROUPS)
    assert {one.group for one in definitions().values()} == set(GROUPS)


def test_the_table_is_grouped_and_what_is_found_comes_first(assessment):
    grouped = verdicts.sections(assessment)
    assert list(grouped) == ["Sarcopenia"]
    rows = [(name, kind) for name, _, kind in grouped["Sarcopenia"]]
    assert rows == [
        ("sdoc_2020", "found"), ("awgs_2019", "found"), ("fnih_2014", "open"), ("ewgsop2_2019", "clear"),
    ]  # fmt: skip


def test_definitions_with_nothing_to_go_on_are_one_line(assessment):
    assert verdicts.silence(assessment) == "1 more needs: the answers that SARC-F asks for"


def test_many_with_nothing_to_go_on_name_what_most_of_them_lack(answer_body):
    silent = answer_body["definitions"]["sarc_f"]
    for number, lacks in enumerate(["alm_kg", "gait_speed_m_s", "tug_s", "sppb_score", "walk_400m_s"]):
        of_two = {"group": "sarcopenia", "title": f"Tomorrow {number}", "missing": ["grip_strength_kg", lacks]}
        answer_body["definitions"][f"tomorrow_{number}"] = silent | of_two
    said = verdicts.silence(Assessment.model_validate(answer_body))
    assert said.startswith("6 more need: first of all grip strength, ")
    assert "Tomorrow" not in said


def test_weight_and_age_alone_are_nothing_to_go_on(answer_body):
    result = answer_body["definitions"]["sarc_f"]
    row = {"rule": "r", "name": "body mass index", "operator": "<", "answer": "no", "state": "known", "text": "t"}
    result["comparisons"] = [row | {"variable": "bmi_kg_m2", "value": 24.0}]
    assert "sarc_f" in verdicts.verdicts(Assessment.model_validate(answer_body)).silent
    result["comparisons"] = [row | {"variable": "calf_circumference_cm", "value": 30.0}]
    assert "sarc_f" in verdicts.verdicts(Assessment.model_validate(answer_body)).open


def test_who_has_no_cutoffs_for_this_person_is_named(answer_body):
    answer_body["definitions"]["fnih_2014"] |= {"stage": "not_applicable", "up_to": "not_applicable"}
    told = Assessment.model_validate(answer_body)
    assert list(verdicts.verdicts(told).outside) == ["fnih_2014"]
    assert verdicts.silence(told).endswith("Not made for this person: FNIH (2014)")


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ([], ""),
        (["grip_strength_kg"], "grip strength"),
        (["condition:cancer", "condition:stroke"], "cancer and stroke"),
        (
            ["condition:cancer", "condition:stroke", "condition:ckd", "tsh_miu_l"],
            "thyrotropin (TSH) and the list of conditions",
        ),
    ],
)
def test_what_is_needed_in_words(missing, said):
    assert verdicts.needs(missing) == said


def test_a_long_row_of_needs_is_cut():
    names = ["grip_strength_kg", "gait_speed_m_s", "alm_kg", "weight_kg", "height_cm", "tsh_miu_l", "crp_mg_l", "sex"]
    assert verdicts.needs(names).endswith("and 2 more")
    assert verdicts.needs(names, most=2).endswith("and 6 more")


def test_readings_that_end_alike_share_a_sentence(answer_body):
    result = answer_body["definitions"]["ewgsop2_2019"]
    result["other_paths"].append(result["other_paths"][0] | {"option": "grip_or_chair_stand"})
    result["other_paths"].append({"path": "mass", "option": "alm", "stage": "none", "up_to": "none", "differs": False})
    one = Assessment.model_validate(answer_body).definitions["ewgsop2_2019"]
    (said,) = verdicts.other_readings("ewgsop2_2019", one)
    assert said.startswith("Other reading of strength (chair stand or grip or chair stand instead of grip): ")
    assert said.endswith("Probable sarcopenia (up to: Severe sarcopenia)")


def test_a_conversion_says_would_be(assessment):
    (said,) = verdicts.if_converted("awgs_2019", assessment.definitions["awgs_2019"])
    assert said.startswith(
        "By Park 2021 the muscle mass would be about 18.6 kg on DXA (Hologic), and then the answer would be: Sarcopenia"
    )
    assert said.endswith("(Twenty men only)")


def test_what_a_measurement_brings(assessment):
    scan, list_ = assessment.next_measurements
    assert verdicts.brings(scan) == "settles AWGS 2019; helps with FNIH 2014"
    assert verdicts.brings(list_) == "bears on Low testosterone"


def test_of_several_lines_the_ones_used_are_drawn(answer_body):
    result = answer_body["definitions"]["sdoc_2020"]
    light = result["comparisons"][0] if result.get("comparisons") else result["deciding"][0]
    result["deciding"] = [light]
    result["comparisons"] = [light, light | {"rule": "heavy", "cutoff": 40.0}]
    drawn = verdicts.cutoffs_of(Assessment.model_validate(answer_body), "grip_strength_kg")
    assert (35.5, "SDOC 2020") in drawn
    assert (40.0, "SDOC 2020") not in drawn
