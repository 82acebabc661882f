"""Every estimation equation against what its source prints, and the mistakes that public programs made with them.

`PRINTED` writes each equation out anew, in the source's own symbols, and names the place; the numbers are worked by hand
(by Python's arithmetic, not by the formulas of the knowledge base). Values that a source itself prints are in `VALUES`.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from myoscope.assess import assess
from myoscope.estimates import equations, estimate, estimates_of
from myoscope.record import InputError, current, parse_record
from myoscope.rules import Facts
from myoscope.sources import folder

TODAY = dt.date(2026, 11, 20)
NHANES = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhanes"


def facts(**given: Any) -> Facts:
    return current(parse_record(given, today=TODAY), today=TODAY).facts


def value(name: str, **given: Any) -> float:
    found = estimate(equations()[name], facts(**given))
    assert found is not None
    return found.value


WOMAN: dict[str, Any] = {
    "sex": "female", "age_years": 72, "height_cm": 160, "weight_kg": 62, "ancestry": "european",
    "bia_resistance_ohm": 550, "bia_reactance_ohm": 50, "bia_resistance_250khz_ohm": 500,
    "bia_impedance_5khz_ohm": 620, "bia_impedance_50khz_ohm": 552, "bia_impedance_250khz_ohm": 505,
    "bia_impedance_foot_to_foot_ohm": 520, "waist_circumference_cm": 85, "hip_circumference_cm": 98,
    "calf_circumference_cm": 35, "arm_circumference_cm": 29, "forearm_circumference_cm": 24, "thigh_circumference_cm": 50,
    "triceps_skinfold_mm": 20, "thigh_skinfold_mm": 26, "calf_skinfold_mm": 15, "grip_strength_kg": 22,
    "chair_height_cm": 45, "chair_stand_5x_s": 12, "chair_stand_30s_count": 13, "l3_muscle_area_cm2": 95,
    "l3_fat_area_cm2": 350, "c3_muscle_area_cm2": 29, "creatine_pool_g": 80, "urine_creatinine_g_per_day": 0.9,
    "creatinine_mg_dl": 0.7, "cystatin_c_mg_l": 1.1,
}  # fmt: skip
MAN = WOMAN | {
    "sex": "male", "age_years": 45, "height_cm": 175, "weight_kg": 77, "bia_resistance_ohm": 480, "bia_reactance_ohm": 55,
    "arm_circumference_cm": 32, "thigh_circumference_cm": 55, "forearm_circumference_cm": 28, "ancestry": "asian",
    "triceps_skinfold_mm": 11, "thigh_skinfold_mm": 13, "calf_skinfold_mm": 8, "waist_circumference_cm": 90,
}  # fmt: skip


class Symbols:
    """A person in the symbols of the papers."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.g = given
        self.H, self.W, self.age = given["height_cm"], given["weight_kg"], given["age_years"]
        self.R, self.Xc, self.WC = (
            given["bia_resistance_ohm"],
            given["bia_reactance_ohm"],
            given["waist_circumference_cm"],
        )
        self.man, self.woman = given["sex"] == "male", given["sex"] == "female"
        self.II, self.Hm = self.H**2 / self.R, self.H / 100
        self.BMI = self.W / self.Hm**2
        self.CAG, self.CTG, self.CCG = (
            given[f"{part}_circumference_cm"] - 3.14159 * given[f"{fold}_skinfold_mm"] / 10
            for part, fold in (("arm", "triceps"), ("thigh", "thigh"), ("calf", "calf"))
        )
        self.CAMA = self.CAG**2 / (4 * 3.14159) - (10.0 if self.man else 6.5)

    def race(self, **terms: float) -> float:
        return terms.get(self.g["ancestry"], 0.0)


