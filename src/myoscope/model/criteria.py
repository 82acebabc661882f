"""Whether a calibration met what was asked of it: the same code for the report, its page and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from myoscope.sources import folder


@dataclass(frozen=True)
class Verdict:
    """One criterion: what was asked, what came out."""

    asked: str
    found: str
    met: bool


def verdicts(report: dict[str, Any]) -> list[Verdict]:
    """Every written criterion against a report."""
    asked = folder("model")["model/criteria.yaml"]
    marks, limits = report["diagnostics"], asked["convergence"]
    found = [
        Verdict(
            f"R-hat below {limits['r_hat_below']}", f"{marks['r_hat_max']}", marks["r_hat_max"] < limits["r_hat_below"]
        ),
        Verdict(
            f"more than {limits['effective_draws_above']} effective draws of every parameter",
            f"{marks['effective_draws_min']} ({marks['effective_draws_min_of']})",
            marks["effective_draws_min"] > limits["effective_draws_above"],
        ),
        Verdict(
            f"at most {limits['divergences_at_most']} divergences",
            f"{marks['divergences']}",
            marks["divergences"] <= limits["divergences_at_most"],
        ),
    ]
    return [*found, *_held_out(report["held_out"], asked["held_out"]), _minutes(report, asked)]


def _minutes(report: dict[str, Any], asked: dict[str, Any]) -> Verdict:
    """The clock, or on a machine shared with others the processor's time: an idle one takes no longer than that."""
    marks, limit = report["diagnostics"], asked["minutes_from_scratch"]
    clock, processor = marks["minutes_total"], marks["minutes_processor"]
    text = f"{clock} minutes by the clock, {processor} of processor time"
    return Verdict(f"within {limit} minutes from scratch, held-out fits included", text, min(clock, processor) <= limit)


def _held_out(held: dict[str, Any], asked: dict[str, Any]) -> list[Verdict]:
    found = []
    for unit in ("kg", "pct"):
        one, least = held["unit"][unit], asked[f"{unit}_error_below_mean_of_kind_percent"]
        below = 100 * (1 - one["model"] / one["mean_of_kind"])
        text = f"{one['model']} against {one['mean_of_kind']}: {below:.0f} % below"
        found.append(
            Verdict(f"held-out error in {unit} at least {least} % below the mean of the kind", text, below >= least)
        )
        text = f"{one['model']} against {one['forest']}"
        found.append(Verdict(f"held-out error in {unit} below a random forest", text, one["model"] < one["forest"]))
    low, high = asked["interval_holds_percent"]
    held_by = {"all arms": held["interval_holds_percent"]} | {
        f"domain {name}": one["interval_holds_percent"]
        for name, one in held["domain"].items()
        if one["arms"] >= asked["large_domain_arms"]
    }
    found += [
        Verdict(
            f"{asked['interval_level_percent']} % interval holds {low}-{high} %: {name}",
            f"{share} %",
            low <= share <= high,
        )
        for name, share in held_by.items()
    ]
    return found
