from __future__ import annotations

import math

import pytest

from myoscope.quantities import quantities, quantity, units
from myoscope.quantities.units import convert
from myoscope.sources import folder

# expected values: the arithmetic beside them
CONVERSIONS = [
    ("weight_kg", 165, "[lb_av]", 165 * 0.45359237),
    ("weight_kg", 70000, "g", 70),
    ("height_cm", 66, "[in_i]", 167.64),
    ("height_cm", 5.5, "[ft_i]", 167.64),
    ("height_cm", 1.68, "m", 168),
    ("grip_strength_kg", 30, "[lbf_av]", 13.6077711),
    ("grip_strength_kg", 275, "N", 275 / 9.80665),
    ("gait_speed_m_s", 95, "cm/s", 0.95),
    ("gait_speed_m_s", 3.6, "km/h", 1),
    ("systolic_mmhg", 17.3, "kPa", 17300 / 133.322387415),
    ("temperature_cel", 98.6, "[degF]", 37),
    ("temperature_cel", 310.15, "K", 37),
    ("hematocrit_percent", 0.42, "1", 42),
    ("hematocrit_percent", 0.42, "L/L", 42),
    ("crp_mg_l", 0.8, "mg/dL", 8),
    ("albumin_g_dl", 38, "g/L", 3.8),
    ("platelets_10_9_l", 250, "10*3/uL", 250),
    ("platelets_10_9_l", 250000, "/uL", 250),
    ("tsh_miu_l", 2.5, "u[IU]/mL", 2.5),
    ("tsh_miu_l", 2.5, "mU/L", 2.5),
    ("creatine_kinase_u_l", 2.5, "ukat/L", 150),
    ("creatinine_mg_dl", 88.4, "umol/L", 88.4e-6 * 113.12 * 100),
    ("glucose_mg_dl", 5.5, "mmol/L", 5.5 * 18.0156),
    ("magnesium_mmol_l", 1.7, "meq/L", 0.85),
    ("magnesium_mmol_l", 2, "mg/dL", 20 / 24.305),
    ("potassium_mmol_l", 4.2, "meq/L", 4.2),
    ("bicarbonate_mmol_l", 24, "meq/L", 24),
    ("calcium_mg_dl", 5, "meq/L", 2.5 * 4.0078),
    ("hba1c_percent", 48, "mmol/mol", 0.09148 * 48 + 2.152),
    ("egfr_ml_min_1_73m2", 1, "mL/s/{1.73_m2}", 60),
]


@pytest.mark.parametrize(("variable", "value", "unit", "expected"), CONVERSIONS)
def test_values_arrive_in_the_variables_own_unit(variable, value, unit, expected):
    found = convert(value, unit, quantity(variable))
    assert found is not None
    assert math.isclose(found.value, expected, rel_tol=1e-12)


def test_a_conversion_is_rounded_once():
    # 1.1 * 2.54 is 2.7940000000000005 in floating point
    assert convert(1.1, "[in_i]", quantity("calf_circumference_cm")).value == 2.794


def test_the_own_unit_is_not_touched_and_has_no_note():
    found = convert(64.2, "kg", quantity("weight_kg"))
    assert (found.value, found.note) == (64.2, None)


def test_a_note_says_how_the_value_was_given():
    assert convert(165, "[lb_av]", quantity("weight_kg"), shown="lb").note == "given as 165 lb"
    assert convert(88.4, "umol/L", quantity("creatinine_mg_dl")).note == "given as 88.4 umol/L (from the molar mass)"


@pytest.mark.parametrize(
    ("variable", "unit"),
    [
        ("egfr_ml_min_1_73m2", "mL/min"),  # not for a standard body: cannot be known without the body surface
        ("grip_strength_kg", "kPa"),  # a bulb measures pressure
        ("albumin_g_dl", "mmol/L"),  # no molar mass is given
        ("crp_mg_l", "nmol/L"),
        ("weight_kg", "cm"),
        ("weight_kg", "units"),
        ("weight_kg", "{score}"),
        ("hematocrit_percent", "{score}"),
        ("gait_speed_m_s", "s"),
        ("crp_mg_l", "%"),
    ],
)
def test_what_cannot_be_converted_exactly_is_not(variable, unit):
    assert convert(50, unit, quantity(variable)) is None