# id -> (the equation in the source's symbols, sex it is for, where it is printed)
PRINTED: dict[str, tuple[Callable[[Symbols], float], str | None, str]] = {
    "kyle_2001": (lambda s: -4.104 + 0.518 * s.II + 0.231 * s.W + 0.130 * s.Xc + 4.229 * s.man, None, "Kyle 2001, abstract"),
    "sun_2003_m": (lambda s: -10.678 + 0.652 * s.II + 0.262 * s.W + 0.015 * s.R, "male", "Sun 2003, three decimals"),
    "sun_2003_f": (lambda s: -9.529 + 0.696 * s.II + 0.168 * s.W + 0.016 * s.R, "female", "Sun 2003, three decimals"),
    "deurenberg_1991": (lambda s: -12.44 + 0.34 * s.II + 15.34 * s.Hm + 0.273 * s.W - 0.127 * s.age + 4.56 * s.man, None, "Deurenberg 1991, abstract"),
    "lukaski_1986": (lambda s: 0.756 * s.II + 0.110 * s.W + 0.107 * s.Xc - 5.463, None, "Lukaski 1986, Table 4"),
    "schifferli_2011": (lambda s: 8.867 * s.man + 0.369 * s.W + 0.477 * s.II + 0.037 * s.R - 22.426, None, "Schifferli 2011, Tabla 3"),
    "macias_2007": (lambda s: 0.7374 * s.II + 0.1763 * s.W - 0.1773 * s.age + 0.1198 * s.Xc - 2.4658, None, "Macias 2007, abstract"),
    "foot_to_foot_taiwan_2015": (lambda s: 13.055 + 0.204 * s.W + 0.394 * s.H**2 / 520 - 0.136 * s.age + 8.125 * s.man, None, "PMC4489024, abstract"),
    "scafoglieri_2017": (lambda s: 1.821 + 0.168 * s.II + 0.132 * s.W + 0.017 * s.Xc - 1.931 * s.woman, None, "Scafoglieri 2017, abstract"),
    "yoshida_2014_m": (lambda s: 0.197 * s.II + 0.179 * s.W - 0.019, "male", "Yoshida 2014"),
    "yoshida_2014_f": (lambda s: 0.221 * s.II + 0.117 * s.W + 0.881, "female", "Yoshida 2014"),
    "kim_2014": (lambda s: 0.104 * s.H**2 / 500 - 0.050 * s.age + 2.954 * s.man + 0.055 * s.W + 5.663, None, "Kim JH 2014, abstract"),
    "yamada_2017_m": (lambda s: 0.6947 * s.H**2 / 552 - 55.24 * 505 / 620 - 10940 / 552 + 51.33, "male", "Yamada 2017, text"),
    "yamada_2017_f": (lambda s: 0.6144 * s.H**2 / 552 - 36.61 * 505 / 620 - 9332 / 552 + 37.91, "female", "Yamada 2017, text"),
    "campa_2026": (lambda s: -17.612 + 3.397 * s.man + 0.037 * s.H**2 / s.Xc + 3.509 * math.degrees(math.atan(s.Xc / s.R)) - 0.052 * s.age, None, "Campa 2026, abstract"),
    "lee_2000_m1": (lambda s: s.Hm * (0.00744 * s.CAG**2 + 0.00088 * s.CTG**2 + 0.00441 * s.CCG**2) + 2.4 * s.man - 0.048 * s.age + s.race(asian=-2.0, african=1.1) + 7.8, None, "Lee 2000, abstract, model 1"),
    "martin_1990": (lambda s: (s.H * (0.0553 * s.CTG**2 + 0.0987 * 28**2 + 0.0331 * s.CCG**2) - 2445) / 1000, "male", "Martin 1990, abstract (grams)"),
    "heymsfield_1982_area": (lambda s: s.CAMA, None, "Heymsfield 1982: (MAC - pi TSF)² / 4 pi - 10 (men), - 6.5 (women)"),
    "heymsfield_1982_mass": (lambda s: s.H * (0.0264 + 0.0029 * s.CAMA), None, "Heymsfield 1982"),
    "d3cr_clark_2014": (lambda _: 80 / 4.3, None, "4.3 g/kg"),
    "d3cr_mri_2022": (lambda _: 80 / 5.0, None, "5.0 g/kg, abstract"),
    "wang_1996": (lambda _: 18.9 * 0.9 + 4.1, None, "Wang 1996, in a review's Table 5"),
    "wen_2011": (lambda s: 0.193 * s.W + 0.107 * s.H - 4.157 * (1 if s.man else 2) - 0.037 * s.age - 2.631, None, "Wen 2011; men 1, women 2"),
    "chien_2020_alm": (lambda s: -4.287 + 0.202 * s.W - 0.166 * 98 - 1.484 * (1 if s.man else 2) + 0.173 * 35 + 0.096 * s.H + 0.243 * s.g["forearm_circumference_cm"], None, "Chien 2020, abstract; men 1, women 2"),
    "chien_2020_lean": (lambda s: 27.479 + 0.726 * s.W - 3.383 * (1 if s.man else 2) - 0.672 * s.BMI + 0.514 * s.g["forearm_circumference_cm"] - 0.245 * 98, None, "Chien 2020, abstract"),
    "lee_2017_lean": (lambda s: 19.363 + 0.001 * s.age + 0.064 * s.H + 0.756 * s.W - 0.366 * s.WC + s.race(african=0.432, hispanic=0.231, asian=-1.007, other=-1.007) if s.man else -10.683 - 0.039 * s.age + 0.186 * s.H + 0.383 * s.W - 0.043 * s.WC + s.race(african=1.085, hispanic=-0.059, asian=-0.340, other=-0.340), None, "Lee 2017"),
    "lee_2017_fat": (lambda s: -18.592 - 0.009 * s.age - 0.080 * s.H + 0.226 * s.W + 0.387 * s.WC + s.race(african=-0.483, hispanic=-0.188, asian=1.050, other=1.050) if s.man else 11.817 + 0.041 * s.age - 0.199 * s.H + 0.610 * s.W + 0.044 * s.WC + s.race(african=-1.187, hispanic=0.073, asian=0.325, other=0.325), None, "Lee 2017"),
    "lee_2017_fat_percent": (lambda s: 0.02 - 0.07 * s.H - 0.08 * s.W + 0.48 * s.WC + s.race(african=-0.65, hispanic=0.02, asian=1.12, other=1.12) if s.man else 50.46 + 0.07 * s.age - 0.26 * s.H + 0.27 * s.W + 0.10 * s.WC + s.race(african=-1.57, hispanic=0.49, asian=0.43, other=0.43), None, "Lee 2017"),
    "boer_1984": (lambda s: 0.407 * s.W + 0.267 * s.H - 19.2 if s.man else 0.252 * s.W + 0.473 * s.H - 48.3, None, "Boer 1984"),
    "hume_1966": (lambda s: 0.3281 * s.W + 0.33929 * s.H - 29.5336 if s.man else 0.29569 * s.W + 0.41813 * s.H - 43.2933, None, "Hume 1966"),
    "james_1976": (lambda s: 1.10 * s.W - 128 * (s.W / s.H) ** 2 if s.man else 1.07 * s.W - 148 * (s.W / s.H) ** 2, None, "James 1976"),
    "janmahasatian_2005": (lambda s: 9270 * s.W / (6680 + 216 * s.BMI) if s.man else 9270 * s.W / (8780 + 244 * s.BMI), None, "Janmahasatian 2005"),
    "alsallami_2015": (lambda s: (0.88 + 0.12 / (1 + (s.age / 13.4) ** -12.7)) * 9270 * s.W / (6680 + 216 * s.BMI) if s.man else (1.11 - 0.11 / (1 + (s.age / 7.1) ** -1.1)) * 9270 * s.W / (8780 + 244 * s.BMI), None, "Al-Sallami 2015"),
    "garrow_1985": (lambda s: 0.285 * s.W + 12.1 * s.Hm**2 if s.man else 0.287 * s.W + 9.74 * s.Hm**2, None, "Garrow 1985"),
    "storset_2016": (lambda s: (11.4 if s.man else 10.2) * s.W / (81.3 + s.W) * (1 + s.H * 0.052) * (1 - s.age * 0.0007), None, "Størset 2016, abstract"),
    "mourtzakis_2008_ffm": (lambda _: 0.30 * 95 + 6.06, None, "Mourtzakis 2008"),
    "mourtzakis_2008_fat": (lambda _: 0.042 * 350 + 11.2, None, "Mourtzakis 2008"),
    "swartz_2016": (lambda s: 27.304 + 1.363 * 29 - 0.671 * s.age + 0.640 * s.W + 26.442 * (2 if s.man else 1), None, "Swartz 2016; women 1, men 2"),
    "sts_power_5": (lambda s: 0.9 * 9.81 * (0.5 * s.Hm - 0.45) / (12 / 5 * 0.5), None, "90 % of the mass, legs half the height, half the time up"),
    "sts_power_30": (lambda s: 0.9 * 9.81 * (0.5 * s.Hm - 0.45) / (30 / 13 * 0.5), None, "the same"),
    "gonzalez_2021_calf": (lambda _: 35 - 3, None, "Gonzalez 2021: 3 cm less from a BMI of 25 to 29.9"),
    "sarcopenia_index_kashani_2017": (lambda _: 0.7 / 1.1 * 100, None, "Kashani 2017"),
}  # fmt: skip
FITTED: dict[str, dict[str, Any]] = {"wen_2011": {"ancestry": "asian"}, "gonzalez_2021_calf": {"weight_kg": 70}}
ELSEWHERE = {
    "kim_2002",
    "kim_2002_model1",
    "lunar_to_horizon_f",
    "lunar_to_horizon_m",
}  # need a measured limb lean mass
OLDER = {
    "furushima_2017_f",
    "furushima_2017_m",
    "janssen_2000",
    "kawakami_2021",
    "kyle_2003",
    "lee_2000_m2",
    "sergi_2015",
}


