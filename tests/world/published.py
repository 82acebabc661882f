"""What papers and reports print about NHANES, and how the same people are built here. One row a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from world.measure import (
    ADULTS,
    EXAM,
    INTERVIEW,
    OLDER,
    Estimate,
    added,
    below_the_mean,
    component,
    count,
    mean,
    percent,
    plain_mean,
    table,
)

PAPERS = {
    "looker_2015": "Looker AC, Wang CY. NCHS Data Brief 179, 2015",
    "murdock_2022": "Murdock DJ, et al. Skelet Muscle 2022;12:26. doi:10.1186/s13395-022-00309-5",
    "batsis_2015": "Batsis JA, et al. Nutr Res 2015;35:1031-1039. doi:10.1016/j.nutres.2015.09.003",
    "li_2018": "Li R, et al. Med Sci Sports Exerc 2018;50:458-467. doi:10.1249/MSS.0000000000001448",
    "perna_2016": "Perna FM, et al. J Strength Cond Res 2016;30:867-874. doi:10.1519/JSC.0000000000001104",
    "peterson_2015": "Peterson MD, Krishnan C. Am J Prev Med 2015;49:935-938. PMC4656076",
    "bohannon_2008": "Bohannon RW. Population representative gait speed and its determinants. PMID 19856549",
    "gonzalez_2021": "Gonzalez MC, et al. Am J Clin Nutr 2021;113:1679-1687. doi:10.1093/ajcn/nqab029",
    "cui_2019": "Cui Z, Stevens J, Cai J. Care Weekly 2019. doi:10.14283/cw.2019.2",
    "fryar_2018": "Fryar CD, Carroll MD, Ogden CL. NCHS Health E-Stat: underweight, adults, through 2015-2016",
    "fryar_2012": "Fryar CD, Ogden CL. NCHS Health E-Stat: underweight, adults, through 2007-2010",
    "ansai_2026": "Ansai N, Fryar CD, Afful J. NCHS Health E-Stat 119, 2026",
    "hales_2020": "Hales CM, et al. NCHS Data Brief 360, 2020",
    "emmerich_2024": "Emmerich SD, et al. NCHS Data Brief 508, 2024",
    "jama_2004": "Prevalence of overweight and obesity, 1999-2002. JAMA 2004 (jamanetwork.com/journals/jama/fullarticle/198912)",
    "ogden_2006": "Ogden CL, et al. JAMA 2006;295:1549-1555. doi:10.1001/jama.295.13.1549",
}

ROUNDING, PARTS, INTERVAL, DIFFERS = "rounding", "rounded parts", "interval", "differs"


@dataclass(frozen=True)
class Row:
    """One published number.

    Attributes:
        published: as printed, so that its decimals are known.
        agrees: rounding (ours rounds to theirs), rounded parts (theirs is the sum of ours, each rounded), interval (other
            people or unknown choices: theirs lies in our 95 % interval), differs (it does not, and `why` says so).
        why: the reason, or what had to be guessed; {} stands for the number that `otherwise` gives.

    """

    paper: str
    place: str
    read: str
    who: str
    published: str
    unit: str
    ours: Callable[[], Estimate]
    agrees: str = ROUNDING
    why: str = ""
    otherwise: Callable[[], Estimate] | None = None

    @property
    def decimals(self) -> int:
        return len(self.published.partition(".")[2])

    @property
    def reason(self) -> str:
        return self.why.format(self.otherwise().value) if self.otherwise else self.why


MAN = pl.col("sex") == "male"
AGE = pl.col("age_years")
NOT_PREGNANT = pl.col("pregnant_exam_code").fill_null(2) != 1
SEX = {"men": MAN, "women": ~MAN}


def by_sex(men: float, women: float, column: str) -> pl.Expr:
    return pl.when(MAN).then(pl.col(column) < men).otherwise(pl.col(column) < women)


# fmt: off
# one number a row, read across

# ---- grip, 2011-2012

def grip(who: pl.Expr = AGE >= 60) -> pl.DataFrame:
    return table("dxa_grip_2011_2012").filter(who & pl.col("grip_strength_kg").is_not_null())


def weak(who: pl.Expr = AGE >= 60) -> pl.DataFrame:
    return component(grip(who), "fnih_2014", "low_strength")


REDUCED = by_sex(32, 20, "grip_strength_kg")  # the brief's "intermediate" and "weak" together
INTERMEDIATE = REDUCED & ~pl.col("yes")
RACE = pl.col("race_eth3_code")
RACES = {"Non-Hispanic white": RACE == 3, "Non-Hispanic black": RACE == 4, "Hispanic": RACE.is_in([1, 2]), "Non-Hispanic Asian": RACE == 6}


def parts(who: pl.Expr, standard: dict[tuple[int, int], int] | None = None) -> Estimate:
    return added(*(percent(weak(who), test, standard=standard) for test in (pl.col("yes"), INTERMEDIATE)))


CHAIR = pl.col("diff_rise_armless_chair") >= 2
KEY, TOLD = "key findings", "as told by the American Physical Therapy Association, 29 January 2015"
SUM = "the brief seems to add weak and intermediate after rounding each"


def grip_rows() -> list[Row]:
    old = "60 and over, 2011-2012, "
    rows = [
        Row("looker_2015", KEY, "primary", old + "weak (definition fnih_2014: below 26 and 16 kg)", "5", "%", lambda: percent(weak(), pl.col("yes"))),
        Row("looker_2015", KEY, "primary", old + "intermediate (26 to below 32, 16 to below 20 kg)", "13", "%", lambda: percent(weak(), INTERMEDIATE)),
        Row("looker_2015", KEY, "primary", old + "normal (32 and 20 kg or more)", "82", "%", lambda: percent(weak(), ~REDUCED)),
    ]
    for sex, number in (("men", "46"), ("women", "58")):
        rows.append(Row("looker_2015", TOLD, "secondary", f"{sex} of 80 and over, 2011-2012, weak or intermediate", number, "%",
            lambda sex=sex: parts((AGE >= 80) & SEX[sex]), PARTS, SUM))
    for race, number in zip(RACES, ("18", "19", "32", "40"), strict=True):
        rows.append(Row("looker_2015", TOLD, "secondary", f"{race}, 60 and over, 2011-2012, weak or intermediate, age-adjusted", number, "%",
            lambda race=race: parts((AGE >= 60) & RACES[race], OLDER), PARTS, SUM + "; adjusted for age is our reading, without it ours is {:.0f} %",
            lambda race=race: parts((AGE >= 60) & RACES[race])))
    for name, test, number in (("weak", pl.col("yes"), "55"), ("intermediate", INTERMEDIATE, "26"), ("normal", ~REDUCED, "13")):
        rows.append(Row("looker_2015", TOLD, "secondary", f"60 and over, 2011-2012, {name} grip: difficulty rising from an armless chair", number, "%",
            lambda test=test: percent(weak().filter(test), CHAIR)))
    for sex, number in (("men", "216.4"), ("women", "136.5")):
        rows.append(Row("perna_2016", "abstract", "primary", f"{sex} of 30-39, 2011-2012, mean of the best of each hand added", number, "lb",
            lambda sex=sex: mean(table("dxa_grip_2011_2012").filter(AGE.is_between(30, 39) & SEX[sex]), pl.col("grip_combined_kg") / 0.45359237),
            INTERVAL, "0.1 % lower; not explained, the abstract does not say who was left out"))
    rows.append(Row("peterson_2015", "abstract", "primary", "6 to 80, 2011-2012, people with a grip and a weight", "7119", "people",
        lambda: count(grip(AGE >= 6).filter(pl.col("weight_kg").is_not_null()))))
    return rows


# ---- muscle mass

def young() -> pl.DataFrame:
    return table("dxa_2011_2018_without_2013_2014").filter((pl.col("cycle") == "2017-2018") & AGE.is_between(20, 59))


def old_dxa(sex: str) -> pl.DataFrame:
    return table("dxa_bia_anthro_2003_2004").filter((AGE >= 60) & SEX[sex])


def heavier(sex: str) -> Estimate:
    """By how many kilograms the examined people without a complete scan are heavier than those with one."""
    scanned = old_dxa(sex)["seqn"].to_list()
    everyone = table("nhanes_core").filter((pl.col("cycle") == "2003-2004") & (AGE >= 60) & SEX[sex] & (pl.col(EXAM) > 0))
    with_scan = pl.col("seqn").is_in(scanned)
    without, those = (mean(everyone.filter(keep), pl.col("weight_kg")) for keep in (~with_scan, with_scan))
    return Estimate(without.value - those.value, everyone.height)


def slim(sex: str) -> pl.DataFrame:
    cycles = ["1999-2000", "2001-2002", "2003-2004", "2005-2006"]
    normal = (pl.col("bmi") >= 18.5) & (pl.col("bmi") < 25)
    return table("nhanes_core").filter(pl.col("cycle").is_in(cycles) & AGE.is_between(18, 39) & normal & SEX[sex])


def mass_rows() -> list[Row]:
    name = "limb lean mass for body mass index (definition fnih_2014: below 0.789 and 0.512)"
    rows = [
        Row("murdock_2022", "abstract", "primary", f"20-59, 2017-2018, {name}", "8.1", "%",
            lambda: percent(component(young(), "fnih_2014", "low_mass"), pl.col("yes")), why="lean mass without bone mineral, and the BMI that the survey prints; with bone mineral ours is {:.1f} %",
            otherwise=lambda: percent(component(young().with_columns(alm_kg="alm_inclbmc_kg"), "fnih_2014", "low_mass"), pl.col("yes"))),
        Row("murdock_2022", "abstract", "primary", "the same, non-Hispanic black men", "2.6", "%",
            lambda: percent(component(young().filter(MAN & (RACE == 4)), "fnih_2014", "low_mass"), pl.col("yes")), INTERVAL,
            "six people of 215 have it, so one more or less moves it; how the paper treats missing scans was not read"),
    ]
    third = "the paper has 4,984 people of 1999-2004, so imputed scans must be among them; here 2003-2004, complete scans only"
    lighter = third + "; those of 2003-2004 without one are {:.1f} kg heavier, so our mean is lower"
    for path, text, men, women in (("alm", "limb lean mass (below 19.75 and 15.02 kg)", "16.0", "40.5"), ("alm_bmi", name, "27.8", "19.3")):
        for sex, number in (("men", men), ("women", women)):
            rows.append(Row("batsis_2015", "abstract", "primary", f"{sex} of 60 and over, {text}", number, "%",
                lambda sex=sex, path=path: percent(component(old_dxa(sex), "fnih_2014", "low_mass", {"mass": path}), pl.col("yes")), INTERVAL, third))
    for sex, number in (("men", "24.1"), ("women", "16.3")):
        rows.append(Row("batsis_2015", "abstract", "primary", f"{sex} of 60 and over, mean limb lean mass", number, "kg",
            lambda sex=sex: mean(old_dxa(sex), pl.col("alm_kg")), DIFFERS, lighter, lambda sex=sex: heavier(sex)))
    for sex, numbers in (("men", ("34", "32")), ("women", ("33", "31"))):
        for deviations, number in enumerate(numbers, start=1):
            rows.append(Row("gonzalez_2021", "abstract (rounded cut-off)", "primary", f"{sex} of 18-39, BMI 18.5-24.9, 1999-2006: mean calf less {deviations} SD", number, "cm",
                lambda sex=sex, deviations=deviations: below_the_mean(slim(sex), "calf_circumference_cm", deviations),
                why="with survey weights (without them {:.1f} cm); here also people without a scan",
                otherwise=lambda sex=sex, deviations=deviations: Estimate(float(slim(sex).select(pl.col("calf_circumference_cm").mean() - deviations * pl.col("calf_circumference_cm").std()).item()), 0)))
    return rows


# ---- walking and legs, 1999-2002

WALKS = {"8 feet": 8 / pl.col("walk_8ft_time_s"), "20 feet": 20 / pl.col("walk_20ft_time_s")}


def walkers() -> pl.DataFrame:
    """Walked without a stick or frame; two impossible times (over 8 feet a second) are out."""
    plain = (pl.col("cycle") == "2001-2002") & (pl.col("walk_device_code") == 1)
    return table("gait_knee_older_1999_2002").filter(plain & (WALKS["8 feet"] < 8) & (WALKS["20 feet"] < 8))


def knees() -> pl.DataFrame:
    force = pl.col("knee_extensor_peak_force_n")
    tested = table("gait_knee_older_1999_2002").filter(force.is_not_null())
    return tested.with_columns(yes=force <= force.quantile(0.25).over("sex"))


def leg_rows() -> list[Row]:
    rows = [
        Row("li_2018", "abstract", "primary", "50 and over, 1999-2002, all", "4449", "people",
            lambda: count(table("gait_knee_older_1999_2002"))),
        Row("li_2018", "abstract", "primary", "50 and over, 1999-2002, knee extensors in the lowest quarter of their sex", "19.4", "%",
            lambda: percent(knees(), pl.col("yes"), "wt_exam_4yr"), why="lowest quarter of the people tested, so less of the population: they were older"),
        Row("bohannon_2008", "abstract", "primary", "50 and over, 2001-2002, walked without an aid", "1923", "people",
            lambda: count(walkers()),
            why="without an aid, and without two impossible times (over 8 feet a second), are our guesses: they give the printed number"),
    ]
    for course, number in (("8 feet", "3.26"), ("20 feet", "3.29")):
        rows.append(Row("bohannon_2008", "abstract", "primary", f"the same, mean speed over {course} (no weights)", number, "ft/s",
            lambda course=course: plain_mean(walkers(), WALKS[course])))
    rows.append(Row("bohannon_2008", "abstract", "primary", "the same, correlation of the two speeds", "0.933", "r",
        lambda: Estimate(float(walkers().select(pl.corr(*WALKS.values())).item()), walkers().height)))
    return rows


# ---- weight: a plain check of weights and design

TENTH = pl.col("bmi").round(2).round(1, mode="half_away_from_zero")
TENTHS = "BMI rounded to one decimal before it is compared, as these reports seem to have done; unrounded ours is {:.1f} %"

PEOPLE = {"1999-2000": ". The paper has 4,115 people", "2001-2002": ". The paper has 4,390 people"}


def adults(*cycles: str, who: pl.Expr | None = None) -> pl.DataFrame:
    name = "adults_2021_2023" if cycles == ("2021-2023",) else "nhanes_core"
    keep = pl.col("cycle").is_in(cycles) & (AGE >= 20) & NOT_PREGNANT
    return table(name).filter(keep if who is None else keep & who)


def loss(*, tried: bool) -> pl.DataFrame:
    """Adults of 21 and over, 2001-2016 less 2013-2014; `yes`: lost 5 % or more in a year (with `tried`: and had not tried)."""
    then, now = pl.col("weight_1yr_ago_self_kg"), pl.col("weight_self_kg")
    lost = (then - now) / then >= 0.05
    wished = pl.when((pl.col("tried_lose_weight_12mo") == 1) | (pl.col("weight_change_intentional") == 1)).then(statement=True)
    wished = wished.when(pl.col("tried_lose_weight_12mo") == 0).then(statement=False)
    cycles = ["2001-2002", "2003-2004", "2005-2006", "2007-2008", "2009-2010", "2011-2012", "2015-2016"]
    people = table("nhanes_core").filter(pl.col("cycle").is_in(cycles) & (AGE >= 21) & NOT_PREGNANT)
    called = pl.coalesce(pl.col("weight_change_intentional") == 0, pl.col("tried_lose_weight_12mo") == 0)
    return people.with_columns(yes=lost & ~wished if tried else lost, called=lost & called)


def obesity(cycle: str, bmi: pl.Expr, line: float, who: pl.Expr | None = None, *, adjusted: bool = True) -> Estimate:
    return percent(adults(cycle, who=who), bmi >= line, standard=ADULTS if adjusted else None)


def weight_rows() -> list[Row]:
    rows = []
    bmi, brief = pl.col("bmi"), "as told by Physician's Weekly, 27 February 2020"
    bands = {"20-39": AGE.is_between(20, 39), "40-59": AGE.is_between(40, 59), "60 and over": AGE >= 60}
    for who, keep, line, number, adjusted, place, read in (
        ("20 and over, BMI 30 or more, age-adjusted", None, 30, "42.4", True, KEY, "primary"),
        *((f"{band}, BMI 30 or more", bands[band], 30, number, False, "text under Figure 1", "primary") for band, number in zip(bands, ("40.0", "44.8", "42.8"), strict=True)),
        ("20 and over, BMI 40 or more, age-adjusted", None, 40, "9.2", True, KEY, "primary"),
        *((f"{sex} of 20 and over, BMI 40 or more, age-adjusted", SEX[sex], 40, number, True, brief, "secondary") for sex, number in (("men", "6.9"), ("women", "11.5"))),
        ("40-59, BMI 40 or more", bands["40-59"], 40, "11.5", False, brief, "secondary"),
    ):
        rows.append(Row("hales_2020", place, read, f"{who}, 2017-2018", number, "%",
            lambda keep=keep, line=line, adjusted=adjusted: obesity("2017-2018", bmi, line, keep, adjusted=adjusted)))
    for who, keep, line, number in (
        ("20 and over, BMI 30 or more", None, 30, "40.3"), ("men of 20 and over, BMI 30 or more", MAN, 30, "39.2"),
        ("women of 20 and over, BMI 30 or more", ~MAN, 30, "41.3"), ("20-39, BMI 30 or more", bands["20-39"], 30, "35.5"),
        ("40-59, BMI 30 or more", bands["40-59"], 30, "46.4"), ("60 and over, BMI 30 or more", bands["60 and over"], 30, "38.9"),
    ):
        rows.append(Row("emmerich_2024", "text under Figure 1", "primary", f"{who}, 2021-2023", number, "%",
            lambda keep=keep, line=line: obesity("2021-2023", bmi, line, keep, adjusted=False)))
    for paper, cycle, keep, who, line, number in (
        ("jama_2004", "1999-2000", None, "20 and over", 30, "30.5"), ("jama_2004", "2001-2002", None, "20 and over", 30, "30.6"),
        ("jama_2004", "1999-2000", None, "20 and over", 40, "4.7"), ("jama_2004", "2001-2002", None, "20 and over", 40, "5.1"),
        ("ogden_2006", "2003-2004", None, "20 and over", 30, "32.2"), ("ogden_2006", "2003-2004", MAN, "men of 20 and over", 30, "31.1"),
        ("ogden_2006", "2003-2004", ~MAN, "women of 20 and over", 30, "33.2"),
    ):
        rows.append(Row(paper, "abstract", "primary", f"{who}, BMI {line} or more, {cycle}, age-adjusted", number, "%",
            lambda cycle=cycle, keep=keep, line=line: obesity(cycle, TENTH, line, keep),
            why=TENTHS + PEOPLE.get(cycle, ""), otherwise=lambda cycle=cycle, keep=keep, line=line: obesity(cycle, pl.col("bmi"), line, keep)))
    thin = (
        ("fryar_2018", ("2015-2016",), "20 and over", AGE >= 20, bmi, True, "1.5", "first paragraph"),
        ("fryar_2012", ("2007-2008", "2009-2010"), "20 and over", AGE >= 20, bmi, True, "1.7", "first paragraph"),
        ("fryar_2012", ("2007-2008", "2009-2010"), "60 and over", AGE >= 60, TENTH, False, "1.2", "second paragraph"),
        ("ansai_2026", ("2021-2023",), "20 and over", AGE >= 20, bmi, True, "1.6", "text"),
    )
    for paper, cycles, who, keep, measure, adjusted, number, place in thin:
        rows.append(Row(paper, place, "primary", f"{who}, BMI below 18.5, {', '.join(cycles)}{', age-adjusted' * adjusted}", number, "%",
            lambda cycles=cycles, keep=keep, measure=measure, adjusted=adjusted: percent(adults(*cycles, who=keep), measure < 18.5, standard=ADULTS if adjusted else None),
            why="" if measure is bmi else TENTHS, otherwise=None if measure is bmi else lambda cycles=cycles, keep=keep: percent(adults(*cycles, who=keep), pl.col("bmi") < 18.5)))
    rows += [
        Row("cui_2019", "abstract", "primary", "21 and over, lost 5 % or more in a year (self-reported)", "18.2", "%",
            lambda: percent(loss(tried=False), pl.col("yes"), INTERVIEW), INTERVAL, "the paper has 1999-2016; here 2001-2016 less 2013-2014"),
        Row("cui_2019", "abstract", "primary", "the same, without having tried", "6.2", "%",
            lambda: percent(loss(tried=True), pl.col("yes"), INTERVIEW), DIFFERS,
            "two questions ask for the intention, of different people; we take either yes as tried. A loss called not intended, whatever was tried, gives {:.1f} %",
            lambda: percent(loss(tried=True), pl.col("called"), INTERVIEW)),
    ]
    return rows


def all_rows() -> list[Row]:
    return [*grip_rows(), *mass_rows(), *leg_rows(), *weight_rows()]
