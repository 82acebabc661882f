"""The laws of a fair share, and one game worked by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from myoscope.model.attribution import sharing

LOSS = st.floats(-10, 10)


def exact(causes):
    return sharing(causes, exact_up_to=8, orders=1, seed=1)


def walked(causes, orders=3):
    return sharing(causes, exact_up_to=0, orders=orders, seed=5)


def games(causes):
    return arrays.arrays(float, (len(exact(causes).sets), 2), elements=LOSS)


def test_two_causes_worked_by_hand():
    # nothing 0, A alone 2, B alone 1, both 4: A first 2, A second 3, on average 2.5; B 2 and 1, on average 1.5
    by_set = {(False, False): 0.0, (True, False): 2.0, (False, True): 1.0, (True, True): 4.0}
    plan = exact(2)
    losses = np.array([by_set[tuple(map(bool, row))] for row in plan.sets])
    assert plan.shares(losses) == pytest.approx([2.5, 1.5])


def test_three_causes_as_the_mean_over_all_six_orders():
    plan = exact(3)
    losses = np.random.default_rng(3).normal(size=len(plan.sets))
    row = {tuple(map(bool, one)): loss for one, loss in zip(plan.sets, losses, strict=True)}
    by_order = np.zeros(3)
    for order in itertools.permutations(range(3)):
        present = [False] * 3
        for cause in order:
            before = row[tuple(present)]
            present[cause] = True
            by_order[cause] += (row[tuple(present)] - before) / 6
    assert plan.shares(losses) == pytest.approx(by_order)


@pytest.mark.parametrize("plan", [exact(4), walked(4), walked(10)])
def test_the_first_set_is_empty_and_the_last_holds_all(plan):
    assert not plan.sets[0].any()
    assert plan.sets[-1].all()


@given(losses=games(4))
@settings(max_examples=50)
def test_the_shares_add_up(losses):
    plan = exact(4)
    assert plan.shares(losses).sum(axis=0) == pytest.approx(losses[-1] - losses[0], abs=1e-9)


@given(seed=st.integers(0, 1000), causes=st.integers(2, 11))
@settings(max_examples=30, deadline=None)
def test_the_shares_of_sampled_orders_add_up_too(seed, causes):
    plan = sharing(causes, exact_up_to=0, orders=4, seed=seed)
    losses = np.random.default_rng(seed).normal(size=(len(plan.sets), 3))
    assert plan.shares(losses).sum(axis=0) == pytest.approx(losses[-1] - losses[0], abs=1e-9)


@given(losses=games(4))
@settings(max_examples=50)
def test_a_cause_that_does_nothing_gets_nothing(losses):
    plan = exact(4)
    without = {tuple(row): number for number, row in enumerate(plan.sets)}
    idle = np.array([losses[without[(False, *row[1:])]] for row in plan.sets])
    assert plan.shares(idle)[0] == pytest.approx([0, 0], abs=1e-9)


@given(losses=games(4))
@settings(max_examples=50)
def test_causes_that_do_the_same_get_the_same(losses):
    plan = exact(4)
    number = {tuple(row): index for index, row in enumerate(plan.sets)}
    swapped = [number[(row[1], row[0], *row[2:])] for row in plan.sets]
    alike = (losses + losses[swapped]) / 2
    first, second, *_ = plan.shares(alike)
    assert first == pytest.approx(second, abs=1e-9)


@given(losses=games(4), order=st.permutations(range(4)))
@settings(max_examples=50)
def test_the_order_in_which_causes_are_named_does_not_matter(losses, order):
    plan = exact(4)
    number = {tuple(row): index for index, row in enumerate(plan.sets)}
    # cause `order[k]` of the first naming is cause k of the second
    renamed = [number[tuple(bool(row[order.index(c)]) for c in range(4))] for row in plan.sets]
    again = plan.shares(losses[renamed])
    assert again == pytest.approx(plan.shares(losses)[list(order)], abs=1e-9)


@given(one=games(3), other=games(3))
@settings(max_examples=30)
def test_shares_of_a_sum_are_the_sum_of_shares(one, other):
    plan = exact(3)
    assert plan.shares(one + other) == pytest.approx(plan.shares(one) + plan.shares(other), abs=1e-9)


def test_sampled_orders_come_near_the_exact_shares():
    full, some = exact(6), sharing(6, exact_up_to=0, orders=400, seed=2)
    effect = np.linspace(0.1, 0.9, 6)

    def loss(plan):  # causes blunt one another: the whole is less than the sum
        return 1 - np.prod(np.where(plan.sets, 1 - effect, 1.0), axis=1)

    assert some.shares(loss(some)) == pytest.approx(full.shares(loss(full)), abs=0.01)
