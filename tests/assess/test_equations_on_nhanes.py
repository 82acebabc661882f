"""The estimation equations on Americans whose limbs were measured by DXA (NHANES 2003-2004 and 2011-2012).

Bounds here are our own snapshot of what the equations did on these data, not numbers of a paper. The same numbers
stand in docs/estimates_on_nhanes.md; to write its tables anew: python tests/assess/test_equations_on_nhanes.py
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from myoscope.estimates import probability_below
from myoscope.estimates.equations import Equation, equations, estimate
from myoscope.rules import Facts
from myoscope.sources import folder

ROOT = Path(__file__).resolve().parents[2]
NHANES = ROOT.parent / "shared" / "data" / "nhanes"
PAGE = ROOT / "docs" / "estimates_on_nhanes.md"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif(not NHANES.is_dir(), reason="../shared/data is not there: real data are not in the repository"),
]

# RIDRETH1; from 2011 on RIDRETH3, which tells Asian people apart
ANCESTRY = {1: "hispanic", 2: "hispanic", 3: "european", 4: "african", 5: "other", 6: "asian", 7: "other"}
COLUMNS = {
    "age_years": "age_years",
    "height_cm": "height_cm",
    "weight_kg": "weight_kg",
    "waist_cm": "waist_circumference_cm",
    "calf_circ_cm": "calf_circumference_cm",
    "midarm_circ_cm": "arm_circumference_cm",
    "triceps_skinfold_mm": "triceps_skinfold_mm",
    "bia_resistance_50khz_ohm": "bia_resistance_ohm",
    "bia_reactance_50khz_ohm": "bia_reactance_ohm",
    "grip_max_kg": "grip_strength_kg",
}
CUTOFF = {"male": 7.0, "female": 5.5}  # kg/m², EWGSOP2
BANDS = ((0, 0.05), (0.05, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.95), (0.95, 1.01))


@dataclass(frozen=True)
class Row:
    """One equation in one person. Kilograms; `dxa` is the same by DXA; for whole-body muscle Kim 2002 from the limbs."""

    equation: Equation
    sex: str
    age: float
    ancestry: str
    bmi: float
    height_m: float
    estimate: float
    dxa: float
    fits: bool

    @property
    def error(self) -> float:
        return self.estimate - self.dxa

    @property
    def chance_low(self) -> float:
        area = self.height_m**2
        return probability_below(self.estimate / area, (self.equation.standard_error or 0) / area, CUTOFF[self.sex])

    @property
    def is_low(self) -> bool:
        return self.dxa / self.height_m**2 < CUTOFF[self.sex]


def people(name: str, race: str) -> Iterator[tuple[dict[str, Any], Facts]]:
    """Adults of 20 and over with DXA; a column that is empty is left out of the facts."""
    import polars as pl

    frame = pl.read_parquet(NHANES / f"{name}.parquet").filter(
        (pl.col("age_years") >= 20) & pl.all_horizontal(pl.col("alm_kg", "height_cm", "weight_kg").is_not_null())
    )
    for row in frame.iter_rows(named=True):
        values: dict[str, Any] = {
            ours: float(row[theirs]) for theirs, ours in COLUMNS.items() if row.get(theirs) is not None
        }
        values |= {"sex": row["sex"], "ancestry": ANCESTRY[int(row[race])]}
        values["bmi_kg_m2"] = values["weight_kg"] / (values["height_cm"] / 100) ** 2
        if {"bia_reactance_ohm", "bia_resistance_ohm"} <= values.keys():
            values["phase_angle_deg"] = math.degrees(
                math.atan(values["bia_reactance_ohm"] / values["bia_resistance_ohm"])
            )
        yield row, Facts(values)


def inside(equation: Equation, facts: Facts) -> bool:
    """Whether age and BMI are those of the people the equation was made on (ancestry is looked at apart)."""
    return all(allowed.holds(facts.values[variable]) for variable, allowed in equation.valid)


def by_dxa(row: dict[str, Any], target: str) -> float | None:
    """What DXA says of the equation's target; fat-free mass is lean mass and bone mineral."""
    lean, bone, fat = (row[f"dxa_total_{part}_g"] for part in ("lean", "bmc", "fat"))
    limbs: float = row["alm_kg"]
    match target:
        case "alm_kg":
            return limbs
        case "skeletal_muscle_mass_kg":  # Kim 2002, model 3
            return 1.13 * limbs - 0.02 * row["age_years"] + 0.61 * (row["sex"] == "male") + 0.97
        case "fat_free_mass_kg" if lean is not None and bone is not None:
            return float(lean + bone) / 1000
        case "lean_mass_kg" if lean is not None:
            return float(lean) / 1000
        case "fat_mass_kg" if fat is not None:
            return float(fat) / 1000
        case "body_fat_percent":
            return None if row["dxa_total_fat_percent"] is None else float(row["dxa_total_fat_percent"])
        case _:
            return None


