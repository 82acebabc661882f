"""The exercise programme and the meals as the result shows them."""

from __future__ import annotations

from collections.abc import Iterable

from myoscope.assess.first_week import first_week
from myoscope.assess.letter import letter
from myoscope.assess.part import Cited
from myoscope.assess.result import Assessment
from myoscope.assess.result_programme import (
    Meal,
    MealDay,
    Meals,
    Portion,
    Programme,
    ProgrammeDay,
    ProgrammeExercise,
    ProgrammePhase,
)
from myoscope.assess.words import cited
from myoscope.plan import Composed, Step
from myoscope.plan.foods import Food, Wishes, counts_minerals, file_citation, per_meal, policy, referred, wishes
from myoscope.plan.meals import Aim, Day, days, energy_aim, enough_energy, meets
from myoscope.plan.programme import MAY_BEGIN, TRAINING, Fitted, Phase, effort, fit
from myoscope.rules import Facts
from myoscope.sources import Citation, citation

PROTEIN, ENERGY = "protein_target", "energy_target"


def made_doable(answer: Assessment, composed: Composed, facts: Facts) -> Assessment:
    """The answer with programme, meals, first week and letter; a withheld plan gets the letter only."""
    given: dict[str, object] = {"letter": letter(answer)}
    if answer.plan.withheld is None:
        programme = programme_part(composed, facts)
        protein = next((item.grams_per_day for item in answer.plan.items if item.id == PROTEIN), None)
        meals = meals_part(composed, protein, facts)
        week = first_week(composed, programme, meals, answer.next_measurements, facts)
        given |= {"programme": programme, "meals": meals, "first_week": week}
    return answer.model_copy(update=given)


def programme_part(composed: Composed, facts: Facts) -> Programme | None:
    """The programme of one person; None where strength training may not begin."""
    fitted = fit(composed, facts)
    if fitted is None:
        return None
    chosen = fitted.programme
    training = next(step for step in composed.steps if step.treatment.id == TRAINING)
    hard, warm_up, where = effort()
    walk = [chosen.walk[1]] if fitted.walks else []
    return Programme(
        id=chosen.id,
        title=chosen.title,
        plain=chosen.plain,
        because=fitted.because,
        ask_first=fitted.ask_first,
        begin_week=fitted.begin_week,
        minutes=chosen.minutes,
        warm_up=warm_up,
        effort=hard,
        exercises=[
            ProgrammeExercise(
                id=one.exercise.id,
                title=one.exercise.title,
                how=one.exercise.how,
                trains=list(one.exercise.trains),
                equipment=one.exercise.equipment,
                easier=one.exercise.easier,
                harder=one.exercise.harder,
                weeks=(one.from_week, one.to_week),
                instead_of=one.instead_of[0].title if one.instead_of else None,
                because=one.instead_of[1] if one.instead_of else None,
                leave_out_if=list(one.leave_out_if),
            )
            for one in fitted.placed
        ],
        left_out=[f"{one.title}: {why}" for one, why in fitted.left_out],
        phases=[_phase(fitted, phase) for phase in chosen.phases if phase.weeks[1] >= fitted.begin_week],
        walk=chosen.walk[0] if fitted.walks else None,
        progress=chosen.progress[0],
        after=chosen.after,
        stop=list(training.treatment.stop_rules),
        sources=_once(
            [chosen.citation, *(phase.citation for phase in chosen.phases), chosen.progress[1], where, *walk]
        ),
    )


def _phase(fitted: Fitted, phase: Phase) -> ProgrammePhase:
    first = max(phase.weeks[0], fitted.begin_week)
    session = [one.exercise.id for one in fitted.session(first)]
    training = [ProgrammeDay(day=day, kind="training", exercises=session) for day in fitted.days(first)]
    walks = [ProgrammeDay(day=day, kind="walk") for day in fitted.walk_days(first)]
    return ProgrammePhase(
        weeks=(first, phase.weeks[1]),
        days=[*training, *walks],
        sets=phase.sets,
        repetitions=phase.repetitions,
        percent_1rm=phase.percent_1rm,
        effort=phase.effort,
        rest=phase.rest,
        lighter=phase.lighter,
        source=cited(phase.citation),
    )