def test_every_equation_is_written_out_here_or_in_the_older_tests() -> None:
    assert PRINTED.keys() | ELSEWHERE | OLDER == equations().keys()
    assert value("kim_2002_model1", alm_kg=20, alm_method="dxa") == pytest.approx(1.19 * 20 - 1.65)  # Kim 2002, model 1


@pytest.mark.parametrize("name", PRINTED)
def test_the_printed_equation(name: str) -> None:
    printed, sex, where = PRINTED[name]
    for person in (WOMAN | FITTED.get(name, {}), MAN):
        if sex in {None, person["sex"]}:
            assert value(name, **person) == pytest.approx(printed(Symbols(person)), abs=1e-9), where
        else:
            assert estimate(equations()[name], facts(**person)) is None, "made for the other sex"


VALUES: list[tuple[str, dict[str, Any], float, float, str]] = [
    ("schifferli_2011", {"sex": "female", "height_cm": 162, "weight_kg": 63.4, "bia_resistance_ohm": 513}, 44.45, 0.15,
     "Schifferli 2020, Tabla 2: 44.45 kg, with H²/R rounded to 51.2 (exactly 51.16)"),
    ("wen_2011", {"sex": "male", "age_years": 30, "height_cm": 180, "weight_kg": 80, "ancestry": "asian"}, 26.80, 0.005,
     "a public program's own test: 26.80 kg"),
    ("wen_2011", {"sex": "female", "age_years": 30, "height_cm": 180, "weight_kg": 80, "ancestry": "asian"}, 22.645, 0.001,
     "the same, a woman: 22.645 kg"),
    ("d3cr_clark_2014", {"creatine_pool_g": 43.0}, 10.0, 1e-9, "4.3 g/kg: 43 g are 10 kg"),
    ("d3cr_mri_2022", {"creatine_pool_g": 43.0}, 8.6, 1e-9, "5.0 g/kg: 8.6 kg, 14 % less (abstract of 2022)"),
    ("heymsfield_1982_area", {"sex": "male", "arm_circumference_cm": 31.4159, "triceps_skinfold_mm": 10.0}, 53.617, 0.001,
     "31.4159 - 3.14159 = 28.2743; squared 799.437; / 12.56636 = 63.617; less 10"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "printed", "within", "where"), VALUES)
