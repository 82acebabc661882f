"""What the calibration did and how well: the numbers of report.yaml, and whether the criteria are met."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from calibration.muscle.data import Trials, data_hash
from calibration.muscle.fit import Fit
from calibration.muscle.held_out import FOLDS, LEVEL, HeldOut, folds
from myoscope.model.predict import reported
from myoscope.model.table import Array

SOFTWARE = ("numpyro", "jax", "numpy", "scikit-learn")


def report(
    trials: Trials, fitted: Fit, held: HeldOut, shipped: dict[str, Array], run: dict[str, Any]
) -> dict[str, Any]:
    """Everything that report.yaml holds."""
    marks = fitted.diagnostics()
    worst = min(marks, key=lambda name: marks[name][1])
    settings = fitted.settings
    arms = int((trials.columns["domain"] != "anchor").sum())
    middle, lower, upper = (values * trials.table.scale for values in reported(shipped, trials.table, LEVEL))
    inside = HeldOut(middle, lower, upper, held.kind, held.forest)
    return {
        "data": {
            "file": "shared/trials/arms.csv",
            "sha256": data_hash(),
            "arms": arms,
            "studies": len(set(trials.columns["study_key"][trials.columns["domain"] != "anchor"])),
            "outside_model": run["outside"],
        },
        "settings": {
            "method": "NUTS, diagonal mass, study effects integrated out; held-out fits go on with shorter chains",
            "seed": settings.seed,
            "chains": settings.chains,
            "warmup": settings.warmup,
            "draws": settings.draws,
            "shipped_draws": len(next(iter(shipped.values()))),
            "folds": FOLDS,
            "held_out_warmup": run["short"][0],
            "held_out_draws": run["short"][1],
        },
        "diagnostics": {
            "r_hat_max": round(max(one[0] for one in marks.values()), 4),
            "effective_draws_min": int(marks[worst][1]),
            "effective_draws_min_of": worst,
            "divergences": fitted.diverging,
            "minutes_fit": round(run["fit_minutes"], 1),
            "minutes_total": round(run["minutes"], 1),
            "minutes_processor": round(run["processor_minutes"], 1),
        },
        "software": {name: version(name) for name in SOFTWARE},
        "held_out": tables(trials, held),
        "fit": tables(trials, inside),
    }


def tables(trials: Trials, one: HeldOut) -> dict[str, Any]:
    """Errors and coverage by unit and by domain, anchors left out."""
    real = folds(trials, 0) >= 0
    units, domains = trials.columns["outcome_unit"], trials.columns["domain"]
    change = trials.columns["change"]
    covered = (change >= one.lower) & (change <= one.upper)
    by_unit = {}
    for unit in sorted(set(units[real])):
        pick = real & (units == unit)
        by_unit[str(unit)] = {
            "arms": int(pick.sum()),
            "model": _mean(np.abs(one.model - change)[pick]),
            "mean_of_kind": _mean(np.abs(one.kind - change)[pick]),
            "forest": _mean(np.abs(one.forest - change)[pick]),
            "no_change": _mean(np.abs(change)[pick]),
            "bias": _mean((one.model - change)[pick]),
            "interval_holds_percent": round(100 * float(covered[pick].mean()), 1),
        }
    by_domain = {}
    for domain in sorted(set(domains[real])):
        pick = real & (domains == domain)
        relative = np.abs(one.model - change)[pick] / trials.table.scale[pick]
        by_domain[str(domain)] = {
            "arms": int(pick.sum()),
            "error_percent_of_baseline": _mean(relative),
            "mean_of_kind_percent_of_baseline": _mean((np.abs(one.kind - change) / trials.table.scale)[pick]),
            "interval_holds_percent": round(100 * float(covered[pick].mean()), 1),
        }
    return {"interval_holds_percent": round(100 * float(covered[real].mean()), 1), "unit": by_unit, "domain": by_domain}


def _mean(values: Array) -> float:
    return round(float(values.mean()), 3)
