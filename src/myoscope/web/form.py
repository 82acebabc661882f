"""The form: which questions are asked in which order, and how what was typed becomes a record.

Names, units, explanations and answers come from the registry; here stands only the order. A quantity that is added to
the registry appears in the last section by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from myoscope.quantities import KINDS, Quantity, Term, quantities, terms
from myoscope.record import Problem

Fields = Mapping[str, list[str]]
"""What a browser sends: field name -> the values given for it."""

LIST_FIELDS = (*KINDS.values(), "unable", "confirmed", "complete")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form. `folded`: for those who have a doctor's papers at hand."""

    id: str
    title: str
    intro: str
    variables: tuple[str, ...]
    folded: bool = False


_ASKED = (
    Section(
        "you",
        "About you",
        "Age, sex, height and weight are enough to begin. Leave out what you do not know: nothing is guessed.",
        ("sex", "age_years", "height_cm", "weight_kg", "ancestry"),
    ),
    Section(
        "weight",
        "Your weight before",
        "Old photos, a diary or the doctor's file can help.",
        ("weight_6_months_ago_kg", "weight_12_months_ago_kg", "intended_weight_loss"),
    ),
    Section(
        "tests",
        "With a chair and a watch",
        "Only if you feel safe. Have somebody beside you. Stop when it hurts.",
        ("chair_stand_5x_s", "chair_stand_30s_count", "gait_speed_m_s", "tug_s", "grip_strength_kg"),
    ),
    Section(
        "tape",
        "With a tape measure",
        "On bare skin, without squeezing.",
        ("calf_circumference_cm", "arm_circumference_cm", "waist_circumference_cm"),
    ),
    Section(
        "eating",
        "What you eat and drink",
        "A rough answer is better than none, no answer better than a guess.",
        (
            "protein_g_per_kg_day",
            "food_intake_percent",
            "weeks_of_low_intake",
            "energy_kcal_day",
            "alcohol_g_per_day",
        ),
    ),
    Section(
        "moving",
        "How much you move",
        "In a usual week of the last three months.",
        (
            "steps_per_day",
            "resistance_sessions_per_week",
            "aerobic_min_per_week",
            "bed_rest_days",
            "immobilised_limb_days",
        ),
    ),
)

_SCAN = Section(
    "scan",
    "Smart scale or body scan",
    "What the device or the report prints.",
    (
        "alm_kg",
        "alm_method",
        "lean_mass_kg",
        "fat_free_mass_kg",
        "skeletal_muscle_mass_kg",
        "fat_mass_kg",
        "body_fat_percent",
        "bia_resistance_ohm",
        "bia_reactance_ohm",
        "phase_angle_deg",
        "l3_muscle_area_cm2",
        "l3_muscle_density_hu",
        "l3_contrast_phase",
    ),
    folded=True,
)


