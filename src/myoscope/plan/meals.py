"""A day's meals that meet a protein aim within an energy aim: a small search over dishes and kitchen measures.

Grams are those of food as eaten, protein in g a day, energy in kcal a day. The search is deterministic: the same person
gets the same days.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from myoscope.plan.foods import Dish, Food, Wishes, answer, dishes, file_citation, policy
from myoscope.rules import Facts
from myoscope.sources import Citation, citation


@dataclass(frozen=True, slots=True)
class Helping:
    """A dish as it is eaten: each food with its number of kitchen measures."""

    dish: Dish
    protein_g: float
    energy_kcal: float
    unusual: float
    """How far the amounts lie from the middle of what the dish allows: 0 in the middle, 1 at the ends."""
    counts: tuple[int, ...]

    @property
    def portions(self) -> Iterator[tuple[Food, int, float]]:
        """Food, kitchen measures and grams; what is left out is left out."""
        for (food, _, _), count in zip(self.dish.items, self.counts, strict=True):
            if count:
                yield food, count, count * food.measure_g


@dataclass(frozen=True, slots=True)
class Aim:
    """What a day should hold: protein in g (a ceiling where it must not be passed) and energy in kcal."""

    protein_g: float
    energy_kcal: float
    ceiling: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day: the way of eating it fits, and a helping for each occasion."""

    diet: str
    meals: tuple[tuple[str, Helping], ...]

    @property
    def protein_g(self) -> float:
        """The day's protein."""
        return sum(helping.protein_g for _, helping in self.meals)

    @property
    def energy_kcal(self) -> float:
        """The day's energy."""
        return sum(helping.energy_kcal for _, helping in self.meals)

    def sum_of(self, nutrient: str) -> float | None:
        """The day's leucine_g, phosphorus_mg or potassium_mg over the foods that have a value; None if none has."""
        found = [
            value * grams / 100
            for _, helping in self.meals
            for food, _, grams in helping.portions
            if (value := getattr(food, nutrient)) is not None
        ]
        return sum(found) if found else None


@cache
def _helpings(dish: Dish) -> list[tuple[float, float, float, tuple[int, ...]]]:
    """Every helping of a dish, the smallest first: protein, energy, how unusual, counts. Plain rows, for speed."""
    rows: list[tuple[float, float, float, tuple[int, ...]]] = [(0, 0, 0, ())]
    wide = max(1, sum(high > low for _, low, high in dish.items))
    for food, low, high in dish.items:
        protein, energy = food.protein_g * food.measure_g / 100, food.energy_kcal * food.measure_g / 100
        unusual = [abs(2 * n - low - high) / (high - low) / wide if high > low else 0 for n in range(low, high + 1)]
        rows = [
            (p + n * protein, e + n * energy, u + unusual[n - low], (*counts, n))
            for p, e, u, counts in rows
            for n in range(low, high + 1)
        ]
    return rows


@dataclass(frozen=True, slots=True)
class EnergyAim:
    """The day's energy in kcal, where it comes from in words, and the citation of a guide value."""

    kcal: float
    says: str
    citation: Citation


def energy_aim(facts: Facts, weight_kg: float, target: tuple[float, float] | None, cited: Citation | None) -> EnergyAim:
    """The day's energy: the plan's own target, else what is eaten now if that is not too little, else a guide value.

    Args:
        facts: what is eaten now (`energy_kcal_day`), age, whether weight is lost on purpose.
        weight_kg: the weight that amounts in kcal per kg are multiplied with.
        target: the plan's energy target in kcal per kg (lowest, highest), where energy is a step of the plan.
        cited: where that target stands.

    """
    if target is not None and cited is not None:
        return EnergyAim(sum(target) / 2 * weight_kg, "your energy target", cited)
    rows, above = policy()["energy"], file_citation()
    eaten, least = facts.values.get("energy_kcal_day"), rows["least_kcal_per_kg"]
    if isinstance(eaten, float) and eaten >= least["value"] * weight_kg:
        return EnergyAim(eaten, "about what you eat now", citation(least, above) or above)
    row = next(row for row in rows["guide"] if "when" not in row or answer(row["when"], facts))
    return EnergyAim(row["kcal_per_kg"] * weight_kg, row["says"], citation(row, above) or above)


