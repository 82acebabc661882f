"""Shares of a loss among the causes present: fair, free of order, and adding up.

The share of a cause is what it takes away on average when the causes come one after the other, over every order in
which they could come. Then causes that do the same get the same, one that does nothing gets nothing, and the shares
add up to the whole loss.

References:
    [1] Shapley LS. A value for n-person games. In: Contributions to the Theory of Games II. Princeton 1953:307-17.
    [2] Castro J, Gomez D, Tejada J. Comput Oper Res 2009;36:1726-30: the same by sampled orders.

"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from myoscope.model.table import Array


@dataclass(frozen=True)
class Sharing:
    """Which sets of causes have to be reckoned, and how the shares follow from them.

    Attributes:
        sets: True where a cause is present; sets by causes. The first is the empty set, the last holds all.
        weights: causes by sets; the share of a cause is the weighted sum of the sets' losses.

    """

    sets: Array
    weights: Array

    def shares(self, losses: Array) -> Array:
        """Shares of every cause, causes first; `losses` has the sets first and any axes after them."""
        found: Array = np.tensordot(self.weights, losses, axes=1)
        return found


@cache
def sharing(causes: int, exact_up_to: int, orders: int, seed: int) -> Sharing:
    """How to share a loss among this many causes [1].

    Args:
        causes: how many.
        exact_up_to: so many causes are shared over all their sets (2 to that power).
        orders: above it so many random orders, and their reverses, are walked instead [2]; the shares still add up.
        seed: of the random orders.

    """
    if causes <= exact_up_to:
        return _exact(causes)
    random = np.random.default_rng(seed)
    drawn = [random.permutation(causes).tolist() for _ in range(orders)]
    return _walked(causes, [order for one in drawn for order in (one, one[::-1])])


def _exact(causes: int) -> Sharing:
    masks = np.arange(2**causes)
    sets = (masks[:, None] >> np.arange(causes)) & 1 == 1
    size = sets.sum(axis=1)
    weights = np.zeros((causes, len(masks)))
    for cause in range(causes):
        without = masks[~sets[:, cause]]
        weight = np.array([1 / (causes * math.comb(causes - 1, int(size[mask]))) for mask in without])
        weights[cause, without | 1 << cause] = weight
        weights[cause, without] = -weight
    return Sharing(sets, weights)


def _walked(causes: int, orders: Sequence[Sequence[int]]) -> Sharing:
    number: dict[tuple[bool, ...], int] = {}
    steps: list[tuple[int, int, int]] = []
    for order in orders:
        present = [False] * causes
        before = number.setdefault(tuple(present), len(number))
        for cause in order:
            present[cause] = True
            after = number.setdefault(tuple(present), len(number))
            steps.append((int(cause), before, after))
            before = after
    weights = np.zeros((causes, len(number)))
    for cause, before, after in steps:
        weights[cause, after] += 1 / len(orders)
        weights[cause, before] -= 1 / len(orders)
    # the set of all causes last, as in the exact form
    order_of_sets = sorted(number, key=lambda present: (sum(present), present))
    column = [number[present] for present in order_of_sets]
    return Sharing(np.array(order_of_sets), weights[:, column])
