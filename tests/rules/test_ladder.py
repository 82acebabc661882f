"""Random rule trees: a table, with ladders or world by world, with or without a shelf, says what the one-person path says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from myoscope.rules import (
    UNABLE,
    All,
    AtLeast,
    Compare,
    Facts,
    FirstKnown,
    Has,
    Is,
    Named,
    Not,
    Rule,
    evaluate,
)
from myoscope.rules import (
    Any as AnyOf,
)
from myoscope.rules.facts import Listed
from myoscope.rules.ladder import ladders
from myoscope.rules.shelf import Shelf
from myoscope.rules.table import Columns, at_the_door, expression
from myoscope.rules.tree import Band, Cutoff, When
from myoscope.sources import Citation

CITED = {read: Citation("cruz_jentoft_2019", "Table 3", read) for read in ("primary", "recalled")}
TESTS = ("grip_strength_kg", "chair_stand_5x_s", "crp_mg_l")
ABLE = TESTS[:2]
SEXES, PEOPLES, AGES = ("male", "female"), ("asian", "african", "european"), (40, 60.5, 70)
AROUND = [None, 39.9, 40.0, 60.0, 60.5, 69.0, 70.0, 70.1]


def rows() -> list[dict[str, Any]]:
    """Every sex, people and age (or unknown) with numbers, gaps and tests that could not be done."""
    dice = random.Random(3)  # noqa: S311  # no secret depends on it
    found = []
    for sex, people, age in itertools.product((*SEXES, None), (*PEOPLES, None), AROUND):
        for _ in range(3):
            row: dict[str, Any] = {"sex": sex, "ancestry": people, "age_years": age}
            row |= {
                name: dice.choice([0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, None, UNABLE if name in ABLE else None])
                for name in TESTS
            }
            row |= {name: dice.choice([True, False, None]) for name in ("intended_weight_loss", "condition__cancer")}
            found.append(row)
    return found


ROWS = rows()


def person(row: dict[str, Any]) -> Facts:
    cancer = row["condition__cancer"]
    listed = {} if cancer is None else {("condition", "cancer"): Listed(active=cancer, ever=cancer)}
    return Facts(
        {name: value for name, value in row.items() if value is not None and name != "condition__cancer"}, listed
    )


PEOPLE = [person(row) for row in ROWS]
FRAME = pl.DataFrame(
    {name: [None if row[name] is UNABLE else row[name] for row in ROWS] for name in ROWS[0]}
    | {f"{name}__unable": [row[name] is UNABLE for row in ROWS] for name in ABLE}
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), min_size=1)


@st.composite
def whens(draw: st.DrawFn) -> When:
    """For everybody, or for some sexes, peoples and ages; together they need not cover everybody, and may overlap."""
    allowed = [
        (name, draw(some(values))) for name, values in (("ancestry", PEOPLES), ("sex", SEXES)) if draw(st.booleans())
    ]
    ends = st.sampled_from([None, *AGES])
    start, below = draw(ends), draw(ends)
    age = None if start is None and below is None else Band(start, below)
    return When(tuple(allowed), age)


@st.composite
def cutoffs(draw: st.DrawFn) -> tuple[Cutoff, ...]:
    """Either a list of groups, or an orderly table: by sex, by sex and people, by age."""
    values = st.sampled_from([1.0, 2.0, 3.0])
    reads = st.sampled_from(["primary", "primary", "primary", "recalled"])
    tables = {
        "everybody": [When()],
        "sex": [When((("sex", frozenset({one})),)) for one in SEXES],
        "sex and people": [
            When((("ancestry", frozenset({a})), ("sex", frozenset({b})))) for a in PEOPLES for b in SEXES
        ],
        "age": [When(age=Band(start, below)) for start, below in itertools.pairwise([None, *AGES, None])],
        "groups": [],
    }
    name = draw(st.sampled_from(sorted(tables)))
    groups = tables[name] or draw(st.lists(whens(), min_size=1, max_size=4))
    if name != "groups" and len(groups) > 1 and draw(st.booleans()):
        groups = groups[1:]  # somebody has no cut-off
    return tuple(Cutoff(draw(values), group, CITED[draw(reads)]) for group in groups)


@st.composite
def compares(draw: st.DrawFn, inner: st.SearchStrategy[Rule] | None = None) -> Compare:
    operator = draw(st.sampled_from(["<", "<=", ">", ">="]))
    if draw(st.integers(0, 5)) == 0:
        return Compare(
            "age_years",
            operator,
            (Cutoff(draw(st.sampled_from(AGES)), When(), CITED["primary"]),),
            "a",
            CITED["primary"],
        )
    variable = draw(st.sampled_from(TESTS))
    answers: st.SearchStrategy[Any] = st.sampled_from([True, False, None])
    unable = draw(answers if inner is None else answers | inner) if variable in ABLE else None
    return Compare(variable, operator, draw(cutoffs()), "1", CITED["primary"], unable)


def questions() -> st.SearchStrategy[Rule]:
    return st.one_of(
        some(SEXES).map(lambda values: Is("sex", frozenset(values))),
        some(PEOPLES).map(lambda values: Is("ancestry", frozenset(values))),
        st.frozensets(st.booleans(), min_size=1).map(lambda values: Is("intended_weight_loss", frozenset(values))),
        st.just(Has("condition", "cancer")),
    )


def several(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        parts.map(All),
        parts.map(AnyOf),
        parts.map(FirstKnown),
        parts.flatmap(lambda some: st.integers(1, len(some)).map(lambda n: AtLeast(n, some))),
        inner.map(Not),
        inner.map(lambda one: Named("a name", one)),
        compares(inner),
    )


TREES: st.SearchStrategy[Rule] = st.recursive(st.one_of(compares(), compares(), questions()), several, max_leaves=6)


def in_a_table(rules: Sequence[Rule], *, recalled: bool, shelved: bool) -> list[list[bool | None]]:
    """The answers of several rules, on one shelf or on none."""
    frame: Any = at_the_door(FRAME)
    columns = Columns(FRAME.columns, shelf=Shelf() if shelved else None)
    answers = [expression(rule, columns, recalled_decides=recalled) for rule in rules]
    if columns.shelf:
        frame = columns.shelf.lay_out(frame)
    frame = frame.with_columns(*(answer.alias(str(place)) for place, answer in enumerate(answers)))
    return [frame[str(place)].to_list() for place in range(len(rules))]


def by_sex(male: float, female: float, operator: str = "<", variable: str = "crp_mg_l") -> Compare:
    lines = [
        Cutoff(value, When((("sex", frozenset({sex})),)), CITED["primary"])
        for sex, value in (("male", male), ("female", female))
    ]
    return Compare(variable, operator, tuple(lines), "1", CITED["primary"])


@pytest.mark.slow
@settings(max_examples=150)
@given(rule=TREES, other=TREES, recalled=st.booleans(), shelved=st.booleans())
@example(rule=by_sex(2, 1), other=Not(by_sex(3, 1)), recalled=False, shelved=True)
@example(rule=FirstKnown((by_sex(2, 1), by_sex(1, 3))), other=Has("condition", "cancer"), recalled=False, shelved=False)
@example(rule=Is("sex", frozenset(SEXES)), other=by_sex(2, 1), recalled=False, shelved=False)
def test_a_table_says_what_the_one_person_path_says(rule: Rule, other: Rule, recalled: bool, shelved: bool) -> None:
    """Also where several rules share parts of each other, as the stages of a definition do."""
    rules = [rule, other, AnyOf((Named("one", rule), other)), All((Not(Named("one", rule)), other))]
    for answers, one in zip(in_a_table(rules, recalled=recalled, shelved=shelved), rules, strict=True):
        alone = [evaluate(one, somebody, recalled_decides=recalled).answer for somebody in PEOPLE]
        wrong = [place for place, (want, got) in enumerate(zip(alone, answers, strict=True)) if want is not got]
        assert not wrong, f"{one}: {alone[wrong[0]]} alone, {answers[wrong[0]]} in a table: {ROWS[wrong[0]]}"


@pytest.mark.parametrize(
    ("rule", "tried", "order"),
    [
        (by_sex(27, 16), (), ["female", "male"]),  # whoever is weak as a woman is weak as a man
        (Not(by_sex(27, 16)), (), ["male", "female"]),
        (by_sex(27, 16, ">"), (), ["male", "female"]),
        (AnyOf((by_sex(27, 16), by_sex(7, 5.5, "<", "grip_strength_kg"))), (), ["female", "male"]),
        (
            AnyOf((by_sex(27, 16), by_sex(5, 7, "<", "grip_strength_kg"))),
            ("sex",),
            None,
        ),  # one is stricter with men, one with women
        (AnyOf((by_sex(27, 16), Not(by_sex(27, 16)))), ("sex",), None),
        (FirstKnown((by_sex(27, 16), by_sex(27, 16))), ("sex",), None),  # the sex may decide which part speaks
    ],
)
def test_a_ladder_is_found_where_all_comparisons_climb_together(
    rule: Rule, tried: tuple[str, ...], order: list[str] | None
) -> None:
    found, worlds = ladders(rule)
    assert found == tried
    if order:
        assert [part.example for part in worlds[0][1]["sex"].rungs] == order
