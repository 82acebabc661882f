"""From the unit of a health record or a table to the unit of a variable, exactly or not at all.

Units are UCUM codes [1]. Factors are exact fractions; a value is rounded once, to the nearest floating-point number.

References:
    [1] The Unified Code for Units of Measure, https://ucum.org/ucum

"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from myoscope.quantities.registry import Quantity
from myoscope.sources import folder

# Within one line every unit measures the same thing: value * factor = value in the line's base unit.
# A force stands beside the mass that weighs as much: dynamometers and scales are printed in either.
_SAME_KIND: dict[str, dict[str, str]] = {
    "mass": {
        "kg": "1", "g": "1/1000", "mg": "1/1000000", "[lb_av]": "0.45359237", "[oz_av]": "0.028349523125",
        "[stone_av]": "6.35029318", "kgf": "1", "[lbf_av]": "0.45359237", "N": "1/9.80665",
    },
    "length": {"m": "1", "cm": "1/100", "mm": "1/1000", "km": "1000", "[in_i]": "0.0254", "[ft_i]": "0.3048"},
    "area": {"m2": "1", "cm2": "1/10000", "mm2": "1/1000000"},
    "time": {
        "s": "1", "ms": "1/1000", "min": "60", "h": "3600", "d": "86400", "wk": "604800",
        "mo": "2629800", "a": "31557600",
    },
    "speed": {
        "m/s": "1", "cm/s": "1/100", "mm/s": "1/1000", "m/min": "1/60", "km/h": "1/3.6", "[ft_i]/s": "0.3048",
        "[mi_i]/h": "0.44704", "[mi_us]/h": "1609.347218694/3600",
    },
    "torque": {"N.m": "1", "[ft_i].[lbf_av]": "1.3558179483314004", "[lbf_av].[ft_i]": "1.3558179483314004"},
    "mass for height": {"kg/m2": "1", "g/cm2": "10", "[lb_av]/[in_i]2": "0.45359237/0.00064516"},
    "resistance": {"Ohm": "1", "kOhm": "1000"},
    "angle": {"deg": "1"},
    "attenuation": {"[hnsf'U]": "1", "[HU]": "1"},
    "pressure": {"mm[Hg]": "133.322387415", "kPa": "1000", "Pa": "1", "cm[H2O]": "98.0665"},
    "mass concentration": {
        "g/L": "1", "g/dL": "10", "g/mL": "1000", "mg/L": "1/1000", "mg/dL": "1/100", "mg/mL": "1", "ug/L": "1e-6",
        "ug/dL": "1e-5", "ug/mL": "1/1000", "ng/L": "1e-9", "ng/dL": "1e-8", "ng/mL": "1e-6", "pg/L": "1e-12",
        "pg/dL": "1e-11", "pg/mL": "1e-9", "kg/m3": "1",
    },
    "amount concentration": {
        "mol/L": "1", "mmol/L": "1/1000", "mmol/dL": "1/100", "umol/L": "1e-6", "umol/dL": "1e-5", "nmol/L": "1e-9",
        "nmol/dL": "1e-8", "pmol/L": "1e-12", "pmol/dL": "1e-11", "umol/mL": "1/1000", "nmol/mL": "1e-6",
        "pmol/mL": "1e-9", "mol/m3": "1/1000",
    },
    "charge concentration": {"meq/L": "1/1000", "eq/L": "1", "meq/dL": "1/100"},
    "number concentration": {
        "10*9/L": "1", "10*3/uL": "1", "10*6/mL": "1", "10*6/L": "1/1000", "10*12/L": "1000", "/uL": "1/1000",
        "10*3/mm3": "1", "/mm3": "1/1000", "/L": "1e-9",
    },
    "activity": {
        "U/L": "1", "[IU]/L": "1", "mU/L": "1/1000", "m[IU]/L": "1/1000", "mU/mL": "1", "m[IU]/mL": "1",
        "uU/mL": "1/1000", "u[IU]/mL": "1/1000", "U/mL": "1000", "[IU]/mL": "1000", "kU/L": "1000", "k[IU]/L": "1000",
        "ukat/L": "60", "nkat/L": "0.06",
    },
    "filtration": {"mL/min/{1.73_m2}": "1", "mL/s/{1.73_m2}": "60", "L/min/{1.73_m2}": "1000"},
    "share": {"%": "1", "1": "100", "L/L": "100", "g/g": "100", "[ppth]": "1/10"},
    "count": {"1": "1", "{score}": "1"},
    "times a day": {"/d": "1", "/wk": "1/7", "/h": "24"},
    "times a week": {"/wk": "1", "/d": "7"},
    "times a minute": {"/min": "1", "/s": "60", "Hz": "60"},
    "energy a day": {"kcal/d": "1", "kJ/d": "1/4.184", "MJ/d": "1000/4.184"},
    "minutes a week": {"min/wk": "1", "h/wk": "60", "min/d": "7", "h/d": "420"},
    "mass a day": {"g/d": "1", "mg/d": "1/1000", "ug/d": "1e-6", "g/wk": "1/7", "kg/d": "1000"},
    "intake for weight": {"g/kg/d": "1", "mg/kg/d": "1/1000", "g/(kg.d)": "1"},
}  # fmt: skip

# Temperature in Celsius = slope * value + shift
_TEMPERATURE = {"Cel": ("1", "0"), "[degF]": ("5/9", "-160/9"), "K": ("1", "-273.15")}

# How units are often written where UCUM is not kept to; each can mean one thing only.
_SPELLINGS = {
    "lb": "[lb_av]", "lbs": "[lb_av]", "pound": "[lb_av]", "pounds": "[lb_av]", "oz": "[oz_av]", "stone": "[stone_av]",
    "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "lbf": "[lbf_av]", "in": "[in_i]", "inch": "[in_i]",
    "inches": "[in_i]", "[in_us]": "[in_i]", "ft": "[ft_i]", "feet": "[ft_i]", "sec": "s", "second": "s",
    "seconds": "s", "years": "a", "yr": "a", "°C": "Cel", "degC": "Cel", "°F": "[degF]", "degF": "[degF]",
    "mmHg": "mm[Hg]", "bpm": "/min", "beats/min": "/min",
    "percent": "%", "ohm": "Ohm", "ohms": "Ohm", "Ω": "Ohm", "HU": "[hnsf'U]", "IU/L": "[IU]/L", "mIU/L": "m[IU]/L",
    "uIU/mL": "u[IU]/mL", "mIU/mL": "m[IU]/mL", "mEq/L": "meq/L", "K/uL": "10*3/uL", "mcg/dL": "ug/dL", "mcg/L": "ug/L",
    "m/sec": "m/s", "score": "{score}", "(score)": "{score}", "points": "{score}", "steps/day": "/d",
    "kcal/day": "kcal/d", "Nm": "N.m", "7.d": "wk",
}  # fmt: skip
# [in_us] is longer than [in_i] by two parts in a million: below any measurement of a body.

_PER_BODY_SURFACE = re.compile(r"/\W*(1\.73|173\.10\*-2)[._ ]*m2\W*$")
_ANNOTATION = re.compile(r"\{(?!1\.73_m2\})[^}]*\}")
_LOOK_ALIKE = str.maketrans("µμ²³×", "uu23x")
_LITRE = re.compile(r"(?<![A-Za-z\[])([mudnpf]?)l(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Converted:
    """A value in the variable's own unit; `note` says how it was given, or is None when nothing was converted."""

    value: float
    note: str | None = None