@cache
def rows() -> tuple[Row, ...]:
    found = []
    tables = (("dxa_bia_anthro_2003_2004", "race_eth_code"), ("dxa_grip_2011_2012", "race_eth3_code"))
    used = [one for one in equations().values() if one.converts is None and one.method != "dxa"]
    for number, (name, race) in enumerate(tables):
        for row, facts in people(name, race):
            for equation in used:
                if number and not equation.id.startswith("furushima"):
                    continue  # the second table is needed only where a grip is
                one = estimate(equation, facts)
                if one is None:
                    continue
                dxa = by_dxa(row, equation.estimates)
                if dxa is None:
                    continue
                found.append(
                    Row(
                        equation, row["sex"], row["age_years"], facts.values["ancestry"], facts.values["bmi_kg_m2"],
                        row["height_cm"] / 100, one.value, dxa, inside(equation, facts),
                    )
                )  # fmt: skip
    return tuple(found)


def of(name: str, keep: Callable[[Row], bool] = lambda _: True, *, fits: bool = True) -> list[Row]:
    return [row for row in rows() if row.equation.id.startswith(name) and row.fits is fits and keep(row)]


def bias(group: list[Row]) -> float:
    return statistics.fmean(row.error for row in group)


def rmse(group: list[Row]) -> float:
    return math.sqrt(statistics.fmean(row.error**2 for row in group))


def correlation(group: list[Row]) -> float:
    return statistics.correlation([row.estimate for row in group], [row.dxa for row in group])


def covered(group: list[Row]) -> float:
    """The share of people whose DXA lies inside the estimate's 95 % interval by the printed standard error."""
    return statistics.fmean(abs(row.error) <= 1.959964 * (row.equation.standard_error or 0) for row in group)


# ---- the tables of the page

NAMES = {
    "kyle_2003": "Kyle 2003 (BIA)", "kawakami": "Kawakami 2021 (tape)", "furushima": "Furushima 2017 (tape, grip)",
    "sergi": "Sergi 2015 (BIA)", "janssen": "Janssen 2000 (BIA) ¹", "lee_2000": "Lee 2000 (weight, height) ¹",
}  # fmt: skip
SEXES = {"female": "women", "male": "men"}
OTHERS = {
    "kyle_2001": "fat-free mass: Kyle 2001 (BIA)", "deurenberg_1991": "fat-free mass: Deurenberg 1991 (BIA)",
    "lukaski_1986": "fat-free mass: Lukaski 1986 (BIA)", "sun_2003": "fat-free mass: Sun 2003 (BIA)",
    "macias_2007": "fat-free mass: Macias 2007 (BIA)", "schifferli_2011": "fat-free mass: Schifferli 2011 (BIA)",
    "janmahasatian_2005": "fat-free mass: Janmahasatian 2005 (weight, height)",
    "alsallami_2015": "fat-free mass: Al-Sallami 2015 (weight, height, age)",
    "boer_1984": "fat-free mass: Boer 1984 (weight, height)", "hume_1966": "fat-free mass: Hume 1966 (weight, height)",
    "james_1976": "fat-free mass: James 1976 (weight, height)", "garrow_1985": "fat-free mass: Garrow 1985 (weight, height)",
    "campa_2026": "whole-body muscle: Campa 2026 (BIA) ¹", "heymsfield_1982": "whole-body muscle: Heymsfield 1982 (arm) ¹",
    "lee_2017_lean": "lean mass: Lee 2017 (weight, height, waist) ³",
}  # fmt: skip


