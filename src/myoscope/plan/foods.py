"""Foods with their weights, dishes made of them, and who eats what: read from `knowledge/foods/`.

Nutrients are those of 100 g as eaten (protein and leucine in g, energy in kcal, minerals in mg); a value that the table
does not have is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.rules import Facts, RuleBook, evaluate
from myoscope.sources import Citation, KnowledgeError, citation, folder, table


@dataclass(frozen=True, slots=True)
class Food:
    """One food; nutrients are those of 100 g as eaten, None where the table has no value.

    `measure` is a kitchen measure, `measure_g` its weight in g.
    """

    id: str
    ndb: str
    name: str
    origin: str
    contains: frozenset[str]
    measure: str
    measure_g: float
    protein_g: float
    energy_kcal: float
    leucine_g: float | None
    phosphorus_mg: float | None
    potassium_mg: float | None


@dataclass(frozen=True, slots=True)
class Dish:
    """A dish: each food with its fewest and most kitchen measures."""

    id: str
    title: str
    items: tuple[tuple[Food, int, int], ...]


@cache
def policy() -> dict[str, Any]:
    """`knowledge/foods/foods.yaml`."""
    return dict(folder("foods")["foods/foods.yaml"])


@cache
def foods() -> dict[str, Food]:
    """Every food by id."""
    return {row["id"]: _food(row) for row in table("foods/foods.csv")}


def _food(row: Mapping[str, str]) -> Food:
    def amount(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    protein, energy = amount("protein_g"), amount("energy_kcal")
    if protein is None or energy is None:
        raise KnowledgeError(f"foods/foods.csv: {row['id']} needs protein_g and energy_kcal")
    return Food(
        row["id"], row["ndb"], row["name"], row["origin"], frozenset(row["contains"].split()), row["measure"],
        float(row["measure_g"]), protein, energy, amount("leucine_g"), amount("phosphorus_mg"), amount("potassium_mg"),
    )  # fmt: skip


@cache
def dishes() -> dict[str, tuple[Dish, ...]]:
    """Occasion -> its dishes; lunch and dinner share the main dishes, dinner begins in the middle of the list."""
    read = {
        kind: tuple(_dish(row) for row in folder("foods")["foods/dishes.yaml"][kind])
        for kind in ("breakfast", "main", "snack", "extras")
    }
    half = len(read["main"]) // 2
    return {
        "breakfast": read["breakfast"],
        "lunch": read["main"],
        "dinner": read["main"][half:] + read["main"][:half],
        "snack": read["snack"],
        "extras": read["extras"],
    }


def _dish(row: Mapping[str, Any]) -> Dish:
    items = []
    for name, count in row["items"].items():
        if name not in foods():
            raise KnowledgeError(f"foods/dishes.yaml: {row['id']}: no food {name!r} in foods.csv")
        low, high = count if isinstance(count, list) else (count, count)
        items.append((foods()[name], int(low), int(high)))
    return Dish(row["id"], row["title"], tuple(items))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person eats and must leave out.

    Attributes:
        diets: the ways of eating to plan for; several where nobody said.
        told: whether the way of eating is known.
        left_out: what is left out, in words.
        unknown: what nobody has asked about, in words.

    """

    diets: tuple[str, ...]
    told: bool
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]
    origins_out: frozenset[str]
    contents_out: frozenset[str]

    def fits(self, food: Food, diet: str) -> bool:
        """Whether the food fits this way of eating and nothing speaks against it."""
        return (
            food.origin in policy()["diets"][diet]
            and food.origin not in self.origins_out
            and not food.contains & self.contents_out
        )


@cache
def file_citation() -> Citation:
    """Where the food values stand."""
    found = citation(policy())
    if found is None:
        raise KnowledgeError("foods/foods.yaml: needs source, place and read")
    return found


@cache
def _rules() -> RuleBook:
    return RuleBook("foods/foods.yaml", policy())


def answer(rule: str, facts: Facts) -> bool | None:
    """A rule of the foods file, answered for one person."""
    return evaluate(_rules().rule(rule), facts).answer


def referred(facts: Facts) -> list[str]:
    """Why this person's meals are somebody else's to set; empty when they may come from here."""
    return [row["says"] for row in policy()["refer"] if answer(row["rule"], facts)]


def counts_minerals(facts: Facts) -> bool:
    """Whether phosphate and potassium of the day are shown: the kidneys are weak, or nobody knows."""
    return answer(policy()["count_minerals"], facts) is not False


def per_meal(facts: Facts) -> tuple[str, Citation]:
    """What is said about protein at each meal, with its source."""
    rows = policy()["for_each_meal"]
    row = next(row for row in rows if "when" not in row or answer(row["when"], facts))
    return str(row["text"]), citation(row, file_citation()) or file_citation()


def wishes(facts: Facts) -> Wishes:
    """How the person eats and what must be left out. What nobody knows is named, never taken for "no"."""
    told = facts.values.get("diet")
    for diet, rule in policy()["same_as"].items():
        if answer(rule, facts):
            told = diet
    out: dict[str, None] = {}
    unknown: dict[str, None] = {}
    origins: set[str] = set()
    contents: set[str] = set()
    diets = (told,) if isinstance(told, str) else tuple(policy()["when_not_told"])
    may_hold = [food for food in foods().values() if any(food.origin in policy()["diets"][diet] for diet in diets)]
    for row in policy()["avoid"]:
        known = answer(row["rule"], facts)
        if known:
            out[row["says"]] = None
            origins.update([row["origin"]] if "origin" in row else [])
            contents.update([row["contains"]] if "contains" in row else [])
        elif known is None and any(
            row.get("contains") in food.contains or row.get("origin") == food.origin for food in may_hold
        ):
            unknown[row["says"]] = None
    return Wishes(diets, isinstance(told, str), tuple(out), tuple(unknown), frozenset(origins), frozenset(contents))