def days(aim: Aim, wanted: Wishes) -> list[Day]:
    """Up to three days, as different from each other as the dishes allow; fewer where too few dishes fit."""
    number, tries = policy()["day"]["days"], policy()["day"]["tries"]
    found: list[Day] = []
    for turn in range(number):
        diet = wanted.diets[turn % len(wanted.diets)]
        fitting = {
            occasion: [dish for dish in listed if all(wanted.fits(food, diet) for food, _, _ in dish.items)]
            for occasion, listed in dishes().items()
        }
        if all(fitting.values()):
            found.append(_best_day(diet, aim, [_chosen(fitting, turn + number * again) for again in range(tries)]))
    return list(dict.fromkeys(found))


def _best_day(diet: str, aim: Aim, sets: Sequence[Mapping[str, Dish]]) -> Day:
    """The first set of dishes that meets both aims; where none does, the one that comes nearest."""
    made = []
    for taken in sets:
        made.append(Day(diet, tuple(_matched(aim, taken).items())))
        if meets(made[-1], aim) and enough_energy(made[-1], aim):
            break
    return min(made, key=lambda day: _off(day, aim))


def _chosen(fitting: Mapping[str, list[Dish]], turn: int) -> dict[str, Dish]:
    """One dish for each occasion, another one at every turn, none twice a day where there are enough."""
    taken: dict[str, Dish] = {}
    for occasion, fit in fitting.items():
        fresh = [dish for dish in fit if dish not in taken.values()] or fit
        taken[occasion] = fresh[turn % len(fresh)]
    return taken


def _off(day: Day, aim: Aim) -> tuple[bool, bool, float]:
    """How far a day lies from its aims: first the protein, then the energy, then both weighed as the policy says."""
    weigh = policy()["day"]["weigh"]
    protein, energy = abs(day.protein_g - aim.protein_g), abs(day.energy_kcal - aim.energy_kcal)
    both = weigh["protein"] * protein / aim.protein_g + weigh["energy"] * energy / aim.energy_kcal
    return not meets(day, aim), not enough_energy(day, aim), both


def _matched(aim: Aim, taken: Mapping[str, Dish]) -> dict[str, Helping]:
    """The amounts of each dish: first its own share, then in turn what the others leave open, a few times over."""
    share = policy()["day"]["share"]
    eaten = {}
    for name, dish in taken.items():
        own = share[name]["protein"] * aim.protein_g
        eaten[name] = _fittest(dish, aim, own, own, share[name]["energy"] * aim.energy_kcal)
    for _ in range(policy()["day"]["rounds"]):
        before = dict(eaten)
        for name, dish in taken.items():
            others = [helping for other, helping in eaten.items() if other != name]
            protein = aim.protein_g - sum(other.protein_g for other in others)
            energy = aim.energy_kcal - sum(other.energy_kcal for other in others)
            eaten[name] = _fittest(dish, aim, share[name]["protein"] * aim.protein_g, protein, energy)
        if before == eaten:
            break
    return eaten


def _fittest(dish: Dish, aim: Aim, own: float, missing: float, missing_kcal: float) -> Helping:
    """The helping that fits best. The weights are those of the policy; written out for speed.

    Args:
        dish: of which the amounts are sought.
        aim: the day's aim, to which the misfits are in proportion.
        own: the dish's own share of the protein, g.
        missing: the protein that the other meals leave open, g.
        missing_kcal: the energy that they leave open, kcal.

    """
    weigh = policy()["day"]["weigh"]
    whole, spread, usual = weigh["protein"] / aim.protein_g, weigh["spread"] / aim.protein_g, weigh["usual_helping"]
    fuel = weigh["energy"] / aim.energy_kcal
    over = weigh["protein"] if aim.ceiling else 0  # a ceiling is kept before anything else
    best, least = _helpings(dish)[0], math.inf
    for row in _helpings(dish):
        protein, energy, unusual, _ = row
        misfit = usual * unusual + spread * abs(protein - own) + fuel * abs(energy - missing_kcal)
        misfit += whole * abs(protein - missing) + (over if protein > missing else 0)
        if misfit < least:
            best, least = row, misfit
    return Helping(dish, *best)


def enough_energy(day: Day, aim: Aim) -> bool:
    """Whether the day's energy lies within the allowed share of the aim."""
    return bool(abs(day.energy_kcal - aim.energy_kcal) <= policy()["energy"]["within"]["value"] * aim.energy_kcal)


def meets(day: Day, aim: Aim) -> bool:
    """Whether the day's protein lies within the allowed share of the aim (and below it, where it is a ceiling)."""
    within = policy()["day"]["within"]
    near = bool(abs(day.protein_g - aim.protein_g) <= within * aim.protein_g)
    return near and not (aim.ceiling and day.protein_g > aim.protein_g)