def error_line(label: str, group: list[Row]) -> str:
    spread = statistics.stdev(row.error for row in group)
    printed = group[0].equation.standard_error
    return (
        f"| {label} | {len(group)} | {bias(group):+.2f} | {spread:.2f} | {rmse(group):.2f} | {correlation(group):.2f} "
        + (f"| {printed:.2f} | {100 * covered(group):.0f} % |" if printed else "| not read | |")
    )


def table_by(title: str, groups: list[tuple[str, list[Row]]]) -> list[str]:
    head = f"| {title} | n | mean error | SD of error | RMSE | r | printed SE | inside printed 95 % |"
    return [head, "| --- |" + " ---: |" * 7, *(error_line(label, group) for label, group in groups if len(group) > 20)]


def by_equation() -> list[str]:
    groups = []
    for name, label in NAMES.items():
        for sex, people_of in SEXES.items():
            fits = name != "sergi"  # BIA was measured up to 49 years only, and Sergi begins at 60
            group = of(name, lambda row, sex=sex: row.sex == sex, fits=fits)
            groups.append((f"{label}, {people_of}" + ("" if fits else " of 20-49 ²"), group))
    return table_by("equation", groups)


def by_other_equation() -> list[str]:
    groups = []
    for name, label in OTHERS.items():
        for sex, people_of in SEXES.items():
            groups.append((f"{label}, {people_of}", of(name, lambda row, sex=sex: row.sex == sex)))
    return table_by("other equations", groups)


def by_age() -> list[str]:
    groups = []
    for name in ("kyle_2003", "kawakami"):
        for sex, people_of in SEXES.items():
            for decade in range(20, 90, 10):
                group = of(name, lambda row, sex=sex, d=decade: row.sex == sex and d <= row.age < d + 10)
                groups.append((f"{NAMES[name]}, {people_of} {decade}-{decade + 9}", group))
    return table_by("by age", groups)


def by_ancestry() -> list[str]:
    groups = []
    for name in ("kyle_2003", "kawakami", "furushima"):
        for sex, people_of in SEXES.items():
            for ancestry in ("european", "african", "hispanic", "asian"):
                group = of(name, lambda row, sex=sex, a=ancestry: row.sex == sex and row.ancestry == a)
                groups.append((f"{NAMES[name]}, {ancestry} {people_of}", group))
    return table_by("by ancestry", groups)


def by_bmi() -> list[str]:
    groups = []
    for sex, people_of in SEXES.items():
        for low, high in ((0, 20), (20, 25), (25, 30), (30, 35), (35, 99)):
            group = of("kawakami", lambda row, s=sex, lo=low, hi=high: row.sex == s and lo <= row.bmi < hi)
            span = f"below {high}" if not low else f"{low} and over" if high == 99 else f"{low} to {high}"
            groups.append((f"{NAMES['kawakami']}, {people_of}, BMI {span}", group))
    return table_by("by weight", groups)


def calibration(name: str, sex: str) -> list[tuple[float, float, list[Row]]]:
    group = of(name, lambda row: row.sex == sex)
    return [(low, high, [row for row in group if low <= row.chance_low < high]) for low, high in BANDS]