def test_values_that_a_source_prints(
    name: str, given: dict[str, Any], printed: float, within: float, where: str
) -> None:
    assert value(name, **given) == pytest.approx(printed, abs=within), where


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.skipif(not NHANES.is_dir(), reason="../shared/data is not there: real data are not in the repository")
def test_lee_2017_runs_through_the_people_it_was_made_on() -> None:
    """NHANES 2003-2004 is a part of its sample: a least-squares equation misses it by little on average."""
    import polars as pl

    ancestry = {1: "hispanic", 2: "hispanic", 3: "european", 4: "african", 5: "other"}
    wanted = {"lean": ("dxa_total_lean_g", 1000, 0.5), "fat": ("dxa_total_fat_g", 1000, 0.5), "fat_percent": ("dxa_total_fat_percent", 1, 0.8)}  # fmt: skip
    missed: dict[tuple[str, str], list[float]] = {}
    for row in pl.read_parquet(NHANES / "dxa_bia_anthro_2003_2004.parquet").iter_rows(named=True):
        if row["age_years"] < 20 or row["waist_cm"] is None:
            continue
        body = {f"{name}_cm": row[f"{name}_cm"] for name in ("height",)} | {"weight_kg": row["weight_kg"]}
        person = Facts(
            body | {"sex": row["sex"], "age_years": float(row["age_years"]), "waist_circumference_cm": row["waist_cm"],
                    "ancestry": ancestry[int(row["race_eth_code"])]}
        )  # fmt: skip
        for target, (column, scale, _) in wanted.items():
            found = estimate(equations()[f"lee_2017_{target}"], person)
            if found and row[column] is not None:
                missed.setdefault((target, row["sex"]), []).append(found.value - row[column] / scale)
    assert len(missed) == 6
    for (target, sex), errors in missed.items():
        assert len(errors) > 1500
        assert abs(statistics.fmean(errors)) < wanted[target][2], (target, sex)


