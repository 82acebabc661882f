"""Weighted figures from NHANES held against those that papers and reports print of the same people.

The table stands in docs/against_the_world.md; to write it anew: cd tests && python -m world.test_against_published
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from world.measure import ADULTS, EXAM, NHANES, OLDER, Estimate, Z, component, percent, table
from world.published import AGE, DIFFERS, INTERVAL, PAPERS, PARTS, ROUNDING, SEX, Row, all_rows, old_dxa, young

PAGE = Path(__file__).resolve().parents[2] / "docs" / "against_the_world.md"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not NHANES.is_dir(), reason="../shared/data is not there: real data are not in the repository"),
]

ROWS = tuple(all_rows())
WORDS = {
    ROUNDING: "to the last digit",
    PARTS: "to the last digit, each part rounded",
    INTERVAL: "inside our 95 % interval",
    DIFFERS: "**no**",
}


@cache
def ours(number: int) -> Estimate:
    return ROWS[number].ours()


def agreement(row: Row, found: Estimate) -> str:
    """The strictest way in which our number agrees with the printed one."""
    printed = float(row.published)
    gap = abs(found.value - printed)
    if found.parts and sum(round(part, row.decimals) for part in found.parts) == pytest.approx(printed):
        return PARTS
    if gap <= 0.5 * 10**-row.decimals + 1e-9:
        return ROUNDING
    return INTERVAL if found.error is not None and gap <= Z * found.error else DIFFERS


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row.paper}: {row.who}" for row in ROWS])
def test_ours_and_theirs(number: int) -> None:
    row, found = ROWS[number], ours(number)
    order = [PARTS, ROUNDING, INTERVAL, DIFFERS]
    assert found.people > 0
    reached = agreement(row, found)
    if row.agrees == DIFFERS:
        assert reached == DIFFERS, "it agrees now: say so in its row"
    assert order.index(reached) <= order.index(row.agrees), f"printed {row.published}, ours {found}"


def test_what_does_not_agree_to_the_digit_says_why() -> None:
    assert all(row.why for row in ROWS if row.agrees in {INTERVAL, DIFFERS})


def test_enough_papers() -> None:
    assert {row.paper for row in ROWS} == set(PAPERS)
    assert len(PAPERS) >= 5


def test_the_standard_populations_are_one_population() -> None:
    """The five-year groups from 60 on add up to the group that NCHS prints."""
    assert sum(OLDER.values()) == ADULTS[60, 200]
    assert sum(ADULTS.values()) == 195_850


def test_what_the_page_says_was_learnt() -> None:
    exact = young().drop("bmi_kg_m2")  # then computed from height and weight
    low = percent(component(exact, "fnih_2014", "low_mass"), pl.col("yes"))
    assert f"{low.value:.1f}" == "8.0"
    bmi = pl.col("bmi")
    finer = table("nhanes_core").group_by("cycle").agg(finer=(bmi.round(1) - bmi).abs().max() > 1e-4)
    assert sorted(finer.filter(pl.col("finer"))["cycle"]) == [f"{year}-{year + 1}" for year in range(1999, 2011, 2)]
    examined = table("nhanes_core").filter((pl.col("cycle") == "2003-2004") & (AGE >= 60) & (pl.col(EXAM) > 0))
    scanned = sum(old_dxa(sex).height for sex in SEX)
    assert 1 - scanned / examined.height == pytest.approx(1 / 3, abs=0.03)


# ---- the page


def figure(value: float, unit: str, decimals: int) -> str:
    return f"{value:,.0f}" if unit == "people" else f"{value:.{decimals}f}"


def line(number: int) -> str:
    row, found = ROWS[number], ours(number)
    finer = row.decimals + 1
    error = "" if found.error is None else f" ({found.error:.{finer}f})"
    unit = "" if row.unit in {"people", "r"} else f" {row.unit}"
    gap = found.value - float(row.published)
    difference = "0" if row.unit == "people" and not gap else f"{gap:+.{finer}f}"
    theirs = figure(float(row.published), row.unit, row.decimals)
    cells = (
        row.who, f"{row.place} ({row.read})", f"{theirs}{unit}", f"{figure(found.value, row.unit, finer)}{unit}{error}",
        f"{found.people:,}", difference, WORDS[agreement(row, found)], row.reason,
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def paper_tables() -> list[str]:
    lines = []
    for paper, title in PAPERS.items():
        numbers = [number for number, row in enumerate(ROWS) if row.paper == paper]
        lines += ["", f"### {title}", ""]
        lines += [
            "| people and measure | place | printed | ours (SE) | people used | ours less printed | agrees | why, and what was guessed |"
        ]
        lines += ["| --- | --- | ---: | ---: | ---: | ---: | --- | --- |", *(line(number) for number in numbers)]
    return lines[1:]


def summary() -> list[str]:
    reached = Counter(agreement(row, ours(number)) for number, row in enumerate(ROWS))
    exact = reached[ROUNDING] + reached[PARTS]
    text = (
        f"**{len(ROWS)} printed numbers from {len(PAPERS)} papers and reports: {exact} agree to the last printed digit, "
        f"{reached[INTERVAL]} lie inside our 95 % interval, {reached[DIFFERS]} do not agree.**"
    )
    return [text]


TABLES = {"summary": summary, "papers": paper_tables}


def between(name: str, text: str) -> str:
    return f"<!-- {name} -->\n\n{text}\n\n<!-- end {name} -->"


@pytest.mark.parametrize("name", TABLES)
def test_the_page_says_what_the_data_say(name: str) -> None:
    expected = between(name, "\n".join(TABLES[name]()))
    assert expected in PAGE.read_text(encoding="utf-8"), (
        "out of date: cd tests && python -m world.test_against_published"
    )


def rewrite() -> None:
    """Write the generated parts of the page anew, between their markers."""
    page = PAGE.read_text(encoding="utf-8")
    for name, build in TABLES.items():
        text = between(name, "\n".join(build()))
        page = re.sub(f"<!-- {name} -->.*?<!-- end {name} -->", lambda _, text=text: text, page, flags=re.DOTALL)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
