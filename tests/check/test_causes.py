"""The check of causes can fail: a cause that leads nowhere, and a word that its likelihood ratio contradicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

CAUSE, TREATMENT = "causes/vitamin_d_deficiency.yaml", "treatments/vitamin_d.yaml"
RATIO = {"unit": "1", "among": "people", "source": "bordelon_2009", "place": "abstract", "read": "primary"}


def with_ratio(side: str, strength: str, value: float, **more: Any) -> Callable[[Any], None]:
    def edit(body: Any) -> None:
        body[side][0] |= {"strength": strength, "lr": {"value": value, **RATIO, **more}}

    return edit


def test_a_cause_that_leads_to_nothing(base: Any) -> None:
    base.change(CAUSE, lambda body: body.update(treatments=[]))
    base.change(TREATMENT, lambda body: body.update(for_causes=[]))
    found = base.findings()
    assert f"{CAUSE}: treatments: leads to no treatment and to no referral" in found
    assert f"{TREATMENT}: for_causes: no cause leads to it" in found


@pytest.mark.parametrize(("path", "key"), [(CAUSE, "treatments"), (TREATMENT, "for_causes")])
def test_one_side_of_a_link_is_enough(base: Any, path: str, key: str) -> None:
    base.change(path, lambda body: body.update({key: []}))
    assert base.findings() == []


def test_a_cause_whose_treatments_all_stay_closed(base: Any) -> None:
    def sure(body: Any) -> None:
        body["rules"]["feverish"] = {"has": {"symptom": "fever"}}
        body["for"].append({"rule": "feverish", "strength": "strong", "says": "x"})
        for given, expect in (({"symptoms": ["fever"]}, True), ({"absent": ["fever"]}, False)):
            body["cases"].append(
                {"name": f"fever {expect}", "why": "x", "given": given, "expect": {"feverish": expect}}
            )

    base.change(CAUSE, sure)
    assert base.findings() == [f"{CAUSE}: case 'fever True': feverish leads nowhere: nothing opens of vitamin_d"]


@pytest.mark.parametrize(
    ("side", "strength", "value", "words"),
    [
        ("for", "strong", 7, "the likelihood ratio 7 is moderate evidence, the word is 'strong'"),
        ("for", "moderate", 3, "the likelihood ratio 3 is weak evidence, the word is 'moderate'"),
        ("against", "strong", 0.15, "the likelihood ratio 0.15 is moderate evidence, the word is 'strong'"),
        ("for", "weak", 12, "the likelihood ratio 12 is strong evidence, the word is 'weak'; say why (weaker_because)"),
        ("for", "weak", 0.5, "the likelihood ratio 0.5 does not speak for it"),
        ("against", "weak", 2.0, "the likelihood ratio 2 does not speak against it"),
    ],
)
def test_a_word_that_the_ratio_contradicts(base: Any, side: str, strength: str, value: float, words: str) -> None:
    base.change(CAUSE, with_ratio(side, strength, value))
    assert any(one.startswith(f"{CAUSE}: ") and one.endswith(f": {words}") for one in base.findings())


@pytest.mark.parametrize(
    ("strength", "value", "more"),
    [
        ("strong", 12, {}),
        ("establishes", 12, {}),
        ("weak", 3, {}),
        ("weak", 12, {"weaker_because": "known patients only"}),
    ],
)
def test_a_word_that_fits(base: Any, strength: str, value: float, more: dict[str, Any]) -> None:
    base.change(CAUSE, with_ratio("for", strength, value, **more))
    assert not [one for one in base.findings() if "likelihood" in one]


def test_a_ratio_without_a_source_is_one_finding(base: Any) -> None:
    base.change(CAUSE, lambda body: body["for"][0].update(lr={"value": 3, "among": "people"}))
    assert any("lr: needs value, among, source, place and read" in one for one in base.findings())