# -- the mistakes that public programs made -------------------------------------------------------------------------------

# What is wrong, the equation, the wrong arithmetic, and by how much it is off at least (own unit)
MISTAKES: list[tuple[str, str, Callable[[Symbols], float], float]] = [
    ("Kyle 2003 with the resistance in the reactance term", "kyle_2003",
     lambda s: -4.211 + 0.267 * s.II + 0.095 * s.W + 1.909 * s.man - 0.012 * s.age + 0.058 * s.R, 20),
    ("Kyle 2001 with the correlation 0.986 for the reactance", "kyle_2001",
     lambda s: -4.104 + 0.518 * s.II + 0.231 * s.W + 0.130 * 0.986 + 4.229 * s.man, 6),
    ("Janssen with the age term added", "janssen_2000", lambda s: 0.401 * s.II + 3.825 * s.man + 0.071 * s.age + 5.102, 6),
    ("Janssen with women coded 1", "janssen_2000", lambda s: 0.401 * s.II + 3.825 * s.woman - 0.071 * s.age + 5.102, 3.8),
    ("Sergi with women coded 1", "sergi_2015",
     lambda s: -3.964 + 0.227 * s.II + 0.095 * s.W + 1.384 * s.woman + 0.064 * s.Xc, 1.3),
    ("Scafoglieri with men coded 1", "scafoglieri_2017",
     lambda s: 1.821 + 0.168 * s.II + 0.132 * s.W + 0.017 * s.Xc - 1.931 * s.man, 1.9),
    ("Sun with coefficients rounded to two decimals", "sun_2003",
     lambda s: -10.68 + 0.65 * s.II + 0.26 * s.W + 0.02 * s.R if s.man else -9.53 + 0.69 * s.II + 0.17 * s.W + 0.02 * s.R, 1.5),
    ("Deurenberg with the height in centimetres in its own term", "deurenberg_1991",
     lambda s: -12.44 + 0.34 * s.II + 15.34 * s.H + 0.273 * s.W - 0.127 * s.age + 4.56 * s.man, 1000),
    ("Boer with 0.244 and 0.107 for women", "boer_1984",
     lambda s: 0.407 * s.W + 0.267 * s.H - 19.2 if s.man else 0.244 * s.W + 0.107 * s.H - 48.3, 50),
    ("Wen with women coded 0", "wen_2011", lambda s: 0.193 * s.W + 0.107 * s.H - 4.157 * s.man - 0.037 * s.age - 2.631, 8),
    ("Martin with the skinfold taken off without pi", "martin_1990",
     lambda s: (s.H * (0.0553 * (55 - 1.3) ** 2 + 0.0987 * 28**2 + 0.0331 * (35 - 0.8) ** 2) - 2445) / 1000, 3),
    ("Kim 2014 with the resistance at 50 kHz", "kim_2014",
     lambda s: 0.104 * s.II - 0.050 * s.age + 2.954 * s.man + 0.055 * s.W + 5.663, 0.2),
    ("Lee 2000 model 1 with the terms of model 2", "lee_2000_m1",
     lambda s: s.Hm * (0.00744 * s.CAG**2 + 0.00088 * s.CTG**2 + 0.00441 * s.CCG**2) + 2.4 * s.man - 0.048 * s.age - 1.2 + 7.8, 0.7),
    ("Størset with the height in metres", "storset_2016",
     lambda s: (11.4 if s.man else 10.2) * s.W / (81.3 + s.W) * (1 + s.Hm * 0.052) * (1 - s.age * 0.0007), 30),
    ("power with the whole time for the way up", "sts_power_5", lambda s: 0.9 * 9.81 * (0.5 * s.Hm - 0.45) / (12 / 5), 1.2),
    ("power with a seat of height zero", "sts_power_5", lambda s: 0.9 * 9.81 * 0.5 * s.Hm / (12 / 5 * 0.5), 3),
]  # fmt: skip


