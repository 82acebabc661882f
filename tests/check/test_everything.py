"""The check can fail: every fault that it is meant to find, put into a copy of the knowledge base, is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from myoscope.check import check_knowledge

pytestmark = pytest.mark.slow

FLAG, CAUSE, TREATMENT = "flags/rf_wl5.yaml", "causes/vitamin_d_deficiency.yaml", "treatments/vitamin_d.yaml"
DEFINITION, EQUATION = "definitions/sdoc_2020.yaml", "equations/kim_2002.yaml"
CITED = {"unit": "%", "source": "bordelon_2009", "place": "abstract", "read": "primary"}


def put(*keys: Any, to: Any) -> Callable[[Any], None]:
    """An edit: the value at this place becomes that one."""

    def edit(body: Any) -> None:
        for key in keys[:-1]:
            body = body[key]
        body[keys[-1]] = to

    return edit


def test_the_knowledge_base_holds_together() -> None:
    summary = check_knowledge()
    assert [str(finding) for finding in summary.findings] == []
    assert summary.numbers["uncited"] == 0
    assert summary.cases > 1000
    assert summary.sources > 100


def test_the_small_copy_holds_together(base: Any) -> None:
    assert base.findings() == []


# -- numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["unit", "source", "place", "read"])
def test_a_number_without_unit_source_place_or_read(base: Any, key: str) -> None:
    cited = {name: value for name, value in CITED.items() if name != key}
    base.change(CAUSE, put("prevalence", to={"value": 12, **cited}))
    assert base.findings() == [f"{CAUSE}: prevalence.value: the number 12 has no {key}"]


def test_a_number_alone_lacks_all_four(base: Any) -> None:
    base.change(CAUSE, put("prevalence", to=[12.5]))
    assert base.findings() == [f"{CAUSE}: prevalence[0]: the number 12.5 has no unit, no source, no place, no read"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": "nobody_2099"}, "source 'nobody_2099' is not in the bibliography"),
        ({"read": "skimmed"}, "read 'skimmed' is not one of primary, secondary, recalled, policy"),
        ({"source": "cruz_jentoft_2019"}, "read as primary, but the source itself was read as secondary"),
    ],
)
def test_a_citation_that_cannot_be_right(base: Any, change: dict[str, str], words: str) -> None:
    base.change(CAUSE, put("prevalence", to={"value": 12, **CITED, **change}))
    assert base.findings() == [f"{CAUSE}: prevalence: {words}"]


# -- values nobody read -------------------------------------------------------------------------------------------------


def test_a_recalled_value_that_decides_an_urgent_flag(base: Any) -> None:
    base.change(FLAG, put("rules", "lost_in_3_months", "read", to="recalled"))
    assert f"{FLAG}: present: the recalled value 5 (weight_loss_percent_3_months) decides" in base.findings()


def test_an_urgent_flag_that_rests_on_memory(base: Any) -> None:
    base.change(FLAG, put("read", to="recalled"))
    assert f"{FLAG}: file: an urgent flag rests on memory alone" in base.findings()


def test_a_recalled_value_that_decides_a_stage(base: Any) -> None:
    base.change(DEFINITION, put("rules", "slow_gait", "read", to="recalled"))
    assert f"{DEFINITION}: low_performance: the recalled value 0.8 (gait_speed_m_s) decides" in base.findings()


def recalled_gate(body: Any) -> None:
    rule = {
        "variable": "vitamin_d_25oh_ng_ml",
        "operator": "<",
        "cutoff": 20,
        **CITED,
        "unit": "ng/mL",
        "read": "recalled",
    }
    body["rules"]["low_d"] = rule
    body["cases"] += [
        {
            "name": f"d {value}",
            "why": "20 is the line",
            "given": {"vitamin_d_25oh_ng_ml": value},
            "expect": {"low_d": value < 20},
        }
        for value in (19, 20)
    ]
    body["opens"] = ["low_d"]


def test_a_recalled_value_that_opens_a_treatment(base: Any) -> None:
    base.change(TREATMENT, recalled_gate)
    assert f"{TREATMENT}: opens: the recalled value 20 (vitamin_d_25oh_ng_ml) decides" in base.findings()


def test_a_recalled_value_may_close_a_treatment(base: Any) -> None:
    def gate(body: Any) -> None:
        recalled_gate(body)
        del body["opens"]
        body["gates"].append({"id": "low", "rule": "low_d", "action": "stop", "lay": "x", "professional": "x", **CITED})

    base.change(TREATMENT, gate)
    assert base.findings() == []


def test_a_recalled_value_as_strong_evidence(base: Any) -> None:
    base.change(CAUSE, put("rules", "d_enough", "read", to="recalled"))
    assert f"{CAUSE}: d_enough: the recalled value 20 (vitamin_d_25oh_ng_ml) decides" in base.findings()


# -- cases --------------------------------------------------------------------------------------------------------------


def test_a_wrong_case(base: Any) -> None:
    base.change(CAUSE, put("cases", 0, "expect", to={"d_below_20": False}))
    assert f"{CAUSE}: case 'd below 20, yes': d_below_20: expected no, got yes" in base.findings()


def test_a_changed_cut_off_contradicts_its_cases(base: Any) -> None:
    """A threshold corrected by mistake does not pass unnoticed."""
    base.change(FLAG, put("rules", "lost_in_6_months", "cutoff", to=6))
    found = base.findings()
    assert any("expected yes, got no" in one for one in found)
    base.change(DEFINITION, put("rules", "slow_gait", "operator", to="<="))
    assert any(one.startswith(DEFINITION) and "expected" in one for one in base.findings())


def test_a_missing_boundary_case(base: Any) -> None:
    def drop(body: Any) -> None:
        body["cases"] = [case for case in body["cases"] if "d_enough" not in case["expect"]]

    base.change(CAUSE, drop)
    found = base.findings()
    for answer in ("yes", "no"):
        assert f"{CAUSE}: rule 'd_enough': no case answered {answer} next to vitamin_d_25oh_ng_ml >= 20" in found


def test_a_case_too_far_from_the_boundary_does_not_count(base: Any) -> None:
    def widen(body: Any) -> None:
        for case in body["cases"]:
            if case["given"].get("vitamin_d_25oh_ng_ml") == 19:
                case["given"]["vitamin_d_25oh_ng_ml"] = 15

    base.change(CAUSE, widen)
    assert f"{CAUSE}: rule 'd_below_20': no case answered yes next to vitamin_d_25oh_ng_ml < 20" in base.findings()


def test_a_list_entry_without_its_two_cases(base: Any) -> None:
    def drop(body: Any) -> None:
        body["cases"] = [case for case in body["cases"] if "known" not in case["expect"]]

    base.change(CAUSE, drop)
    assert any("no case in which 'condition vitamin_d_deficiency' is" in one for one in base.findings())


def test_a_case_without_a_reason_and_one_that_is_no_record(base: Any) -> None:
    base.change(CAUSE, put("cases", 0, "why", to=""))
    base.change(CAUSE, put("cases", 1, "given", to={"vitamin_d": 20}))
    found = base.findings()
    assert f"{CAUSE}: case 'd below 20, yes': gives no reason (why)" in found
    assert any("case 'd below 20, no': is no valid record" in one for one in found)


# -- ids ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "key", "value", "words"),
    [
        (CAUSE, "treatments", ["vitamin_dd"], "treatments: unknown id 'vitamin_dd'"),
        (CAUSE, "needs", ["bone_pian"], "needs: unknown id 'bone_pian'"),
        (TREATMENT, "for_causes", ["vitamin_d_lack"], "for_causes: unknown id 'vitamin_d_lack'"),
    ],
)
def test_an_id_that_is_used_and_not_defined(base: Any, path: str, key: str, value: list[str], words: str) -> None:
    base.change(path, put(key, to=value))
    assert f"{path}: {words}" in base.findings()


def test_a_vocabulary_entry_that_includes_nothing_known(base: Any) -> None:
    base.change("vocabulary/conditions.yaml", put(0, "includes", to=["nothing_known"]))
    assert any("includes unknown 'nothing_known'" in one for one in base.findings())


def test_a_source_that_stands_twice(base: Any) -> None:
    base.change("sources/definitions.yaml", lambda body: body.append(dict(body[0])))
    assert any(one.endswith("stands in sources/definitions.yaml too") for one in base.findings())


def test_a_file_whose_name_is_not_its_id(base: Any) -> None:
    base.change(CAUSE, put("id", to="vitamin_d"))
    assert f"{CAUSE}: id: 'vitamin_d' stands in a file of another name" in base.findings()


def test_a_quantity_without_a_guard_range_and_a_formula_of_strangers(base: Any) -> None:
    base.change("quantities/body.yaml", lambda body: body[0].pop("guard"))
    base.change("quantities/body.yaml", lambda body: body[2].update(formula="weight_kg / hight_cm"))
    found = base.findings()
    assert any("a number needs a unit and a guard range" in one for one in found)
    assert any("formula names ['hight_cm']" in one for one in found)


# -- equations ----------------------------------------------------------------------------------------------------------


def test_a_changed_coefficient_contradicts_the_worked_examples(base: Any) -> None:
    base.change(EQUATION, put("formula", to="1.31 * alm_kg - 0.02 * age_years + 0.61 * male + 0.97"))
    assert any(one.startswith(f"{EQUATION}: worked: expected 17.85, got 20.73") for one in base.findings())


def test_an_equation_needs_two_worked_examples(base: Any) -> None:
    base.change(EQUATION, lambda body: body["worked"].pop())
    assert f"{EQUATION}: worked: needs two worked examples" in base.findings()


# -- files that cannot be read: one finding, never a traceback -----------------------------------------------------------

UNREADABLE: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "unknown variable": (FLAG, put("rules", "lost_in_6_months", "variable", to="weight_los"), "unknown variable 'weight_los'"),
    "unknown rule": (FLAG, put("rules", "lost", "any", 0, to="lost_in_3_month"), "no rule called 'lost_in_3_month'; did you mean 'lost_in_3_months'"),
    "unknown condition": (CAUSE, put("rules", "known", "has", "condition", to="scurvi"), "unknown condition 'scurvi'"),
    "unknown strength": (CAUSE, put("for", 0, "strength", to="huge"), "strength 'huge'"),
    "unknown tier": (FLAG, put("tier", to="soon"), "tier must be one of"),
    "unit of a cut-off": (FLAG, put("rules", "lost_in_6_months", "unit", to="kg"), "unit 'kg'"),
    "no title": (FLAG, lambda body: body.pop("title"), "title"),
    "quantity twice": ("quantities/body.yaml", lambda body: body.append(dict(body[0])), "defined twice"),
    "key of a quantity": ("quantities/body.yaml", put(0, "gaurd", to={"low": 1}), "unknown keys ['gaurd']"),
    "key of a source": ("sources/definitions.yaml", put(0, "jornal", to="x"), "unknown keys ['jornal']"),
    "formula": ("quantities/body.yaml", put(2, "formula", to="open('x')"), "only names, numbers"),
    "formula of an equation": (EQUATION, put("formula", to="alm_kilo * 2"), "alm_kilo"),
    "norm in another unit": ("norms/lead_almi.yaml", put("unit", to="kg"), "unit 'kg'"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_finding(base: Any, name: str) -> None:
    path, edit, words = UNREADABLE[name]
    base.change(path, edit)
    found = base.findings()
    assert any(words in one for one in found), found


@pytest.mark.parametrize("text", ["id: [1\n", "id: a\nid: b\n", "a: " + "[" * 5000])
def test_broken_yaml_is_one_finding_with_the_file(base: Any, text: str) -> None:
    (base.root / CAUSE).write_text(text)
    (found,) = base.findings()
    assert found.startswith(CAUSE)


def test_the_command_ends_with_1_and_names_every_fault(base: Any) -> None:
    from myoscope.cli import main

    base.change(CAUSE, put("prevalence", to={"value": 12}))
    base.change(CAUSE, put("treatments", to=["vitamin_dd"]))
    with base.used():
        result = CliRunner().invoke(main, ["knowledge", "check"])
    assert result.exit_code == 1
    assert f"{CAUSE}: prevalence.value: the number 12 has no unit" in result.stderr
    assert f"{CAUSE}: treatments: unknown id 'vitamin_dd'" in result.stderr
    assert "2 faults in the knowledge base" in result.stderr
    assert "Traceback" not in result.stderr