def by_probability() -> list[str]:
    lines = ["| said: chance of lying below | " + " | ".join(
        f"{NAMES[name]}, {people_of}" for name in ("kyle_2003", "kawakami") for people_of in SEXES.values()
    ) + " |", "| --- |" + " ---: |" * 4]  # fmt: skip
    columns = [calibration(name, sex) for name in ("kyle_2003", "kawakami") for sex in SEXES]
    for index, (low, high) in enumerate(BANDS):
        cells = []
        for column in columns:
            group = column[index][2]
            low_ones = sum(row.is_low for row in group)
            share = f"{100 * low_ones / len(group):.0f} %" if len(group) >= 10 else "few"
            cells.append(f"{share} ({low_ones} of {len(group)})")
        lines.append(f"| {100 * low:.0f} to {min(100, 100 * high):.0f} % | " + " | ".join(cells) + " |")
    return lines


TABLES = {
    "equation": by_equation, "others": by_other_equation, "age": by_age, "ancestry": by_ancestry, "bmi": by_bmi, "probability": by_probability,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_the_page_says_what_the_data_say(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [line for line in TABLES[name]() if line not in page]
    assert not missing, "docs/estimates_on_nhanes.md is out of date: run this file as a program\n" + "\n".join(missing)


# ---- the snapshot

# equation, sex: people, mean error and root mean square error (kg; estimate less DXA; ours, November 2026), and the
# standard error that the paper prints (kg).
SNAPSHOT = {
    ("kyle_2003", "female"): (687, 0.75, 1.53, 1.12),
    ("kyle_2003", "male"): (748, 0.14, 1.86, 1.12),
    ("kawakami", "female"): (1058, 1.99, 2.76, 1.20),
    ("kawakami", "male"): (1035, 0.23, 1.74, 1.20),
    ("furushima", "female"): (1209, 1.06, 2.01, 1.02),
    ("furushima", "male"): (1370, 0.95, 2.30, 1.10),
}


@pytest.mark.parametrize(("name", "sex"), SNAPSHOT)
def test_snapshot_of_the_errors(name: str, sex: str) -> None:
    count, mean, root, _ = SNAPSHOT[name, sex]
    group = of(name, lambda row: row.sex == sex)
    assert len(group) == count
    assert bias(group) == pytest.approx(mean, abs=0.02)
    assert rmse(group) == pytest.approx(root, abs=0.02)
    assert correlation(group) > 0.85


@pytest.mark.parametrize("name", [*NAMES, *OTHERS])
def test_errors_elsewhere_in_the_knowledge_base_are_those_of_the_page(name: str) -> None:
    for equation in equations().values():
        entry = folder("equations")[f"equations/{equation.id}.yaml"]
        for told in entry.get("error_elsewhere") or []:
            if equation.id.startswith(name) and told["source"] == "nhanes_estimates":
                group = [row for row in of(equation.id) if row.sex == told["sex"]]
                assert f"{rmse(group):.2f}" == f"{told['value']:.2f}", (equation.id, told["sex"], len(group))
                assert f"{len(group):,} " in told["population"], (equation.id, told["sex"], len(group))


def test_errors_are_larger_than_the_papers_print() -> None:
    """Why the page warns: in people whom the equations were not made on, no printed standard error holds."""
    for (name, sex), (*_, printed) in SNAPSHOT.items():
        errors = [abs(row.error) for row in of(name, lambda row, sex=sex: row.sex == sex)]
        assert statistics.fmean(error <= 1.96 * printed for error in errors) < 0.90, (name, sex)


def test_a_higher_chance_means_more_people_below() -> None:
    """Not calibrated, but in order: the more is said, the more it is so (bands with 20 people or more)."""
    for name in ("kyle_2003", "kawakami"):
        for sex in SEXES:
            shares = [
                statistics.fmean(row.is_low for row in group)
                for _, _, group in calibration(name, sex)
                if len(group) >= 20
            ]
            assert shares == sorted(shares), (name, sex, shares)


def rewrite() -> None:
    """Write the tables of the page anew, between their markers."""
    page = PAGE.read_text(encoding="utf-8")
    for name, build in TABLES.items():
        text = f"<!-- {name} -->\n\n" + "\n".join(build()) + f"\n\n<!-- end {name} -->"
        page = re.sub(f"<!-- {name} -->.*?<!-- end {name} -->", lambda _, text=text: text, page, flags=re.DOTALL)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