@pytest.mark.parametrize(("what", "name", "wrong", "by"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_each_mistake_gives_a_visibly_different_number(
    what: str, name: str, wrong: Callable[[Symbols], float], by: float
) -> None:
    seen = 0.0
    for person in (WOMAN | FITTED.get(name, {}), MAN):
        one = f"{name}_{'m' if person['sex'] == 'male' else 'f'}" if name == "sun_2003" else name
        found = estimate(equations()[one], facts(**person))
        if found is not None:
            seen = max(seen, abs(found.value - wrong(Symbols(person))))
    assert seen >= by, f"{what}: ours is not it"


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("height_cm", 1.60), ("bia_reactance_ohm", 550), ("calf_circumference_cm", 350), ("waist_circumference_cm", 0.85),
        ("triceps_skinfold_mm", 0.2), ("thigh_skinfold_mm", 0.26), ("hip_circumference_cm", 980), ("chair_height_cm", 0.45),
        ("chair_height_cm", 450), ("forearm_circumference_cm", 0.24), ("thigh_circumference_cm", 500),
        ("c3_muscle_area_cm2", 2900), ("l3_fat_area_cm2", 35000), ("creatine_pool_g", 0.08),
        ("urine_creatinine_g_per_day", 900), ("urine_creatinine_g_per_day", 8.0), ("bia_resistance_250khz_ohm", 5),
    ],
)  # fmt: skip
def test_implausible_units_stop(variable: str, wrong: float) -> None:
    """Metres for centimetres, millimetres, grams, milligrams: outside the guard, refused with the variable's name."""
    with pytest.raises(InputError, match=variable):
        facts(**WOMAN | {variable: wrong})


@pytest.mark.parametrize("name", [name for name, one in equations().items() if "weight_kg" in one.inputs])
def test_pounds_for_kilograms_show(name: str) -> None:
    """136.7 pounds for 62 kg: no guard can catch that, but the number moves by more than 1 in its own unit."""
    person = (MAN if equations()[name].requires[:1] == (("sex", frozenset({"male"})),) else WOMAN) | {
        "ancestry": "asian"
    }
    found = estimate(equations()[name], facts(**person))
    if found is None:
        pytest.skip("not for this person")
    heavy = estimate(equations()[name], facts(**person).having({"weight_kg": person["weight_kg"] / 0.45359237}))
    assert heavy is None or abs(heavy.value - found.value) > 1


# -- the edges of a range, words, and doubt -------------------------------------------------------------------------------


@pytest.mark.parametrize(("bmi", "less"), [(25.0, 3), (29.999, 3), (30.0, 7), (39.999, 7), (40.0, 12)])
def test_the_calf_is_adjusted_on_the_unrounded_bmi(bmi: float, less: float) -> None:
    person = facts(calf_circumference_cm=40.0).having({"bmi_kg_m2": bmi})
    found = estimate(equations()["gonzalez_2021_calf"], person)
    assert found is not None
    assert found.value == 40.0 - less


@pytest.mark.parametrize("bmi", [18.49, 24.999, None])
def test_no_adjusted_calf_where_nothing_is_taken_off_or_was_read(bmi: float | None) -> None:
    person = facts(calf_circumference_cm=40.0)
    if bmi is not None:
        person = person.having({"bmi_kg_m2": bmi})
    assert estimate(equations()["gonzalez_2021_calf"], person) is None


def test_below_is_not_up_to() -> None:
    """Lee 2000 says BMI < 30, Kyle 2001 17.0-33.8: 30 is outside the one, 33.8 inside the other."""
    for name, bmi, flagged in (("lee_2000_m1", 30.0, 1), ("lee_2000_m1", 29.999, 0), ("kyle_2001", 33.8, 0), ("kyle_2001", 33.9, 1)):  # fmt: skip
        found = estimate(equations()[name], facts(**WOMAN).having({"bmi_kg_m2": bmi}))
        assert found is not None
        assert len(found.cautions) == flagged, (name, bmi)