@pytest.mark.parametrize(
    ("variable", "spelled", "meant"),
    [
        ("weight_kg", "lbs", "[lb_av]"),
        ("height_cm", "inches", "[in_i]"),
        ("free_t4_ng_dl", "ng/dl", "ng/dL"),
        ("vitamin_d_25oh_ng_ml", "µg/l", "ug/L"),
        ("cortisol_ug_dl", "μg/dL", "ug/dL"),
        ("egfr_ml_min_1_73m2", "mL/min/1.73 m²", "mL/min/{1.73_m2}"),
        ("egfr_ml_min_1_73m2", "ml/min/1.73m2", "mL/min/{1.73_m2}"),
        ("egfr_ml_min_1_73m2", "mL/min/1.73m^2", "mL/min/{1.73_m2}"),
        ("bmi_kg_m2", "kg/m^2", "kg/m2"),
        ("bmi_kg_m2", "kg/m²", "kg/m2"),
        ("platelets_10_9_l", "x10^9/L", "10*9/L"),
        ("platelets_10_9_l", "10E3/uL", "10*3/uL"),
        ("systolic_mmhg", "mmHg", "mm[Hg]"),
        ("resting_heart_rate_per_min", "{beats}/min", "/min"),
        ("resting_heart_rate_per_min", "1/min", "/min"),
        ("steps_per_day", "{steps}/d", "/d"),
        ("sppb_score", "{points}", "{score}"),
        ("chair_stand_30s_count", "{count}", "1"),
        ("fsh_iu_l", "m[iU]/mL", "[IU]/L"),
        ("temperature_cel", "°C", "Cel"),
    ],
)
def test_usual_spellings_mean_the_same(variable, spelled, meant):
    known = quantity(variable)
    assert convert(7.5, spelled, known).value == convert(7.5, meant, known).value


def test_every_numeric_variable_accepts_its_own_unit():
    for known in quantities().values():
        if known.kind == "number" and known.unit:
            assert convert(1.5, known.unit, known) is not None, known.id


def test_the_table_agrees_with_the_unit_mix_ups_of_the_registry():
    """`lookalikes` of quantities/ hold factors of their own (rounded where a molar mass is behind them)."""
    compared = 0
    for known in quantities().values():
        for look in known.lookalikes:
            if known.loinc and (found := convert(100.0, look.unit, known)):
                assert math.isclose(found.value, 100 * look.factor, rel_tol=2e-4), (known.id, look.unit)
                compared += 1
    assert compared > 40


def test_the_table_agrees_with_an_independent_ucum_parser():
    pint = pytest.importorskip("pint")
    registry = pytest.importorskip("ucumvert").PintUcumRegistry()
    compared = 0
    for kind, table in units._SAME_KIND.items():
        if kind in {"mass", "activity", "share", "count", "filtration", "intake for weight", "attenuation"}:
            continue  # a force beside a mass, IU beside U, notes in braces: choices of ours
        parsed = {}
        for unit in table:
            try:
                parsed[unit] = registry.from_ucum(unit).to_base_units()
            except Exception:  # noqa: BLE001, S112  # units that this parser does not know
                continue
        first = next(iter(parsed))
        for unit, amount in parsed.items():
            ratio = float(units._exact(table[unit]) / units._exact(table[first]))
            assert isinstance(amount, pint.Quantity)
            assert math.isclose((amount / parsed[first]).to("dimensionless").magnitude, ratio, rel_tol=1e-9), (
                kind,
                unit,
            )
            compared += 1
    assert compared > 60


def test_molar_masses_name_known_variables():
    table = folder("codes")["codes/molar_masses.yaml"]
    assert set(table["molar_masses"]) <= set(quantities())
    assert set(table["valences"]) - {"unit"} <= set(quantities())
