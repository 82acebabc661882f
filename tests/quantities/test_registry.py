"""The registry against the contract, UCUM, the check digits of LOINC, Pint, and molar masses computed here."""

from __future__ import annotations

import re
from typing import Any

import pytest

from myoscope.quantities import Lookalike, Quantity, Range, nearest, quantities, quantity
from myoscope.quantities.registry import did_you_mean, shown_unit
from myoscope.sources import KnowledgeError

# The project's contract, section "Variables": names that others rely on.
CONTRACT = [
    "id",
    "date",
    "sex",
    "age_years",
    "height_cm",
    "weight_kg",
    "bmi_kg_m2",
    "ancestry",
    "alm_kg",
    "alm_method",
    "lean_mass_kg",
    "fat_free_mass_kg",
    "skeletal_muscle_mass_kg",
    "fat_mass_kg",
    "body_fat_percent",
    "bia_resistance_ohm",
    "bia_reactance_ohm",
    "phase_angle_deg",
    "l3_muscle_area_cm2",
    "l3_muscle_density_hu",
    "l3_contrast_phase",
    "calf_circumference_cm",
    "arm_circumference_cm",
    "waist_circumference_cm",
    "grip_strength_kg",
    "knee_extension_nm",
    "chair_stand_5x_s",
    "chair_stand_30s_count",
    "gait_speed_m_s",
    "walk_400m_s",
    "walk_6min_m",
    "tug_s",
    "sppb_score",
    "sarc_f_score",
    "sarc_calf_score",
    "mna_sf_score",
    "must_score",
    "nrs_2002_score",
    "frail_scale_score",
    "weight_6_months_ago_kg",
    "weight_12_months_ago_kg",
    "weight_loss_percent_3_months",
    "weight_loss_percent_6_months",
    "weight_loss_percent_12_months",
    "intended_weight_loss",
    "protein_g_per_kg_day",
    "energy_kcal_day",
    "food_intake_percent",
    "weeks_of_low_intake",
    "steps_per_day",
    "resistance_sessions_per_week",
    "aerobic_min_per_week",
    "bed_rest_days",
    "immobilised_limb_days",
    "testosterone_ng_dl",
    "testosterone_free_pg_ml",
    "estradiol_pg_ml",
    "tsh_miu_l",
    "free_t4_ng_dl",
    "cortisol_ug_dl",
    "igf1_ng_ml",
    "vitamin_d_25oh_ng_ml",
    "crp_mg_l",
    "albumin_g_dl",
    "hemoglobin_g_dl",
    "creatinine_mg_dl",
    "cystatin_c_mg_l",
    "egfr_ml_min_1_73m2",
    "hba1c_percent",
    "creatine_kinase_u_l",
    "potassium_mmol_l",
    "phosphate_mmol_l",
    "bicarbonate_mmol_l",
    "psa_ng_ml",
    "hematocrit_percent",
    "conditions",
    "medicines",
    "symptoms",
]

CATEGORIES = {
    "sex": {"female", "male"},
    "ancestry": {"asian", "african", "european", "hispanic", "other"},
    "alm_method": {"dxa_hologic", "dxa_lunar", "dxa", "bia", "anthropometric"},
}

NUMBERS = [name for name, known in quantities().items() if known.kind == "number"]
LOOKALIKES = [(name, look) for name, known in quantities().items() for look in known.lookalikes]
LOINC = [(name, code) for name, known in quantities().items() for code, _ in known.loinc]


@pytest.mark.parametrize("name", CONTRACT)
def test_the_contract_s_variable_exists(name: str) -> None:
    assert quantity(name).id == name


@pytest.mark.parametrize("name", CATEGORIES)
def test_the_contract_s_categories(name: str) -> None:
    assert set(quantity(name).values) == CATEGORIES[name]


@pytest.mark.parametrize("name", NUMBERS)
def test_the_guard_contains_the_usual_range(name: str) -> None:
    known = quantity(name)
    assert known.unit
    assert known.guard.low is not None
    assert known.guard.high is not None
    assert known.guard.low < known.guard.high
    for usual in known.usual_by_sex.values():
        assert usual.low is not None
        assert usual.high is not None
        assert known.guard.low <= usual.low < usual.high <= known.guard.high


