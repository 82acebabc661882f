"""Laws of the plan on whole people: every vignette, and random people, given each danger that the knowledge base knows.

The dangers are not written here. They are the files' own cases: what makes an urgent sign yes, what closes a gate. A sign or a
gate that is added later is under these laws at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.causes import Weighed, raised, weigh
from myoscope.causes.flags import flags
from myoscope.check.cases import CASE_DAY
from myoscope.plan import Composed, Step, compose, treatments
from myoscope.plan.treatments import GateRule, Treatment
from myoscope.record import current, parse_record
from myoscope.rules import Facts, Has, Not, Rule, evaluate
from myoscope.rules.tree import parts
from myoscope.sources.files import everything
from myoscope.sources.strict_yaml import parse_yaml
from patients import ACTIVE, Patient, patients
from people import complete, random_rows

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
VIGNETTES = sorted((Path(__file__).parents[1] / "assess" / "vignettes").glob("*.yaml"))
MAY_BEGIN = {"offer", "ask_first"}
LADDER = ("offer", "ask_first", "refer", "not_now")
NO_PLAN_FOR = ("rf_child", "rf_preg", "rf_ed")  # whoever they are, besides every emergency
RAISE_PROTEIN = ("protein_target", "whey", "oral_nutritional_supplements", "amino_acids", "cirrhosis_nutrition")
RANDOM = 40
NAMES = [*(path.stem for path in VIGNETTES), *(f"random {number}" for number in range(RANDOM))]
FEW = 4  # people for each of some hundred gates


def read(given_: Any, day: dt.date) -> Facts:
    return current(parse_record({"date": day.isoformat(), **given_}, "given", today=day), on=day, today=day).facts


@cache
def people() -> dict[str, Facts]:
    """Every vignette, and some random people of `people.py`, by name."""
    found = {}
    for path in VIGNETTES:
        body: Any = parse_yaml(path.read_text(encoding="utf-8"), where=path.name)
        found[path.stem] = current(parse_record(body["record"], path.name, today=TODAY), today=TODAY).facts
    found |= {f"random {number}": complete(row) for number, row in enumerate(random_rows(RANDOM, seed=11))}
    return found


@cache
def causes_of(name: str) -> Sequence[Weighed]:
    return weigh(people()[name])


@cache
def before(name: str) -> dict[str, Step]:
    """The plan without the urgent signs, so that the gates are tested on everybody."""
    return by_treatment(compose(people()[name], [], causes_of(name)))


def after(name: str, danger: Facts) -> dict[str, Step]:
    """The same, with the danger known as well and the causes held fixed."""
    return by_treatment(compose(joined(people()[name], danger), [], causes_of(name)))


def by_treatment(composed: Composed) -> dict[str, Step]:
    return {step.treatment.id: step for step in composed.steps}


def joined(person: Facts, danger: Facts) -> Facts:
    """The person, of whom the danger is known as well; where they disagree the danger holds."""
    values, listed = {**person.values, **danger.values}, {**person.listed, **danger.listed}
    return Facts(values, listed, person.complete, person.examined)


files = cache(everything)  # with their cases, which answers do without


def cases(kind: str, name: str, rule: str) -> Iterator[Facts]:
    """The cases of a knowledge file in which one of its rules is yes."""
    yield from cases_in(f"{kind}/{name}.yaml", rule)


def cases_in(path: str, rule: str) -> Iterator[Facts]:
    for row in files()[path].get("cases") or ():
        if row["expect"].get(rule) in {True, "yes"}:
            yield read(row["given"], CASE_DAY)


SIGNS = {
    f"{flag.id} {number}": danger
    for flag in flags().values()
    if flag.tier == "emergency" or flag.id in NO_PLAN_FOR
    for number, danger in enumerate(cases("flags", flag.id, "present"))
}


def gate_rows(treatment: str) -> dict[str, tuple[str, str]]:
    """Gate id -> the file that sets it and its rule: of the shared sets and the treatment's own the last one stands."""
    own = f"treatments/{treatment}.yaml"
    paths = [*(f"policy/gates_{name}.yaml" for name in files()[own].get("gates_shared", [])), own]
    return {row["id"]: (path, row["rule"]) for path in paths for row in files()[path].get("gates", [])}


GATES: dict[str, tuple[Treatment, GateRule, Facts]] = {
    f"{treatment.id}: {gate.id}": (treatment, gate, danger)
    for treatment in treatments().values()
    for gate, row in zip(treatment.gates, gate_rows(treatment.id).values(), strict=True)
    if gate.action in {"stop", "refer"}
    for danger in itertools.islice(cases_in(*row), 1)
}


def test_every_emergency_has_a_case() -> None:
    held = {name.partition(" ")[0] for name in SIGNS}
    assert held == {flag.id for flag in flags().values() if flag.tier == "emergency"} | set(NO_PLAN_FOR)
    assert len(GATES) > 200  # a gate whose rule has another name is not tested here


