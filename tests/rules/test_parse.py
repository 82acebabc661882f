"""A rule that cannot be read is refused with file, rule, reason and the nearest name. A misspelt word is never left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from myoscope.rules import All, AtLeast, Compare, Has, Is, Named, Rule, RuleBook, RuleError
from myoscope.rules.tree import Band, When, walk

Make = Callable[..., Rule]
CITED = {"source": "cruz_jentoft_2019", "place": "Table 3", "read": "primary"}
CRP = {"variable": "crp_mg_l", "operator": ">", "cutoff": 10, "unit": "mg/L"}
GRIP = {"variable": "grip_strength_kg", "operator": "<", "cutoff": 27, "unit": "kg", "unable": True}

# what is wrong -> (the rule, the words the message must hold)
BROKEN: dict[str, tuple[Any, list[str]]] = {
    "unknown rule": ({"all": ["low_gripp"]}, ["no rule called 'low_gripp'", "did you mean 'low_grip'"]),
    "unknown variable": (CRP | {"variable": "crp_mg_L1"}, ["unknown variable 'crp_mg_L1'", "did you mean 'crp_mg_l'"]),
    "variable of no name": (CRP | {"variable": 7}, ["unknown variable 7"]),
    "operator": (CRP | {"operator": "=<"}, ["operator '=<'", "< <= > >="]),
    "no operator": ({k: v for k, v in CRP.items() if k != "operator"}, ["operator None"]),
    "unit": (CRP | {"unit": "mg/dL"}, ["unit 'mg/dL'", "crp_mg_l is in 'mg/L'"]),
    "no unit": ({k: v for k, v in CRP.items() if k != "unit"}, ["unit None"]),
    "cut-off in words": (CRP | {"cutoff": "ten"}, ["cut-off 'ten' is not a number"]),
    "cut-off yes": (CRP | {"cutoff": True}, ["cut-off True is not a number"]),
    "no cut-off": ({k: v for k, v in CRP.items() if k != "cutoff"}, ["cut-off None"]),
    "row without value": (CRP | {"cutoff": [{"when": {"sex": "male"}}]}, ["cut-off None"]),
    "unable not said": ({k: v for k, v in GRIP.items() if k != "unable"}, ["may be impossible", "unable: yes | no | unknown | a rule"]),
    "unable to an unknown rule": (GRIP | {"unable": "slow"}, ["no rule called 'slow'"]),
    "when of an unknown kind": (CRP | {"cutoff": [{"when": {"race": "asian"}, "value": 1}]}, ["when: 'race'", "ancestry"]),
    "when of an unknown value": (CRP | {"cutoff": [{"when": {"sex": "man"}, "value": 1}]}, ["sex has no value 'man'"]),
    "age band": (CRP | {"cutoff": [{"when": {"age_years": {"from": 50, "to": 60}}, "value": 1}]}, ["age band", "only from and below"]),
    "unknown condition": ({"has": {"condition": "cancr"}}, ["unknown condition 'cancr'", "did you mean 'cancer'"]),
    "unknown kind of list": ({"has": {"disease": "cancer"}}, ["has: 'disease'", "condition, medicine, symptom"]),
    "has two things": ({"has": {"condition": "cancer", "symptom": "fever"}}, ["has:", "condition, medicine, symptom"]),
    "has a text": ({"has": "cancer"}, ["has: 'cancer'"]),
    "within in words": ({"has": {"condition": "cancer"}, "within_days": "a month"}, ["within_days 'a month'"]),
    "is of an unknown value": ({"variable": "sex", "is": "man"}, ["sex has no value 'man'", "female, male"]),
    "is of a quoted yes": ({"variable": "intended_weight_loss", "is": "yes"}, ["intended_weight_loss has no value 'yes'"]),
    "is of one, not yes": ({"variable": "intended_weight_loss", "is": 1}, ["intended_weight_loss has no value 1"]),
    "is of a number": ({"variable": "crp_mg_l", "is": 10}, ["crp_mg_l is a number", "cut-off"]),
    "no form": ({"variabel": "crp_mg_l"}, ["needs exactly one of", "variable"]),
    "two forms": ({"all": ["low_grip"], "any": ["low_grip"]}, ["needs exactly one of"]),
    "all of nothing": ({"all": []}, ["need a list of rules"]),
    "any of a text": ({"any": "low_grip"}, ["need a list of rules"]),
    "at least without of": ({"at_least": 2}, ["need a list of rules"]),
    "at least too many": ({"at_least": 3, "of": ["low_grip", "low_grip"]}, ["at_least 3", "from 1 to 2"]),
    "at least none": ({"at_least": 0, "of": ["low_grip"]}, ["at_least 0"]),
    "at least in words": ({"at_least": "two", "of": ["low_grip"]}, ["at_least 'two'"]),
    "a number for a rule": (7, ["7 is not a rule"]),
    "nothing for a rule": (None, ["None is not a rule"]),
    "unknown path": ({"path": "strenght"}, ["no path called 'strenght'", "did you mean 'strength'"]),
    "a word misspelt beside has": ({"has": {"condition": "cancer"}, "within_day": 21}, ["'within_day' says nothing there", "'within_days'"]),
    "a word misspelt beside a comparison": (GRIP | {"unabel": True}, ["'unabel' says nothing there", "did you mean 'unable'"]),
    "a word of another form": ({"all": ["low_grip"], "of": ["low_grip"]}, ["'of' says nothing there"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_gets_a_message_with_file_rule_and_reason(make: Make, name: str) -> None:
    body, words = BROKEN[name]
    with pytest.raises(RuleError) as caught:
        make({"wanted": body, "low_grip": GRIP}, paths={"strength": {"default": "grip", "grip": "low_grip"}})
    message = str(caught.value)
    assert message.startswith("made.yaml: ")
    assert "wanted" in message or "no rule called" in message
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("key", ["source", "place", "read"])
def test_a_cut_off_without_citation_is_refused(key: str) -> None:
    entry = {k: v for k, v in CITED.items() if k != key} | {"rules": {"wanted": CRP}}
    with pytest.raises(RuleError, match=r"made\.yaml: rule 'wanted': cut-off 10 has no source, place and read"):
        RuleBook("made.yaml", entry).rule("wanted")


def test_a_rule_that_leads_back_to_itself_shows_the_way() -> None:
    rules = {"a": {"all": ["b"]}, "b": {"not": "c"}, "c": {"any": ["a"]}}
    with pytest.raises(RuleError, match=r"rule 'a' leads back to itself: a -> b -> c -> a"):
        RuleBook("made.yaml", {**CITED, "rules": rules}).rule("a")


PATHS = {"strength": {"default": "grip", "grip": "low_grip", "crp": "high"}}


def test_the_default_path_and_a_chosen_one() -> None:
    entry = {**CITED, "paths": PATHS, "rules": {"wanted": {"path": "strength"}, "low_grip": GRIP, "high": CRP}}

    def variables(choice: dict[str, str] | None) -> list[str]:
        return [
            node.variable
            for node in walk(RuleBook("made.yaml", entry, choice).rule("wanted"))
            if isinstance(node, Compare)
        ]

    assert variables(None) == ["grip_strength_kg"]
    assert variables({"strength": "crp"}) == ["crp_mg_l"]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"strength": "chair"}, "no way 'chair' to assess 'strength'; known: strength = grip | crp"),
        ({"strength": "default"}, "no way 'default' to assess 'strength'"),
        ({"strenght": "grip"}, "no path called 'strenght'; did you mean 'strength'"),
    ],
)
def test_a_path_that_does_not_exist(choice: dict[str, str], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        RuleBook("made.yaml", {**CITED, "paths": PATHS, "rules": {}}, choice)
    assert words in str(caught.value)


def test_a_path_without_default_is_refused() -> None:
    with pytest.raises(RuleError, match="no way None to assess 'strength'"):
        RuleBook("made.yaml", {**CITED, "paths": {"strength": {"grip": "low_grip"}}, "rules": {}})


def test_a_citation_is_inherited_and_overridden(make: Make) -> None:
    cutoff = [
        {"when": {"sex": "male"}, "value": 1, "place": "Table 9"},
        {"when": {"sex": "female"}, "value": 2, "read": "recalled"},
    ]
    rule = make({"wanted": CRP | {"cutoff": cutoff, "source": "chen_2020"}})
    assert isinstance(rule, Named)
    assert isinstance(rule.part, Compare)
    first, second = (one.citation for one in rule.part.cutoffs)
    assert (first.source, first.place, first.read) == ("chen_2020", "Table 9", "primary")
    assert (second.source, second.place, second.read) == ("chen_2020", "Table 3", "recalled")


def test_the_forms_become_the_nodes(make: Make) -> None:
    rules = {
        "two": {"at_least": 2, "of": ["crp", "women", "mi"]},
        "crp": CRP,
        "women": {"variable": "sex", "is": ["female"]},
        "mi": {"has": {"condition": "myocardial_infarction"}, "within_days": 21},
        "wanted": {"all": ["two"]},
    }
    rule = make(rules)
    assert isinstance(rule, Named)
    assert isinstance(rule.part, All)
    (two,) = rule.part.parts
    assert isinstance(two, Named)
    assert isinstance(two.part, AtLeast)
    assert two.part.n == 2
    kinds = [node for node in walk(rule) if not isinstance(node, Named)]
    assert Is("sex", frozenset({"female"})) in kinds
    assert Has("condition", "myocardial_infarction", within_days=21.0) in kinds


def test_a_name_is_read_once_and_shared() -> None:
    book = RuleBook("made.yaml", {**CITED, "rules": {"a": CRP, "b": {"all": ["a", "a"]}}})
    book.rule("b")
    assert book.rule("a") is book.rule("a")


def test_when_reads_age_bands_and_categories() -> None:
    book = RuleBook("made.yaml", {**CITED, "rules": {}})
    found = book.when({"sex": "male", "alm_method": ["dxa", "bia"], "age_years": {"from": 50, "below": 65}}, "x")
    assert found == When((("alm_method", frozenset({"dxa", "bia"})), ("sex", frozenset({"male"}))), Band(50, 65))
    assert book.when({}, "x") == When()
    assert not Band(50, 65).holds(65)
    assert Band(50, 65).holds(50)
    assert Band().holds(0)
