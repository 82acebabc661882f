"""First week, exercise programme, meals and letter, in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from myoscope.assess.result import Assessment
from myoscope.assess.result_programme import (
    FirstWeek,
    Letter,
    MealDay,
    Meals,
    Programme,
    ProgrammeDay,
)
from myoscope.report import doable, wording
from myoscope.report.terminal_lines import bullet, heading, line


def parts(assessment: Assessment) -> Iterable[RenderableType]:
    """Everything that makes the plan doable; nothing where the plan is withheld but the letter."""
    if assessment.first_week:
        yield from _first_week(assessment.first_week)
    if assessment.programme:
        yield from _programme(assessment.programme)
    if assessment.meals:
        yield from _meals(assessment.meals)
    if assessment.letter:
        yield from _letter(assessment.letter)


def _first_week(week: FirstWeek) -> Iterable[RenderableType]:
    yield heading("YOUR FIRST WEEK")
    for number, step in enumerate(week.steps, start=1):
        yield bullet(f"{number}.", (step.title, "bold"), f" ({', '.join(step.days)}): {step.says}")
        if step.check_first:
            yield bullet("!", step.check_first, style="yellow", indent=5)
    if week.measure:
        yield line(("Measure, and in which weeks", "bold"))
    for one in week.measure:
        yield bullet("·", f"{one.name}: {wording.listed([str(number) for number in one.weeks])} ({one.why})")
    if week.changes:
        yield line(("What would change the plan", "bold"))
    for text in week.changes:
        yield bullet("↯", text)


def _programme(one: Programme) -> Iterable[RenderableType]:
    yield heading("YOUR EXERCISES")
    yield line((one.title, "bold"), f": {one.plain} Chosen because {one.because}.")
    if one.ask_first:
        yield bullet("!", wording.MAKE_SURE, style="yellow")
    for phase in one.phases:
        yield bullet(f"{_weeks(phase.weeks):<13}", f"{_days(phase.days)}: {doable.dose_words(phase)}")
    yield Text()
    for exercise in one.exercises:
        weeks = "" if exercise.weeks[1] - exercise.weeks[0] > 10 else f" ({_weeks(exercise.weeks)})"
        yield bullet("•", (exercise.title, "bold"), f"{weeks}: {exercise.how}")
        yield bullet("", f"easier: {exercise.easier}; harder: {exercise.harder}", style="dim", indent=4)
        if exercise.because:
            yield bullet("", f"in place of: {exercise.instead_of}, because {exercise.because}", style="dim", indent=4)
    for reason, titles in doable.leave_out(one):
        yield bullet("!", f"If {reason}, leave out: {', '.join(titles)}.", style="yellow")
    for text in (one.warm_up, one.effort, one.progress, one.walk or "", one.after):
        if text:
            yield line((text, "dim"))
    yield bullet("Stop:", " ".join(one.stop), style="bold")


def _weeks(weeks: tuple[int, int]) -> str:
    return f"week {weeks[0]}" if weeks[0] == weeks[1] else f"weeks {weeks[0]}-{weeks[1]}"


def _days(days: list[ProgrammeDay]) -> str:
    training = wording.listed([day.day for day in days if day.kind == "training"])
    walks = wording.listed([day.day for day in days if day.kind == "walk"])
    return training + (f"; a walk on {walks}" if walks else "")


def _meals(meals: Meals) -> Iterable[RenderableType]:
    yield heading("A DAY'S MEALS")
    for reason in meals.withheld:
        yield bullet("!", reason, style="bold")
    if meals.protein_g and meals.energy_kcal:
        yield line(doable.aim_words(meals))
    for note in [*doable.remarks(meals), *meals.notes]:
        yield bullet("!", note, style="yellow")
    for number, day in enumerate(meals.days, start=1):
        yield from _day(number, day)


def _day(number: int, day: MealDay) -> Iterable[RenderableType]:
    yield Text()
    yield line((f"Day {number} ({day.diet})", "bold"), f": {doable.day_words(day)}")
    for meal in day.meals:
        foods = ", ".join(f"{one.food} {one.grams:.0f} g ({one.amount})" for one in meal.portions)
        yield bullet("•", (meal.title, "bold"), f": {foods}. {meal.protein_g:.0f} g of protein.")
    for text in day.remarks:
        yield bullet("!", text, style="yellow")


def _letter(letter: Letter) -> Iterable[RenderableType]:
    yield heading("FOR YOUR DOCTOR")
    titles = wording.listed([section.title[:1].lower() + section.title[1:] for section in letter.sections])
    yield line(f"A letter of one page is ready ({titles}): myoscope assess FILE --letter letter.md")
