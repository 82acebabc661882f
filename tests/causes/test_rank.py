"""How evidence becomes a status: the table at the head of the module, row by row, on made causes and on the real ones."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.causes import causes, weigh
from myoscope.causes.rank import GROUPS, STATUSES, STRENGTHS, _cause, _weigh
from myoscope.quantities import KINDS, quantities, terms
from myoscope.record import current, parse_record
from myoscope.rules import Facts, RuleError
from myoscope.sources import KnowledgeError

TODAY = dt.date(2026, 11, 20)
# One list entry for each strength, for and against: a person can be given exactly the evidence a test wants.
SIGNS = {
    "establishes": "fever", "strong": "fatigue", "strong_2": "falls", "moderate": "bloating", "moderate_2": "diarrhoea",
    "weak": "low_mood", "excludes": "tremor", "against_strong": "fainting", "against_weak": "rash_heliotrope_gottron",
}  # fmt: skip


def made(*names: str) -> Any:
    """A cause with these clues."""
    rows: dict[str, list[dict[str, str]]] = {"for": [], "against": []}
    for name in names:
        side = "against" if name.startswith("against") or name == "excludes" else "for"
        strength = name.removeprefix("against_").removesuffix("_2")
        rows[side].append({"rule": name, "strength": strength, "says": name})
    rules = {name: {"has": {"symptom": sign}} for name, sign in SIGNS.items()}
    entry = {
        "id": "made", "group": "other", "title": "x", "plain": "x", "professional": "x", "rules": rules, **rows,
        "source": "myoscope_policy", "place": "x", "read": "policy",
    }  # fmt: skip
    return _cause(entry, "causes/made.yaml")


def status(clues: tuple[str, ...], present: tuple[str, ...], *, asked: bool = True) -> str:
    """The status of a cause with these clues in a person with these signs; `asked`: everything else is known to be absent."""
    body = {"symptoms": [SIGNS[name] for name in present], "complete": ["symptoms"] if asked else []}
    return _weigh(made(*clues), current(parse_record(body, today=TODAY), today=TODAY).facts).status


EVERY = tuple(SIGNS)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (("excludes", "establishes", "strong"), "excluded"),
        (("establishes",), "present"),
        (("establishes", "against_strong"), "present"),
        (("strong",), "probable"),
        (("strong", "against_weak"), "probable"),
        (("strong", "against_strong"), "possible"),
        (("moderate", "moderate_2"), "probable"),
        (("moderate", "moderate_2", "against_strong"), "possible"),
        (("moderate",), "possible"),
        (("moderate", "weak"), "possible"),
        (("weak",), "possible"),
        (("weak", "against_strong"), "unlikely"),
        (("against_strong",), "unlikely"),
        (("against_weak",), "unlikely"),
        ((), "unlikely"),
    ],
)
def test_the_table_when_everything_was_asked(present: tuple[str, ...], expected: str) -> None:
    assert status(EVERY, present) == expected


@pytest.mark.parametrize(
    ("present", "expected"),
    [((), "unknown"), (("against_weak",), "unknown"), (("against_strong",), "unlikely"), (("excludes",), "excluded"), (("weak",), "possible"), (("strong",), "probable")],
)  # fmt: skip
def test_the_table_when_nothing_else_was_asked(present: tuple[str, ...], expected: str) -> None:
    """A weak sign against is not enough while the strong signs for were never looked for."""
    assert status(EVERY, present, asked=False) == expected


def test_a_cause_without_strong_signs_is_unlikely_once_something_speaks_against_it() -> None:
    assert status(("weak", "against_weak"), ("against_weak",), asked=False) == "unlikely"


@given(present=st.sets(st.sampled_from(EVERY)), more=st.sampled_from(["strong", "moderate", "weak", "establishes"]))
def test_more_evidence_for_it_never_makes_a_cause_less_likely(present: set[str], more: str) -> None:
    order = [s for s in STATUSES if s != "unknown"]
    before, after = status(EVERY, tuple(sorted(present))), status(EVERY, tuple(sorted(present | {more})))
    assert order.index(after) <= order.index(before)


def test_a_clue_on_a_number_nobody_read_is_shown_and_never_counted() -> None:
    entry = {
        "id": "made", "group": "other", "title": "x", "plain": "x", "professional": "x",
        "source": "myoscope_policy", "place": "x", "read": "recalled",
        "rules": {"high": {"variable": "crp_mg_l", "operator": ">", "cutoff": 10, "unit": "mg/L"}},
        "for": [{"rule": "high", "strength": "strong", "says": "x"}],
    }  # fmt: skip
    found = _weigh(_cause(entry, "causes/made.yaml"), Facts({"crp_mg_l": 50.0}))
    assert (found.status, found.speaks_for) == ("unknown", ())
    assert [one.clue.name for one in found.unverified] == ["high"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"group": "misc"}, "group 'misc' is not one of"),
        ({"for": [{"rule": "high", "strength": "huge", "says": "x"}]}, "strength 'huge' is not one of"),
        ({"for": [{"rule": "hihg", "strength": "weak", "says": "x"}]}, "no rule called 'hihg'; did you mean 'high'"),
    ],
)
def test_a_cause_that_cannot_be_read_is_named(change: dict[str, Any], words: str) -> None:
    entry = {
        "id": "made",
        "group": "other",
        "title": "x",
        "plain": "x",
        "professional": "x",
        "rules": {"high": {"has": {"symptom": "fever"}}},
    }
    with pytest.raises((KnowledgeError, RuleError), match=f"^causes/made.yaml: .*{words}"):
        _cause(entry | change, "causes/made.yaml")


# -- the real causes ------------------------------------------------------------------------------------------------------


def test_nothing_known_finds_nothing() -> None:
    assert {one.status for one in weigh(Facts())} == {"unknown"}


def test_the_order_is_by_status_then_weight_and_ageing_never_leads_among_equals() -> None:
    bodies = [
        {"sex": "male", "age_years": 80, "protein_g_per_kg_day": 0.5, "steps_per_day": 1500, "conditions": ["copd"]},
        {
            "sex": "female",
            "age_years": 85,
            "conditions": ["cancer"],
            "weight_loss_percent_6_months": 11,
            "intended_weight_loss": False,
        },
    ]
    for body in bodies:
        ranked = weigh(current(parse_record(body, today=TODAY), today=TODAY).facts)
        assert len(ranked) == len(causes())
        places = [STATUSES.index(one.status) for one in ranked]
        assert places == sorted(places)
        for _, group in itertools.groupby(ranked, key=lambda one: one.status):
            same = list(group)
            ageing = [one.cause.group == "ageing" for one in same]
            assert ageing == sorted(ageing)
            for first, second in itertools.pairwise([one for one in same if one.cause.group != "ageing"]):
                assert first.weight >= second.weight


@pytest.mark.parametrize("name", list(causes()))
def test_every_cause_is_complete(name: str) -> None:
    cause = causes()[name]
    assert cause.group in GROUPS
    assert cause.title
    assert cause.plain
    assert cause.speaks_for
    assert cause.citations
    assert {clue.strength for clue in (*cause.speaks_for, *cause.speaks_against)} <= set(STRENGTHS)
    assert not [clue for clue in cause.speaks_for if clue.strength == "excludes"]
    assert not [clue for clue in cause.speaks_against if clue.strength == "establishes"]


@pytest.mark.parametrize("name", list(causes()))
def test_every_blank_in_what_a_clue_says_is_a_known_variable(name: str) -> None:
    known = set(quantities()) | {term for kind in KINDS for term in terms(kind)}
    for clue in (*causes()[name].speaks_for, *causes()[name].speaks_against):
        for blank in re.findall(r"\{(\w+)[^}]*\}", clue.says):
            assert blank in known, clue.says


# -- a general cause and what it stands for ------------------------------------------------------------------------------

GENERAL = causes()["neuromuscular_disease"]
HIGH_CK = {"creatine_kinase_u_l": 2550, "creatine_kinase_uln_u_l": 170}


def places(**body: Any) -> dict[str, tuple[int, str, int]]:
    """For each cause of this person: its place in the list, its status and its weight."""
    weighed = weigh(current(parse_record(body, today=TODAY), today=TODAY).facts)
    return {one.cause.id: (place, one.status, one.weight) for place, one in enumerate(weighed)}


@pytest.mark.parametrize(
    ("disease", "body"),
    [
        ("inflammatory_myopathy", {"symptoms": ["rash_heliotrope_gottron", "proximal_weakness"], **HIGH_CK}),
        ("als_mnd", {"symptoms": ["wasting_one_hand", "progressive_weakness", "fasciculations", "brisk_reflexes"]}),
    ],
)
def test_the_disease_comes_before_the_group_it_belongs_to(disease: str, body: dict[str, Any]) -> None:
    found = places(**body)
    assert found[disease][1] == found[GENERAL.id][1] == "probable"
    assert found[disease][2] < found[GENERAL.id][2], "by weight alone the group would not come after it"
    assert found[disease][0] < found[GENERAL.id][0]


def test_the_group_leads_where_no_single_disease_is_as_likely() -> None:
    found = places(symptoms=["wasting_one_limb"], absent=["limb_immobilisation", "stroke"])
    assert found[GENERAL.id][1] == "probable"
    meant = [found[name] for name in GENERAL.stands_for]
    assert all(status != "probable" and place > found[GENERAL.id][0] for place, status, _ in meant)


@pytest.mark.slow
@given(signs=st.sets(st.sampled_from(list(terms("symptom"))), max_size=8))
def test_a_group_never_leads_what_it_stands_for_at_the_same_status(signs: set[str]) -> None:
    found = places(symptoms=sorted(signs))
    same = [place for place, status, _ in map(found.__getitem__, GENERAL.stands_for) if status == found[GENERAL.id][1]]
    assert not same or min(same) < found[GENERAL.id][0]


def test_what_a_group_stands_for_are_single_causes() -> None:
    for cause in causes().values():
        assert cause.id not in cause.stands_for
        assert not any(causes()[name].stands_for for name in cause.stands_for)