@pytest.mark.parametrize("name", NUMBERS)
def test_without_a_known_sex_the_usual_range_is_the_widest(name: str) -> None:
    known = quantity(name)
    wide = known.usual(None)
    for sex in ("female", "male"):
        usual = known.usual(sex)
        assert wide.low is None or (usual.low is not None and wide.low <= usual.low)
        assert wide.high is None or (usual.high is not None and wide.high >= usual.high)


# -- UCUM ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ucum() -> Any:
    """The public UCUM grammar, as oracle."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the oracle's own dependencies
        from ucumvert import PintUcumRegistry

        return PintUcumRegistry()


def unit_of(ucum: Any, code: str) -> Any:
    """A UCUM code as a Pint quantity of one; annotations such as {score} count as 1."""
    plain = re.sub(r"\{[^}]*\}", "", code)
    return ucum.from_ucum(code if plain else "1")


CODES = sorted({known.unit for known in quantities().values() if known.unit} | {look.unit for _, look in LOOKALIKES})


@pytest.mark.parametrize("code", CODES)
def test_every_unit_is_ucum(ucum: Any, code: str) -> None:
    assert ucum.from_ucum(code) is not None


@pytest.mark.parametrize("code", ["mg/dl/", "kg//m2", "pounds", "m[IU", "blorg", "kg/m²"])
def test_the_oracle_can_refuse(ucum: Any, code: str) -> None:
    with pytest.raises(Exception, match="."):
        ucum.from_ucum(code)


# -- lookalikes ------------------------------------------------------------------------------------------------------

ATOMS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "Mg": 24.305,
    "P": 30.974,
    "K": 39.098,
    "Ca": 40.078,
    "I": 126.904,
}
SUBSTANCES = {
    "testosterone_ng_dl": "C19H28O2",
    "testosterone_previous_ng_dl": "C19H28O2",
    "testosterone_free_pg_ml": "C19H28O2",
    "estradiol_pg_ml": "C18H24O2",
    "free_t4_ng_dl": "C15H11I4NO4",
    "cortisol_ug_dl": "C21H30O5",
    "vitamin_d_25oh_ng_ml": "C27H44O2",
    "creatinine_mg_dl": "C4H7N3O",
    "glucose_mg_dl": "C6H12O6",
    "calcium_mg_dl": "Ca",
    "magnesium_mmol_l": "Mg",
    "potassium_mmol_l": "K",
    "phosphate_mmol_l": "P",
}
# Proteins have no short formula: the mass of their chain, g/mol (haemoglobin: one chain with its haem; IGF-1: 70 amino acids).
PROTEINS = {"hemoglobin_g_dl": 16114.0, "igf1_ng_ml": 7649.0}
# Agreed by definition, not by physics: grams of alcohol in a drink, charges of an ion.
AGREED = {
    ("alcohol_g_per_day", "{UK_unit}/wk"): 8 / 7,
    ("alcohol_g_per_day", "{US_drink}/wk"): 14 / 7,
    ("magnesium_mmol_l", "meq/L"): 1 / 2,
    ("body_fat_percent", "{fraction}"): 100.0,
    ("oxygen_saturation_percent", "{fraction}"): 100.0,
}


def molar_mass(formula: str) -> float:
    return sum(ATOMS[atom] * int(count or 1) for atom, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula))


def test_the_molar_mass_of_water() -> None:
    assert molar_mass("H2O") == pytest.approx(18.015)


@pytest.mark.parametrize(("name", "look"), LOOKALIKES, ids=[f"{name}-{look.unit}" for name, look in LOOKALIKES])
def test_the_factor_of_every_lookalike(ucum: Any, name: str, look: Lookalike) -> None:
    known = quantity(name)
    if (name, look.unit) in AGREED:
        assert look.factor == pytest.approx(AGREED[name, look.unit], rel=1e-9)
        return
    if name == "bmi_kg_m2":  # the weight was in pounds, height in metres
        assert look.factor == pytest.approx(0.45359237)
        return
    have, want = unit_of(ucum, look.unit), unit_of(ucum, str(known.unit))
    if name == "grip_strength_kg":  # a grip meter shows kilograms of force
        want = ucum.from_ucum("kgf")
    tolerance = 1e-6
    if "mol" in look.unit or ("mol" in str(known.unit) and "g" in look.unit):
        grams = PROTEINS.get(name) or molar_mass(SUBSTANCES[name])
        mass = grams * ucum.from_ucum("g/mol")
        have = have * mass if "mol" in look.unit else have / mass
        tolerance = 2e-4  # atomic weights are rounded
    assert look.factor == pytest.approx(have.to(want.units).magnitude / want.magnitude, rel=tolerance)


@pytest.mark.parametrize("name", [*SUBSTANCES, "hemoglobin_g_dl"])
def test_the_molar_masses_of_the_knowledge_base(name: str) -> None:
    from myoscope.sources import folder

    masses = folder("codes")["codes/molar_masses.yaml"]["molar_masses"]
    if name in masses:
        assert masses[name]["value"] == pytest.approx(PROTEINS.get(name) or molar_mass(SUBSTANCES[name]), rel=2e-4)


# -- LOINC -----------------------------------------------------------------------------------------------------------


def check_digit(digits: str) -> int:
    """LOINC's modulo 10: double every second digit from the right, add the digits of the products."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def test_the_check_digit_of_the_loinc_manual() -> None:
    """LOINC Users' Guide, appendix on check digits: 12345 has the check digit 5."""
    assert check_digit("12345") == 5
    assert check_digit("8302") == 2  # body height, 8302-2


