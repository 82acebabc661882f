"""One value as somebody typed it: its type, its unit, its range. Nothing is converted; what looks wrong is refused."""

from __future__ import annotations

import math
import re
from typing import Any

from myoscope.quantities import Quantity, nearest
from myoscope.quantities.registry import shown_unit
from myoscope.record.errors import Problem
from myoscope.rules import UNABLE, Value

_YES_NO = {"yes": True, "no": False, "true": True, "false": False}
_HINTS = {"m": "male", "man": "male", "f": "female", "w": "female", "woman": "female"}


def read_value(known: Quantity, raw: Any, where: str, *, sex: str | None, confirmed: bool) -> Value | Problem:
    """The value, or the problem with it.

    Args:
        known: the variable.
        raw: what stands in the record.
        where: the key, for messages.
        sex: the person's sex, if already known: some usual ranges depend on it.
        confirmed: the user vouches for a value that looks like another unit.

    """
    if isinstance(raw, str) and raw.strip().lower() == "unable":
        if known.can_be_unable:
            return UNABLE
        return Problem(
            where, f"'unable' is for tests that a person could not do; {known.name} is not one", "Leave it out"
        )
    if known.kind == "yes_no":
        answer = _YES_NO.get(raw.strip().lower()) if isinstance(raw, str) else raw
        return (
            answer if isinstance(answer, bool) else Problem(where, f"{raw!r} is neither yes nor no", "Write yes or no")
        )
    if known.kind == "category":
        return _category(known, raw, where)
    number = _number(known, raw, where)
    if isinstance(number, Problem):
        return number
    return range_problem(known, number, where, sex=sex, confirmed=confirmed) or number


def _category(known: Quantity, raw: Any, where: str) -> str | Problem:
    if isinstance(raw, str) and raw in known.values:
        return raw
    text = str(raw)
    near = _HINTS.get(text.strip().lower()) if known.id == "sex" else None
    near = near or nearest(text, known.values, cutoff=0.5)
    hint = f"Did you mean {near}?" if near else f"Write one of: {', '.join(known.values)}"
    return Problem(where, f"{raw!r} is not one of {', '.join(known.values)}", hint)


def _number(known: Quantity, raw: Any, where: str) -> float | Problem:
    unit = known.shown_unit or "plain number"
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        hint = f"Write the number alone, in {unit}"
        if isinstance(raw, str):
            plain = raw.strip()
            if re.fullmatch(r"-?\d+,\d+", plain):
                hint = f"Write a decimal point: {plain.replace(',', '.')}"
            elif re.fullmatch(r"-?\d+(\.\d+)?", plain):
                hint = "Write it without quotation marks: " + re.sub(r"^(-?)0+(?=\d)", r"\1", plain)  # 070 is text too
        return Problem(where, f"{short(raw)} is not a number", hint)
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return Problem(
            where, f"{short(raw)} is not a number that can be measured", "Leave the key out if the value is missing"
        )
    return number


def range_problem(known: Quantity, value: float, where: str, *, sex: str | None, confirmed: bool) -> Problem | None:
    """The problem of a number outside its guard range, or one that looks like another unit; None when it is fine."""
    unit = known.shown_unit
    shown = f"{value:g} {unit}".strip()
    usual = known.usual(sex)
    meant = [look for look in known.lookalikes if usual.holds(value * look.factor)]
    looks = "; ".join(f"{value:g} {shown_unit(look.unit)} would be {value * look.factor:.4g} {unit}" for look in meant)
    if not known.guard.holds(value):
        low, high = known.guard.low, known.guard.high
        allowed = (
            f"{low:g} to {high:g}"
            if low is not None and high is not None
            else f"from {low:g}"
            if low is not None
            else f"up to {high:g}"
        )
        sign = "is negative" if value < 0 <= (low or 0) else f"lies outside {allowed} {unit}".rstrip()
        return Problem(
            where, f"{shown} {sign}", f"Another unit? {looks}" if looks else f"Give {known.name} in {unit}".rstrip()
        )
    if meant and not confirmed and not usual.holds(value):
        return Problem(
            where,
            f"{shown} is unusual for {known.name} and looks like another unit: {looks}",
            f"Give it in {unit}, or, if it is right, write {{value: {value:g}, confirmed: true}}",
        )
    return None


def short(raw: Any) -> str:
    """What was written, cut where it is long, for a message."""
    text = repr(raw)
    return text if len(text) <= 40 else text[:37] + "..."