def meals_part(composed: Composed, grams_per_day: tuple[float, float] | None, facts: Facts) -> Meals | None:
    """The meals of one person; None where protein is no step of the plan.

    Args:
        composed: the plan.
        grams_per_day: the person's protein target in g (lowest, highest), as the plan gives it.
        facts: weight, way of eating, what must be left out.

    """
    steps = {step.treatment.id: step for step in composed.steps}
    protein, energy = steps.get(PROTEIN), steps.get(ENERGY)
    if protein is None:
        return None
    reasons = _reasons(protein, energy, facts)
    line = protein.doses[0] if protein.doses else None
    if not reasons and (grams_per_day is None or line is None or line.grams_per_kg is None):
        reasons = ["Your weight is not known, so the grams are not known either."]
    if reasons or grams_per_day is None or line is None or line.grams_per_kg is None:
        return Meals(withheld=reasons)
    low, high = grams_per_day
    target = energy.doses[0] if energy and energy.status in MAY_BEGIN and energy.doses else None
    fuel = energy_aim(
        facts, low / line.grams_per_kg[0], target.kcal_per_kg if target else None, target.citation if target else None
    )
    aim = Aim((low + high) / 2, fuel.kcal, ceiling=low == high)
    wanted, (each, where) = wishes(facts), per_meal(facts)
    made = days(aim, wanted)
    minerals = counts_minerals(facts)
    return Meals(
        withheld=[] if made else ["Too few dishes fit what you leave out: a dietitian can help."],
        protein_g=aim.protein_g,
        ceiling=aim.ceiling,
        energy_kcal=aim.energy_kcal,
        energy_basis=fuel.says,
        each_meal=None if aim.ceiling else each,
        ask_first=protein.status == "ask_first",
        diet_told=wanted.told,
        left_out=list(wanted.left_out),
        not_asked=list(wanted.unknown),
        notes=_notes(wanted),
        days=[_day(day, aim, minerals=minerals) for day in made],
        sources=_once([line.citation, file_citation(), fuel.citation, *_more_sources(aim, where, minerals=minerals)]),
    )


def _reasons(protein: Step, energy: Step | None, facts: Facts) -> list[str]:
    """Why the meals are somebody else's to set: a closed gate of protein or energy, or an illness."""
    closed = [
        gate.gate.lay
        for step in (protein, energy)
        if step is not None and step.status not in MAY_BEGIN
        for gate in step.failed
        if gate.gate.action in {"stop", "refer"}
    ]
    held = [f"Not before this has been looked at: {one.flag.title}" for one in protein.held_by]
    found = [*held, *closed, *referred(facts)]
    if not found and protein.status not in MAY_BEGIN:
        found = ["Protein is not yours to raise on your own: a dietitian sets your meals."]
    return list(dict.fromkeys(found))


def _notes(wanted: Wishes) -> list[str]:
    notes = policy()["notes"]
    return [notes[diet] for diet in wanted.diets if diet in notes]


def _day(day: Day, aim: Aim, *, minerals: bool) -> MealDay:
    protein, energy = meets(day, aim), enough_energy(day, aim)
    remarks = []
    if not protein:
        remarks.append(f"These dishes give {day.protein_g:.0f} g of protein, the aim is {aim.protein_g:.0f} g.")
    if not energy:
        remarks.append(f"These dishes give {day.energy_kcal:.0f} kcal, the aim is {aim.energy_kcal:.0f} kcal.")
        if aim.ceiling:
            remarks.append("A dietitian knows foods with much energy and little protein.")
    return MealDay(
        diet=day.diet,
        meals=[
            Meal(
                occasion=occasion,
                title=helping.dish.title,
                portions=[_portion(*one, minerals=minerals) for one in helping.portions],
                protein_g=helping.protein_g,
                energy_kcal=helping.energy_kcal,
            )
            for occasion, helping in day.meals
        ],
        protein_g=day.protein_g,
        energy_kcal=day.energy_kcal,
        leucine_g=day.sum_of("leucine_g"),
        phosphorus_mg=day.sum_of("phosphorus_mg") if minerals else None,
        potassium_mg=day.sum_of("potassium_mg") if minerals else None,
        meets_protein=protein,
        meets_energy=energy,
        remarks=remarks,
    )


def _portion(food: Food, count: int, grams: float, *, minerals: bool) -> Portion:
    high = None
    if minerals and food.potassium_mg is not None:
        high = food.potassium_mg * grams / 100 > policy()["potassium_high_mg"]["value"]
    return Portion(
        food=food.name,
        ndb=food.ndb,
        amount=f"{count} × {food.measure}",
        grams=grams,
        protein_g=food.protein_g * grams / 100,
        energy_kcal=food.energy_kcal * grams / 100,
        high_in_potassium=high,
    )


def _more_sources(aim: Aim, each_meal: Citation, *, minerals: bool) -> list[Citation]:
    high = citation(policy()["potassium_high_mg"])
    return [*([] if aim.ceiling else [each_meal]), *([high] if minerals and high else [])]


def _once(citations: Iterable[Citation]) -> list[Cited]:
    """Each place of each source once."""
    return [cited(one) for one in dict.fromkeys(citations)]
