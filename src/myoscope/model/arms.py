"""Study arms as a table gives them: read, checked, and refused in words. Results are never read."""

from __future__ import annotations

import csv
import difflib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORDS = {
    "estimand": ("within_arm", "recovery", "lean_fraction", "contrast"),
    "training_status": ("untrained", "recreational", "trained"),
    "rt_intensity": ("light", "moderate", "heavy"),
    "weight_loss_method": (
        *("none", "diet", "vlcd", "bariatric", "glp1", "sglt2", "exercise", "semistarvation", "unintended"),
    ),
    "change_reference": ("start_of_this_period", "before_the_earlier_exposure"),
    "limb": ("whole_body", "both_legs", "exposed_leg", "other_leg", "one_leg"),
    "outcome_unit": ("kg", "pct", "cm2", "cm2_m2", "kg_per_kg_lost"),
}
NUMBERS = (
    *("n", "female_frac", "age_mean_years", "weight_kg", "height_cm", "bmi_kg_m2", "duration_days"),
    *("rt_sessions_per_week", "rt_sets_per_muscle_per_week", "aerobic_sessions_per_week", "steps_per_day"),
    *("protein_g_per_kg_day", "protein_added_g_per_day", "energy_balance_kcal_per_day", "weight_change_kg"),
    *("creatine_g_per_day", "leucine_g_per_day", "eaa_g_per_day", "hmb_g_per_day", "vitamin_d_iu_per_day"),
    *("omega3_g_per_day", "androgen_dose", "androgen_deprivation", "androgen_deprivation_months_before"),
    *("serum_testosterone_ng_dl", "oestrogen_therapy", "growth_hormone", "glp1_dose_mg", "bimagrumab", "anamorelin"),
    *("glucocorticoid_prednisone_mg_per_day", "recovery_prior_days", "baseline_value", "baseline_lean_kg"),
)
TEXTS = (
    *(
        "row_id",
        "arm",
        "condition",
        "mobility",
        "glp1",
        "androgen",
        "androgen_dose_unit",
        "other_drug",
        "recovery_from",
    ),
    *("outcome", "method", "reference_exposure", *WORDS),
)
NEEDED = ("row_id", "outcome", "outcome_unit", "duration_days", "age_mean_years")
DEFAULTS = {"estimand": "within_arm", "limb": "whole_body", "weight_loss_method": "none", "mobility": "habitual"}
EMPTY = frozenset({"", "na", "n/a", "nan", "-", "none", "none given", "null"})
# Columns of a study-arm table that are no exposure: they are passed over, in the file and in a reference_exposure.
OTHERS = (
    *("study", "study_key", "year", "domain", "usable", "why_not", "assumed", "coder_note", "grade", "suspect", "kind"),
    *("change", "change_sd", "change_se", "change_ci_low", "change_ci_high", "change_pct", "notes", "doi_or_pmid"),
    *("source_url", "where_in_source"),
)
ANY_CASE = frozenset(TEXTS) - {"row_id", "arm", "other_drug", "reference_exposure"}


class ArmsError(ValueError):
    """A table that cannot be read as study arms: what, where, what to do."""


@dataclass(frozen=True)
class Arm:
    """One row: its numbers (absent ones are missing from the mapping) and its words."""

    row_id: str
    numbers: Mapping[str, float]
    words: Mapping[str, str]

    def number(self, name: str, otherwise: float = 0.0) -> float:
        """A number of the row, or what stands for it when the row is silent."""
        return self.numbers.get(name, otherwise)

    def word(self, name: str) -> str:
        """A word of the row ('' when it is silent)."""
        return self.words.get(name, DEFAULTS.get(name, ""))

    def altered(self, changes: Mapping[str, object]) -> Arm:
        """The same people with other exposures: the comparator of a contrast."""
        numbers, words = dict(self.numbers), dict(self.words)
        for name, value in changes.items():
            if name in NUMBERS:
                numbers.pop(name, None)
                if value not in (None, ""):
                    numbers[name] = _number(f"row {self.row_id}, reference_exposure", name, str(value))
            elif name in TEXTS:
                words[name] = "" if value is None else _word(name, str(value))
            elif name not in OTHERS:
                raise ArmsError(f"row {self.row_id}: reference_exposure names {name!r}, which is no exposure column")
        return Arm(self.row_id, numbers, words)