def convert(value: float, unit: str, known: Quantity, *, shown: str | None = None) -> Converted | None:
    """The value in the unit of the variable, or None when the unit cannot be converted exactly.

    Args:
        value: the number [unit].
        unit: UCUM code, or a spelling of it that can mean one thing only.
        known: the variable; its molar mass is used between mass and amount.
        shown: the unit as a reader knows it, for the note.

    """
    found_line = line(unit, known)
    if found_line is None:
        return None
    slope, shift, how = found_line
    if slope == 1 and not shift and not how:
        return Converted(value)
    # str() first: 0.1 means one tenth here, not the binary fraction beside it
    found = float(Fraction(str(value)) * slope + shift)
    return Converted(found, None if slope == 1 and not shift else f"given as {value:g} {shown or unit}{how}")


def line(unit: str, known: Quantity) -> tuple[Fraction, Fraction, str] | None:
    """(slope, shift, remark): value in the variable's unit = slope * value in `unit` + shift, or None."""
    source, target = _plain(unit), known.unit or "1"
    return (Fraction(1), Fraction(0), "") if source == target else _line(source, target, known.id)


@cache
def _line(source: str, target: str, variable: str) -> tuple[Fraction, Fraction, str] | None:
    """(slope, shift, remark) with value in target = slope * value in source + shift."""
    for units in _SAME_KIND.values():
        if source in units and target in units:
            return _exact(units[source]) / _exact(units[target]), Fraction(0), ""
    if source in _TEMPERATURE and target in _TEMPERATURE:
        (slope, shift), own = _TEMPERATURE[source], Fraction(_TEMPERATURE[target][0])
        return Fraction(slope) / own, (Fraction(shift) - Fraction(_TEMPERATURE[target][1])) / own, ""
    for scale in folder("codes")["codes/scales.yaml"]:
        if (scale["quantity"], scale["from"], scale["to"]) == (variable, source, target):
            return Fraction(str(scale["slope"])), Fraction(str(scale["intercept"])), f" (by {scale['place']})"
    by_mass = _by_molar_mass(source, target, variable)
    return None if by_mass is None else (by_mass, Fraction(0), " (from the molar mass)")


def _by_molar_mass(source: str, target: str, variable: str) -> Fraction | None:
    known = folder("codes")["codes/molar_masses.yaml"]
    molar = known["molar_masses"].get(variable)
    valence = known["valences"].get(variable)

    def grams(unit: str) -> Fraction | None:
        """One of this unit in g/L; where the molar mass is not needed (mEq/L to mmol/L), in mol/L."""
        mass = Fraction(str(molar["value"])) if molar else None
        if unit in _SAME_KIND["mass concentration"]:
            return _exact(_SAME_KIND["mass concentration"][unit]) if mass else None
        amount = _SAME_KIND["amount concentration"].get(unit)
        charge = _SAME_KIND["charge concentration"].get(unit)
        if amount is None and (charge is None or valence is None):
            return None
        moles = _exact(amount) if amount else _exact(charge or "") / valence
        return moles * (mass or 1)

    one, own = grams(source), grams(target)
    return None if one is None or own is None else one / own


def _exact(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")


def _plain(unit: str) -> str:
    """The unit as the tables above write it."""
    text = re.sub(r"\s+", "", unit.translate(_LOOK_ALIKE))
    if text in _SPELLINGS:
        return _SPELLINGS[text]
    text = (
        re.sub(r"^x?10(\^|\*\*?|[Ee])0?(\d+)/", r"10*\2/", text)
        .replace("^", "")
        .replace("[iU]", "[IU]")
        .replace("(24.h)", "d")
    )
    text = _LITRE.sub(r"\1L", text)
    text = _PER_BODY_SURFACE.sub("/{1.73_m2}", text)
    if _ANNOTATION.fullmatch(text):
        return "{score}"  # in UCUM a note in braces alone is the number one
    text = _ANNOTATION.sub("", text)
    text = text.removeprefix("1") if text.startswith("1/") else text
    return _SPELLINGS.get(text, text)
