"""The words of programme and meals, shared by the terminal and the page."""

from __future__ import annotations

from myoscope.assess.result_programme import MealDay, Meals, Programme, ProgrammePhase
from myoscope.report import wording


def dose_words(phase: ProgrammePhase) -> str:
    """'2 sets of 8 to 12, two more would still go; rest two minutes'."""
    load = ""
    if phase.percent_1rm:
        load = f" at {phase.percent_1rm[0]:.0f}-{phase.percent_1rm[1]:.0f} % of the most you can lift once"
    lighter = " A lighter week, on purpose." if phase.lighter else ""
    fewest, most = phase.repetitions
    return (
        f"{wording.plural(phase.sets, 'set')} of {fewest} to {most}{load}, {phase.effort}; rest {phase.rest}.{lighter}"
    )


def aim_words(meals: Meals) -> str:
    """The aim of the day, such as 'Aim: 69 g of protein a day, 2190 kcal (your energy target)'."""
    most = "at most " if meals.ceiling else ""
    each = f" ({meals.each_meal[:1].lower()}{meals.each_meal[1:]})" if meals.each_meal else ""
    energy = f"{meals.energy_kcal:.0f} kcal ({meals.energy_basis})"
    return f"Aim: {most}{meals.protein_g:.0f} g of protein a day{each}, {energy}."


def remarks(meals: Meals) -> list[str]:
    """What a reader must know before eating by it: questions still open, what nobody asked about."""
    found = []
    if meals.ask_first and meals.days:
        found.append("First the safety questions about protein, above all about your kidneys.")
    if meals.days and not meals.diet_told:
        found.append("You did not say how you eat: here is one day of each kind.")
    if meals.left_out:
        found.append(f"Left out for you: {wording.listed(meals.left_out)}.")
    if meals.not_asked and meals.days:
        found.append(
            f"Not asked: whether you must leave out {wording.listed(meals.not_asked, 'or')}. Change what you must."
        )
    return found


def day_words(day: MealDay) -> str:
    """'69 g of protein, 2188 kcal, about 5 g of leucine'; minerals where they count."""
    found = [f"{day.protein_g:.0f} g of protein", f"{day.energy_kcal:.0f} kcal"]
    if day.leucine_g is not None:
        found.append(f"about {day.leucine_g:.0f} g of leucine")
    if day.phosphorus_mg is not None:
        found.append(f"phosphate {day.phosphorus_mg:.0f} mg")
    if day.potassium_mg is not None:
        found.append(f"potassium {day.potassium_mg:.0f} mg")
    return ", ".join(found)


def leave_out(programme: Programme) -> list[tuple[str, list[str]]]:
    """Each reason that nobody has asked about, with the exercises to leave out where it is true."""
    found: dict[str, list[str]] = {}
    for exercise in programme.exercises:
        for reason in exercise.leave_out_if:
            found.setdefault(reason, []).append(exercise.title)
    return list(found.items())