def read_arms(path: Path) -> list[Arm]:
    """Every row of a CSV of study arms."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            columns = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = columns
            _columns(path, columns)
            arms = [_arm(path, line, row) for line, row in enumerate(reader, start=2)]
    except OSError as error:
        raise ArmsError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ArmsError(f"{path} is not a CSV in UTF-8: {error}. Save it as CSV (UTF-8) and try again") from None
    if not arms:
        raise ArmsError(f"{path} has a header and no rows; one row an arm is needed")
    _unique(path, arms)
    return arms


def _columns(path: Path, columns: list[str]) -> None:
    lacking = [name for name in NEEDED if name not in columns]
    if lacking:
        raise ArmsError(
            f"{path}: the header has no column {', '.join(lacking)}; the columns are those of a study-arm table "
            "(comma-separated, names in the first line)" + _separator(columns)
        )
    known = {*NUMBERS, *TEXTS, *OTHERS}
    for name in columns:  # a slip of the pen would leave an exposure out without a word
        near = difflib.get_close_matches(name.lower(), known - set(columns), n=1, cutoff=0.85)
        if name not in known and near:
            raise ArmsError(
                f"{path}: the column {name!r} is not known; did you mean {near[0]!r}? "
                "Rename it, or give it quite another name"
            )
    twice = sorted({name for name in columns if columns.count(name) > 1 and name})
    if twice:
        raise ArmsError(f"{path}: the column {', '.join(twice)} stands there twice; keep one")


def _separator(columns: list[str]) -> str:
    """A hint where the whole header is one name because something else than a comma parts the columns."""
    found = next((sign for sign in ";\t|" if len(columns) == 1 and sign in columns[0]), "")
    return f". The header is parted by {found!r}: save the table with commas" if found else ""


def _unique(path: Path, arms: list[Arm]) -> None:
    seen: set[str] = set()
    for arm in arms:
        if arm.row_id in seen:
            raise ArmsError(f"{path}: row_id {arm.row_id!r} stands there twice; each row needs its own")
        seen.add(arm.row_id)


def _arm(path: Path, line: int, row: Mapping[str | None, str | None]) -> Arm:
    if None in row:
        raise ArmsError(f"{path}, line {line}: more cells than the header has columns; quote cells that hold commas")
    cells = {str(name): (cell or "").strip() for name, cell in row.items()}
    if not cells["row_id"]:
        raise ArmsError(f"{path}, line {line}: row_id is empty; each row needs its own")
    where = f"{path}, line {line} (row {cells['row_id']})"
    told = {name: cell for name, cell in cells.items() if cell.lower() not in EMPTY}
    numbers = {name: _number(where, name, told[name]) for name in NUMBERS if name in told}
    words = {name: _word(name, told[name]) for name in TEXTS if name in told}
    return Arm(row["row_id"] or "", numbers, words)


def _word(name: str, cell: str) -> str:
    return cell.lower() if name in ANY_CASE else cell


def _number(where: str, name: str, cell: str) -> float:
    try:
        value = float({"true": "1", "false": "0"}.get(cell.lower(), cell))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArmsError(f"{where}, column {name}: {cell!r} is not a number; write it with a point, or leave it empty")
    return value


def reference(arm: Arm) -> Arm | None:
    """The comparator arm of a contrast, from its `reference_exposure` (a JSON object of the columns that differ)."""
    text = arm.word("reference_exposure")
    if not text:
        return None
    try:
        changes = json.loads(text)
    except ValueError:
        changes = None
    if not isinstance(changes, dict):
        raise ArmsError(
            f"row {arm.row_id}, column reference_exposure: {text!r} is not a JSON object of columns; "
            'write {"creatine_g_per_day": 0}'
        )
    return arm.altered(changes)