@pytest.mark.parametrize(("name", "code"), LOINC)
def test_every_loinc_code_has_its_check_digit(name: str, code: str) -> None:
    assert re.fullmatch(r"\d{3,7}-\d", code), name
    number, digit = code.split("-")
    assert check_digit(number) == int(digit), name


def test_no_loinc_code_stands_for_two_quantities() -> None:
    codes = [code for _, code in LOINC]
    assert len(codes) == len(set(codes))


# -- names and messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("grip_strenght_kg", "grip_strength_kg"),
        ("weight", "weight_kg"),
        ("Height-cm", "height_cm"),
        ("testosteron_ng_dl", "testosterone_ng_dl"),
        ("age", "age_years"),  # not age_at_menopause_years: the shortest that begins with it
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(KeyError, match=f"unknown variable '{wrong}'; did you mean '{right}'"):
        quantity(wrong)


def test_a_name_like_nothing_gets_no_false_hint() -> None:
    with pytest.raises(KeyError, match="unknown variable 'xyzzy'\"$"):
        quantity("xyzzy")
    assert did_you_mean("qqqqqqqq", quantities()) == ""
    assert nearest("", quantities()) is None


def test_units_as_people_write_them() -> None:
    assert shown_unit("kg/m2") == "kg/m²"
    assert shown_unit("{score}") == "points"
    assert shown_unit("mmol/L") == "mmol/L"


def test_a_range_is_closed_and_may_be_open_at_an_end() -> None:
    assert Range(1, 2).holds(1)
    assert Range(1, 2).holds(2)
    assert not Range(1, 2).holds(2.0001)
    assert Range(None, 2).holds(-1e9)
    assert Range().holds(7)


def test_a_quantity_with_an_unknown_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from myoscope.quantities import registry

    entry = {"id": "x", "name": "x", "units": "kg"}
    with pytest.raises(KnowledgeError, match=r"quantities/x\.yaml: quantity 'x' has unknown keys \['units'\]"):
        registry._quantity(entry, "quantities/x.yaml")
    monkeypatch.setattr(
        registry, "folder", lambda _: {"a.yaml": [{"id": "x", "name": "x"}], "b.yaml": [{"id": "x", "name": "x"}]}
    )
    with pytest.raises(KnowledgeError, match=r"b\.yaml: quantity 'x' is defined twice"):
        registry.quantities.__wrapped__()


def test_a_measurement_error_names_its_source() -> None:
    with_error: list[Quantity] = [known for known in quantities().values() if known.errors]
    assert {"grip_strength_kg", "gait_speed_m_s", "alm_kg"} <= {known.id for known in with_error}
    for known in with_error:
        for one in known.errors:
            assert one.citation.may_decide or one.citation.read == "recalled"
            assert one.value >= 0