@pytest.mark.parametrize("sign", SIGNS)
def test_no_plan_for_anybody_with_an_emergency_a_child_in_pregnancy_or_with_an_eating_disorder(sign: str) -> None:
    for name, person in people().items():
        facts = joined(person, SIGNS[sign])
        composed = compose(facts, raised(facts), causes_of(name))
        assert composed.withheld_by, name
        assert composed.steps == (), name


@settings(max_examples=60)
@given(patient=patients(), sign=st.sampled_from(sorted(SIGNS)))
def test_nor_for_a_random_patient(patient: Patient, sign: str) -> None:
    facts = joined(patient.facts, SIGNS[sign])
    assert compose(facts, raised(facts), weigh(facts)).steps == ()


@pytest.mark.parametrize("name", NAMES)
def test_no_hormone_without_its_proof_and_its_gates(name: str) -> None:
    for step in before(name).values():
        if step.treatment.group != "hormones":
            continue
        assert step.treatment.opens
        assert all(evaluate(rule, people()[name]).answer for rule in step.treatment.opens)
        stopped = any(found.gate.action == "stop" for found in step.failed)
        assert step.status == ("not_now" if stopped else "refer")


HORMONES = {treatment.id: treatment for treatment in treatments().values() if treatment.group == "hormones"}


@pytest.mark.parametrize("name", HORMONES)
def test_a_hormone_that_nothing_proves_is_not_in_the_plan(name: str) -> None:
    wanted = HORMONES[name]
    unproven = [one for one in people() if not all(evaluate(rule, people()[one]).answer for rule in wanted.opens)]
    assert unproven
    assert not [one for one in unproven if name in before(one)]


@pytest.mark.parametrize("filtration", [8.0, 22.0, 29.9])
@pytest.mark.parametrize("name", NAMES)
def test_no_protein_rise_past_weak_kidneys(name: str, filtration: float) -> None:
    found = after(name, Facts({"egfr_ml_min_1_73m2": filtration}))
    for treatment in set(RAISE_PROTEIN) & set(found):
        assert found[treatment].status not in MAY_BEGIN, treatment
    target = found.get("protein_target")
    dialysis = people()[name].has("condition", "dialysis")  # there a renal dietitian sets more
    assert (
        target is None
        or dialysis
        or all(line.grams_per_kg is None or line.grams_per_kg[1] <= 0.8 for line in target.doses)
    )


def places(treatment: str, row: str) -> list[str]:
    """Some people in whose plan the treatment stands, other ones for every row."""
    found = [name for name in people() if treatment in before(name)]
    shift = sum(map(ord, row)) % max(len(found), 1)
    return [*found[shift:], *found[:shift]][:FEW]


@pytest.mark.parametrize("row", GATES)
def test_a_failed_gate_closes_its_treatment(row: str) -> None:
    treatment, gate, danger = GATES[row]
    for name in places(treatment.id, row):
        step = after(name, danger).get(treatment.id)
        if step is not None:
            assert gate.id in {found.gate.id for found in step.failed}, name
            assert step.status in ({"not_now"} if gate.action == "stop" else {"refer", "not_now"}), name


def contraindications(rule: Rule, *, positive: bool = True) -> Iterator[tuple[str, str]]:
    """The list entries whose presence speaks for the rule."""
    if isinstance(rule, Has):
        if positive:
            yield rule.kind, rule.id
        return
    for part in parts(rule):
        yield from contraindications(part, positive=positive != isinstance(rule, Not))


CLOSING = {
    f"{treatment.id}: {kind} {name}": (treatment, Facts({}, {(kind, name): ACTIVE}))
    for treatment in treatments().values()
    for gate in treatment.gates
    if gate.action in {"stop", "refer"}
    for kind, name in sorted(set(contraindications(gate.rule)))
}


def began(steps: dict[str, Step]) -> set[str]:
    return {name for name, step in steps.items() if step.status in MAY_BEGIN}


def asks_for(danger: Facts) -> set[str]:
    """Treatments that open for this very thing: liver disease forbids one food and is the reason for another."""
    entries = set(danger.listed)
    return {
        one.id for one in treatments().values() if any(entries & set(contraindications(rule)) for rule in one.opens)
    }


@pytest.mark.parametrize("row", CLOSING)
def test_a_contraindication_adds_no_treatment_to_anybody(row: str) -> None:
    """Nothing may begin that could not begin without it (unless it opens for it), and its own treatment moves only towards not_now."""
    treatment, danger = CLOSING[row]
    for name in places(treatment.id, row):
        was, now = before(name), after(name, danger)
        assert began(now) <= began(was) | asks_for(danger), name
        if treatment.id in now:
            assert LADDER.index(now[treatment.id].status) >= LADDER.index(was[treatment.id].status), name


@settings(max_examples=60)
@given(patient=patients(), row=st.sampled_from(sorted(CLOSING)))
def test_nor_to_a_random_patient(patient: Patient, row: str) -> None:
    causes = weigh(patient.facts)
    was = by_treatment(compose(patient.facts, [], causes))
    now = by_treatment(compose(joined(patient.facts, CLOSING[row][1]), [], causes))
    assert began(now) <= began(was) | asks_for(CLOSING[row][1])