def sections() -> list[Section]:
    """Every section, every quantity of the registry exactly once."""
    taken = {name for section in (*_ASKED, _SCAN) for name in section.variables}
    rest = [
        known
        for known in quantities().values()
        if known.id not in taken and known.kind in {"number", "category", "yes_no"}
    ]
    scores = tuple(known.id for known in rest if known.id.endswith("_score"))
    other = tuple(known.id for known in rest if known.id not in scores)
    return [
        *_ASKED,
        _SCAN,
        Section(
            "scores",
            "Questionnaires",
            "The points of questionnaires that somebody went through with you.",
            scores,
            folded=True,
        ),
        Section(
            "papers",
            "Blood tests and other values",
            "From the laboratory's or the doctor's papers. Mind the unit.",
            other,
            folded=True,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Field:
    """One question with what was typed into it."""

    known: Quantity
    value: str = ""
    unable: bool = False
    confirmed: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        """The name with a capital letter."""
        return self.known.name[:1].upper() + self.known.name[1:]

    @property
    def may_confirm(self) -> bool:
        """Whether the value is unlikely but possible, so that the person may vouch for it."""
        return self.confirmed or any(_VOUCH in (problem.attempt or "") for problem in self.problems)

    @property
    def options(self) -> list[tuple[str, str]]:
        """(value, words) of a category or a yes/no question."""
        if self.known.kind == "yes_no":
            return [("yes", "Yes"), ("no", "No")]
        return [(value, _option(value)) for value in self.known.values]


def _option(value: str) -> str:
    words = ["DXA" if word == "dxa" else "BIA" if word == "bia" else word for word in value.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


@dataclass(frozen=True, slots=True)
class Entered:
    """A form as it was sent, and what is wrong with it."""

    fields: Fields = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def one(self, name: str) -> str:
        """The text of a field, or ''."""
        given = self.fields.get(name) or [""]
        return given[0]

    def ticked(self, name: str) -> set[str]:
        """What was ticked in a list."""
        return set(self.fields.get(name) or [])

    def vouched(self, name: str) -> bool:
        """Whether the person has vouched for this value; a tick made for another value does not count."""
        return f"{name}={self.one(name).strip()}" in self.ticked("confirmed")

    def field(self, name: str) -> Field:
        """One question of the registry."""
        return Field(
            quantities()[name],
            self.one(name),
            name in self.ticked("unable"),
            self.vouched(name),
            tuple(self.about(name)),
        )

    def touches(self, section: Section) -> bool:
        """Whether anything of a section was filled in."""
        return any(self.one(name).strip() or name in self.ticked("unable") for name in section.variables)

    def about(self, name: str) -> Iterable[Problem]:
        """The problems of one field."""
        return (problem for problem in self.problems if field_of(problem) == name)

    def carried(self) -> list[tuple[str, str]]:
        """Everything entered, to be sent along with a result page."""
        return [(name, value) for name, values in self.fields.items() for value in values if value.strip()]


def field_of(problem: Problem) -> str:
    """The field a problem belongs to, '' for none."""
    name = re.split(r"[\[. ]", problem.where, maxsplit=1)[0]
    return name if name in quantities() or name in LIST_FIELDS else "record_text" if name != "absent" else ""


def title_of(problem: Problem) -> str:
    """What a problem is about, in words."""
    known = quantities().get(field_of(problem))
    return known.name if known else problem.where.replace("_", " ")


_VOUCH = "tick the box below the field"


def in_form_words(problem: Problem) -> Problem:
    """The same problem without the syntax of a record file."""
    attempt = problem.attempt or ""
    if "confirmed: true" in attempt:
        attempt = attempt.partition(", or, if")[0] + f". If it is right as it is, {_VOUCH}"
    if attempt.startswith("Write a decimal point"):
        attempt = "Write the number without a comma, or with a point before the decimals"
    if attempt.startswith(("Leave the key out", "`myoscope")):
        attempt = "Leave the field empty if you do not know it"
    return Problem(problem.where, problem.what.replace("'", ""), attempt or None)


def contradictions(fields: Fields) -> list[Problem]:
    """Tests that were given a value and ticked as impossible: neither may be dropped unasked."""
    entered = Entered(fields)
    return [
        Problem(name, "has a value and is ticked as impossible", "Keep one of the two")
        for name in quantities()
        if name in entered.ticked("unable") and entered.one(name).strip()
    ]


def record_body(fields: Fields) -> dict[str, Any]:
    """The record that the form's fields say, to be checked like any other record."""
    entered = Entered(fields)
    body: dict[str, Any] = {}
    if entered.one("id").strip():
        body["id"] = entered.one("id").strip()
    for name, known in quantities().items():
        if known.kind not in {"number", "category", "yes_no"}:
            continue
        text = entered.one(name).strip()
        if name in entered.ticked("unable") and not text:
            body[name] = "unable"
        elif text:
            value = _typed(known, text)
            body[name] = {"value": value, "confirmed": True} if entered.vouched(name) else value
    for plural in KINDS.values():
        listed = [*(fields.get(plural) or []), *entered.one(f"{plural}_text").splitlines()]
        if wanted := [line.strip() for line in listed if line.strip()]:
            body[plural] = wanted
    if complete := [plural for plural in KINDS.values() if plural in entered.ticked("complete")]:
        body["complete"] = complete
    return body


def _typed(known: Quantity, text: str) -> float | str:
    """A number where the text is one; anything else goes on as it is, and the record says what is wrong with it."""
    if known.kind != "number":
        return text
    if re.fullmatch(r"[-+]?\d+,\d{1,2}", text):  # 68,5: with one or two digits it can only be a decimal comma
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[-+]?\d+(\.\d*)?|[-+]?\.\d+", text) else text


def checklist(kind: str) -> list[Term]:
    """The terms of one vocabulary, in the order of its file."""
    return list(terms(kind).values())
