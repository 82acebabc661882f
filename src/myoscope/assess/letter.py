"""One page for the doctor: what should not wait, what was found, likely causes and tests, medicines, referrals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myoscope.assess.result import Assessment, Cause, DefinitionResult, Measure, Person, Plan, PlanItem, Urgent
from myoscope.assess.result_programme import Letter, LetterSection
from myoscope.assess.words import listed, name_of, shown
from myoscope.definitions import definitions
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.quantities import quantities
from myoscope.sources import folder

WHEN = {"emergency": "at once", "same_day": "today", "two_weeks": "within two weeks", "next_visit": "at this visit"}
MOST = {
    "found": 6, "measures": 9, "causes": 5, "evidence": 2, "tests": 6, "medicines": 12, "refer": 6,
    "questions": 6,
}  # fmt: skip
"""How many lines of each kind go on one page; urgent signs are never cut."""
NAMES_THE_CLINIC = {"treat_underlying_illness"}
"""Referrals whose own lines say which clinic, and what for."""
KEY_MEASURES = (
    "bmi_kg_m2", "weight_loss_percent_6_months", "grip_strength_kg", "chair_stand_5x_s", "gait_speed_m_s", "sppb_score",
    "alm_kg", "calf_circumference_cm", "egfr_ml_min_1_73m2", "albumin_g_dl", "crp_mg_l", "vitamin_d_25oh_ng_ml",
)  # fmt: skip


def letter(answer: Assessment) -> Letter | None:
    """The letter of one person; None for somebody who has died."""
    if answer.person.deceased:
        return None
    plan = answer.plan
    sections = [
        LetterSection(title=title, lines=lines)
        for title, lines in (
            ("What should not wait", [_urgent(one) for one in answer.urgent]),
            ("What was found", [*_stages(answer.definitions), *_values(answer.measures)]),
            ("Likely causes, and what would settle them", list(_causes(answer.causes))),
            ("Medicines to go through", _medicines(plan)),
            ("Please decide or refer", _referrals(plan)),
            ("Questions before I begin on my own", _questions(plan)),
        )
        if lines
    ]
    made = answer.versions
    return Letter(
        title="Letter to the doctor: decreased muscle mass",
        about=_about(answer.person),
        sections=sections,
        closing=f"Made by Myoscope {made.package} (knowledge {made.knowledge}) from what was entered. "
        "Decision support, not a diagnosis.",
    )


def _about(person: Person) -> str:
    who = {"male": "Man", "female": "Woman"}.get(person.sex or "", "Person")
    age = f", {int(person.age_years)} years" if person.age_years is not None else ", age not given"
    known = f" Known: {'; '.join(person.conditions)}." if person.conditions else ""
    takes = f" Takes: {'; '.join(person.medicines)}." if person.medicines else ""
    name = f" ({person.id})" if person.id else ""
    return f"{who}{age}{name}, on {person.on}.{known}{takes}"


def _urgent(sign: Urgent) -> str:
    because = f" Because: {'; '.join(sign.because)}." if sign.because else ""
    return f"{sign.title}: {WHEN[sign.tier]}, {sign.see}. {sign.professional}{because}"


def _stages(found: dict[str, DefinitionResult]) -> list[str]:
    """Definitions with something found, and how each decided."""
    lines = []
    known = definitions()
    for name, result in found.items():
        first = known[name].stages[0].id
        if result.stage not in {first, "unknown", NOT_APPLICABLE} and result.outside_population is not True:
            why = "; ".join(row.text for row in result.deciding[:2] if row.answer == "yes")
            lines.append(f"{result.title}: {result.stage_title}{f' ({why})' if why else ''}.")
    return lines[: MOST["found"]]


def _values(measures: Sequence[Measure]) -> list[str]:
    there = {one.id: one for one in measures if not one.stale}
    told = [
        f"{there[name].name} {shown(name, there[name].value)}{_place(there[name])}"
        for name in KEY_MEASURES
        if name in there
    ]
    return [f"Measured: {'; '.join(told[: MOST['measures']])}."] if told else []


def _place(measure: Measure) -> str:
    about = ", estimated" if measure.source == "estimate" else ""
    return about + (f", percentile {measure.percentile:.0f}" if measure.percentile is not None else "")


def _causes(causes: Sequence[Cause]) -> Iterator[str]:
    likely = [one for one in causes if one.status in {"present", "probable", "possible"}]
    for one in likely[: MOST["causes"]]:
        why = "; ".join(row.text for row in one.for_[: MOST["evidence"]])
        doubts = "; ".join(row.text for row in one.against[: MOST["evidence"]])
        tests = [name_of(name) for name in one.missing if _is_a_test(name)]
        asked = [name_of(name) for name in one.missing if not _is_a_test(name)]
        said = [
            f"{one.title} ({one.status}){f': {why}' if why else ''}.",
            f"Against it: {doubts}." if doubts else "",
            f"Tests asked for: {listed(tests[: MOST['tests']])}." if tests else "",
            f"Not known yet: {listed(asked[: MOST['tests']])}." if asked else "",
            f"To be sure: {one.confirm}" if one.confirm else "",
        ]
        yield " ".join(part for part in said if part)


def _is_a_test(name: str) -> bool:
    """Whether it takes a practice to find this out; the rest a person can tell."""
    effort = folder("policy")["policy/effort.yaml"]["effort"]
    known = quantities().get(name)
    if known is None:
        return False
    rank = effort.get(name, effort["otherwise_number" if known.kind == "number" else "otherwise_question"])
    return bool(rank >= effort["otherwise_number"])


def _medicines(plan: Plan) -> list[str]:
    review = next((item for item in plan.items if item.id == "medication_review"), None)
    lines = [*_referred(review), *(review.dose or "").split("\n")] if review else []
    return [line for line in lines if line][: MOST["medicines"]]


def _referrals(plan: Plan) -> list[str]:
    withheld = [f"{plan.withheld}."] if plan.withheld else []
    told_elsewhere = {"medication_review"}
    items = [
        item
        for item in plan.items
        if item.status == "refer" and item.id not in told_elsewhere and (item.group != "supplements" or _referred(item))
    ]
    asked: dict[str, list[str]] = {}
    for item in items:
        asked.setdefault(_reason(item), []).append(item.treatment)
    return [*withheld, *(f"{'; '.join(names)}: {why}" for why, names in list(asked.items())[: MOST["refer"]])]


def _referred(item: PlanItem) -> list[str]:
    """What a doctor has to know of the gates that hand a step over."""
    return [gate.professional for gate in item.gates_failed if gate.action in {"stop", "refer"}]


def _reason(item: PlanItem) -> str:
    said = _referred(item) or ((item.dose or "").split("\n") if item.id in NAMES_THE_CLINIC else [])
    return " ".join(said) or "; ".join(item.why[:2])


def _questions(plan: Plan) -> list[str]:
    """The open safety questions of the steps that a person wants to begin, each once."""
    asked = [
        question
        for item in plan.items
        if item.status == "ask_first" and item.when == "now"
        for gate in item.gates_open
        for question in gate.asks
    ]
    once = list(dict.fromkeys(asked))
    more = f" and {len(once) - MOST['questions']} more" if len(once) > MOST["questions"] else ""
    return [f"Is any of this known of me: {' '.join(once[: MOST['questions']])}{more}"] if once else []