def test_each_equation_says_device_people_error_misuse_and_licence() -> None:
    for path, entry in folder("equations").items():
        for key in ("device", "population", "misuse", "licence", "unit", "place", "read", "inputs"):
            assert entry.get(key), f"{path} has no {key}"
        assert set(entry["inputs"]) <= equations()[entry["id"]].inputs | {"alm_method"}, path
        assert equations()[entry["id"]].inputs <= set(entry["inputs"]), path
        assert len(entry["worked"]) >= 2, path


# -- the choice -----------------------------------------------------------------------------------------------------------


def first(target: str, **given: Any) -> str:
    return estimates_of(target, facts(**given))[0].equation.id


def test_the_choice_of_an_equation() -> None:
    old = {
        key: WOMAN[key]
        for key in ("sex", "age_years", "height_cm", "weight_kg", "bia_resistance_ohm", "bia_reactance_ohm")
    }
    young = old | {"age_years": 40}
    assert first("alm_kg", **old, ancestry="european") == "sergi_2015"  # made for such a person
    assert first("alm_kg", **old, ancestry="asian") == "yoshida_2014_f"
    assert first("alm_kg", **old) == "kyle_2003"  # ancestry not known: the one that does not ask for it
    assert first("alm_kg", **young, ancestry="european") == "kyle_2003"  # Sergi begins at 60
    assert first("fat_free_mass_kg", **young, ancestry="european") == "deurenberg_1991"  # 2.16 kg elsewhere, Kyle 2.40
    assert first("fat_free_mass_kg", **young | {"sex": "male"}, ancestry="european") == "kyle_2001"  # 2.86 against 3.01
    # bioimpedance before tape and scale, even where those have a smaller printed error
    tape = {"waist_circumference_cm": 85, "calf_circumference_cm": 34, "grip_strength_kg": 20}
    assert first("alm_kg", **old, **tape, ancestry="asian") == "yoshida_2014_f"
    del old["bia_resistance_ohm"], old["bia_reactance_ohm"]
    assert first("fat_free_mass_kg", **old) == "janmahasatian_2005"  # 2.85 kg elsewhere, the smallest of its kind
    assert first("fat_free_mass_kg", **old, l3_muscle_area_cm2=95) == "mourtzakis_2008_ffm"  # a picture of muscle first


def test_a_doubtful_equation_never_comes_first_and_always_says_why() -> None:
    for equation in equations().values():
        if equation.doubt:
            row = folder("equations")[f"equations/{equation.id}.yaml"]["worked"][0]
            found = estimate(equation, facts(**row["given"]))
            assert found is not None
            assert equation.doubt in found.cautions
    assert [one.equation.doubt for one in estimates_of("alm_kg", facts(**WOMAN)) if not one.cautions] == [None, None]


def test_the_wrong_frequency_and_the_wrong_path_are_other_quantities() -> None:
    only_50 = {key: WOMAN[key] for key in ("sex", "age_years", "height_cm", "weight_kg", "bia_resistance_ohm")}
    for name in ("kim_2014", "yamada_2017_f", "foot_to_foot_taiwan_2015"):
        assert estimate(equations()[name], facts(**only_50)) is None


def test_one_estimate_a_quantity_and_none_beside_a_measured_value() -> None:
    given = WOMAN | {"l3_muscle_area_cm2": None, "fat_mass_kg": 22.0}
    found = assess(parse_record(given, today=TODAY), today=TODAY)
    estimated = [m for m in found.measures if m.source == "estimate"]
    assert len({m.id for m in estimated}) == len(estimated)
    assert {"alm_kg", "fat_free_mass_kg", "skeletal_muscle_mass_kg", "chair_stand_power_w_kg"} <= {
        m.id for m in estimated
    }
    assert not {"fat_mass_kg", "phase_angle_deg"} & {m.id for m in estimated}
    alm = next(m for m in estimated if m.id == "alm_kg")
    assert (alm.method or "").startswith("Sergi 2015")
    assert any("other equations say" in caution and "Kyle 2003 16.14 kg" in caution for caution in alm.cautions)


def test_a_device_s_own_limb_mass_is_never_replaced() -> None:
    found = assess(parse_record(WOMAN | {"alm_kg": 15.0, "alm_method": "bia"}, today=TODAY), today=TODAY)
    assert [(m.source, m.value) for m in found.measures if m.id == "alm_kg"] == [("measured", 15.0)]
