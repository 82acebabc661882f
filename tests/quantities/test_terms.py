"""The vocabulary: codes and names lead to ids, and to nothing else."""

from __future__ import annotations

import re

import pytest

from myoscope.quantities import KINDS, match_condition, match_medicines, terms
from myoscope.quantities.terms import implied_by, is_icd10

CODES = [
    (term.id, system, code)
    for term in terms("condition").values()
    for system in ("icd10cm", "icd10cm_history")
    for code in getattr(term, system)
]


@pytest.mark.parametrize(("term", "system", "code"), CODES)
def test_every_icd10_code_of_the_vocabulary_finds_its_condition(term: str, system: str, code: str) -> None:
    assert is_icd10(code)
    for written in (code, code.lower(), code.replace(".", ""), f" {code} "):
        assert term in match_condition(written, system)


def test_a_longer_code_belongs_to_its_prefix() -> None:
    """N18.30 is chronic kidney disease stage 3; the vocabulary names N18 (or N18.3)."""
    assert "ckd" in match_condition("N18.30", "icd10cm")
    assert "ckd" in match_condition("N1830", "icd10cm")


def test_a_shorter_code_than_the_vocabulary_s_says_nothing_of_it() -> None:
    for term, system, code in CODES:
        plain = code.replace(".", "")
        if len(plain) > 3:
            others = {other for other, _, short in CODES if plain[:3].startswith(short.replace(".", ""))}
            assert term not in match_condition(plain[:3], system) or term in others


@pytest.mark.parametrize("code", ["Z99.9", "XXX", "", "N", "N1"])
def test_a_code_outside_the_vocabulary_is_no_condition(code: str) -> None:
    assert match_condition(code, "icd10cm") == []


@pytest.mark.parametrize("code", ["I50.9", "i509", "N18.30", "E11", "C61", "U09.9", "S72.001A", "M62.84"])
def test_the_form_of_an_icd10_code(code: str) -> None:
    assert is_icd10(code)


@pytest.mark.parametrize("text", ["cancer", "E1", "11E", "E11.12345", "N18.", "type 2", "E11 ; E12"])
def test_what_is_no_icd10_code(text: str) -> None:
    assert not is_icd10(text)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_plain_and_includes_are_known_and_lead_nowhere_in_a_circle(kind: str) -> None:
    known = terms(kind)
    for term in known.values():
        assert re.fullmatch(r"[a-z0-9_]+", term.id)
        assert set(term.includes) <= set(known)
    for narrow, broad in implied_by(kind).items():
        assert narrow not in broad, f"{narrow} implies itself"


def test_a_narrow_condition_implies_the_broad_one() -> None:
    assert "heart_failure" in implied_by("condition")["decompensated_heart_failure"]
    assert "cancer" in implied_by("condition")["metastatic_cancer"]


def test_implication_goes_through_several_steps() -> None:
    closed = implied_by("condition")
    for broad in closed.values():
        for one in broad:
            assert set(closed.get(one, ())) <= set(broad)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("prednisone 10 mg daily", "glucocorticoids_systemic"),
        ("Semaglutide 1 mg weekly", "glp1_agonists"),
        ("ATORVASTATIN 20 mg", "statins"),
    ],
)
def test_a_medicine_s_name_finds_its_group(text: str, group: str) -> None:
    assert group in match_medicines(text)


def test_a_medicine_is_found_by_its_atc_code_of_any_level() -> None:
    assert "statins" in match_medicines("C10AA05", atc="C10AA05")
    assert "statins" in match_medicines("x", atc="c10aa")


@pytest.mark.parametrize("text", ["", "something nobody knows", "prednisonelike"])
def test_an_unknown_medicine_is_in_no_group(text: str) -> None:
    assert match_medicines(text) == []


@pytest.mark.parametrize("term", list(terms("medicine")))
def test_every_name_of_a_group_finds_the_group(term: str) -> None:
    for name in terms("medicine")[term].names:
        assert term in match_medicines(f"{name} 5 mg"), name


# -- what is merely read -------------------------------------------------------------------------------------------------

MEDICINES, CONDITIONS = list(terms("medicine")), list(terms("condition"))
READ_MEDICINES = MEDICINES[MEDICINES.index("ace_inhibitors_sartans") :]
READ_CONDITIONS = CONDITIONS[CONDITIONS.index("hypertension") :]
# The ICD-10-CM names these two together: hypertensive heart failure, hypertensive kidney disease.
NAMED_TOGETHER = {"I11.0", "I12", "I13", "I13.0", "I13.2"}


@pytest.mark.parametrize("group", READ_MEDICINES)
def test_nothing_that_is_merely_read_is_in_a_group_that_rules_ask_for(group: str) -> None:
    """A statin, steroid or water tablet among them would be said to be absent."""
    for name in terms("medicine")[group].names:
        assert match_medicines(f"{name} 5 mg") == [group], name
    others = {code for other in MEDICINES if other != group for code in terms("medicine")[other].atc}
    both = {"C09BA", "C09BB10", "C09DA"}  # fixed mixtures with a diuretic, and with verapamil
    for code in terms("medicine")[group].atc:
        shared = {other for other in others if code.startswith(other) or other.startswith(code)}
        assert shared <= both, (code, shared)


@pytest.mark.parametrize("condition", READ_CONDITIONS)
def test_no_code_that_is_merely_read_belongs_to_a_condition_that_rules_ask_for(condition: str) -> None:
    for code in terms("condition")[condition].icd10cm:
        found = match_condition(code, "icd10cm")
        assert found == [condition] or (code in NAMED_TOGETHER and condition in found), (code, found)


@pytest.mark.parametrize(
    "word",
    ["lisinopril 20 mg", "AMLODIPINE; VALSARTAN", "Paracetamol", "acetaminophen 500 mg", "salbutamol inhaler", "metoclopramide",
     "gabapentin", "allopurinol 300", "clopidogrel", "mycophenolate", "methotrexate 15 mg weekly", "fluticasone nasal",
     "LATANOPROST OPHTHALMIC", "Hydrocortisone 10 MG/ML Topical Cream", "vitamin D3 1000 IU", "potassium chloride",
     "tamsulosin", "cetirizine", "amoxicillin", "sitagliptin", "armour thyroid", "levoxyl 50", "mirtazapine", "ezetimibe"],
)  # fmt: skip
def test_the_medicines_of_daily_practice_are_read(word: str) -> None:
    assert match_medicines(word)


@pytest.mark.parametrize(
    "word",
    ["nitrofurantoin", "metronidazole", "isoniazid", "linezolid", "phenytoin", "leflunomide", "isotretinoin", "dantrolene",
     "quinine", "tenofovir", "ipecac", "erythromycin", "fluconazole", "a new tablet"],
)  # fmt: skip
def test_what_may_hurt_nerve_or_muscle_and_has_no_entry_is_not_called_read(word: str) -> None:
    assert match_medicines(word) == []


@pytest.mark.parametrize(
    ("word", "groups"),
    [
        ("everolimus 1.5 mg", {"mtor_inhibitors"}),
        ("sirolimus", {"mtor_inhibitors"}),
        ("sorafenib", {"sorafenib", "tyrosine_kinase_inhibitors"}),
        ("sunitinib", {"tyrosine_kinase_inhibitors"}),
        ("hydrochlorothiazide; lisinopril", {"diuretics", "ace_inhibitors_sartans"}),
        ("acetaminophen; hydrocodone", {"opioids", "paracetamol"}),
        ("amlodipine; atorvastatin", {"statins", "calcium_channel_blockers"}),
        ("testosterone topical gel", {"testosterone", "local_medicines"}),
        ("azelastine; fluticasone nasal", {"local_medicines"}),
        ("prednisolone ophthalmic", {"local_medicines"}),
        ("red yeast rice", {"statins"}),
        ("digitoxin 0.07 mg", {"digoxin"}),
        ("nimesulide", {"nsaids"}),
        ("paxlovid", {"strong_cyp3a4_inhibitors"}),
        ("cyproterone acetate 100 mg", {"androgen_deprivation"}),
        ("cyproterone; ethinylestradiol", {"oestrogen"}),
        ("verapamil", {"p_gp_inhibitors"}),
        ("diltiazem", {"p_gp_inhibitors"}),
        ("ranolazine", {"p_gp_inhibitors"}),
        ("acetazolamide 250 mg", {"diuretics"}),
        ("dorzolamide", {"local_medicines"}),
        ("buspirone", {"other_mind_medicines"}),
        ("melatonin", {"other_mind_medicines"}),
        ("lithium carbonate", {"lithium"}),
        ("alfacalcidol", {"active_vitamin_d"}),
        ("calcitriol topical ointment", {"local_medicines"}),
        ("cholecalciferol", {"vitamins_minerals"}),
        ("oxybutynin", {"anticholinergics"}),
        ("amitriptyline", {"anticholinergics", "drowsy_medicines"}),
        ("mirabegron", {"bladder_prostate_medicines"}),
        ("gemfibrozil", {"fibrates", "gemfibrozil"}),
        ("spironolactone", {"antiandrogenic_medicines", "diuretics"}),
        ("ketoconazole shampoo", {"local_medicines"}),
    ],
)
def test_a_medicine_is_in_its_own_groups_and_no_other(word: str, groups: set[str]) -> None:
    assert set(match_medicines(word)) == groups


@pytest.mark.parametrize(
    ("atc", "groups"),
    [
        ("L01EG02", {"mtor_inhibitors"}),
        ("L01EX02", {"sorafenib", "tyrosine_kinase_inhibitors"}),
        ("C09AA05", {"ace_inhibitors_sartans"}),
        ("C09BA05", {"ace_inhibitors_sartans", "diuretics"}),
        ("C07BB07", {"beta_blockers", "diuretics"}),
        ("R06AE07", {"allergy_cold_medicines"}),
        ("N03AX12", {"drowsy_medicines"}),
        ("L01FX20", {"immune_checkpoint_inhibitors"}),  # tremelimumab
        ("L01FY02", {"immune_checkpoint_inhibitors"}),  # nivolumab and relatlimab
        ("C10BA01", {"statins", "nicotinic_acid"}),  # lovastatin and nicotinic acid
        ("C10BA03", {"statins", "fibrates"}),  # pravastatin and fenofibrate
        ("C10BA04", {"statins", "fibrates"}),
        ("C10BA09", {"statins", "fibrates"}),
        ("C10BA10", set()),  # bempedoic acid and ezetimibe: no statin
        ("J05AE30", {"strong_cyp3a4_inhibitors"}),  # nirmatrelvir and ritonavir
        ("J05AR10", {"strong_cyp3a4_inhibitors"}),  # lopinavir and ritonavir
        ("J05AR14", {"strong_cyp3a4_inhibitors"}),  # darunavir and cobicistat
        ("J05AR05", {"zidovudine_group"}),
        ("R03AL11", {"glucocorticoids_inhaled"}),
        ("R03AK15", {"glucocorticoids_inhaled"}),
        ("A07EA06", {"glucocorticoids_systemic"}),  # budesonide for the bowel
        ("A10BD02", {"metformin", "sulfonylureas"}),
        ("A10BD14", {"metformin", "sulfonylureas"}),  # metformin and repaglinide
        ("A10BD24", {"sglt2_inhibitors"}),  # sitagliptin and ertugliflozin
        ("A10BD25", {"metformin", "sglt2_inhibitors"}),
        ("N03AE01", {"sedatives"}),  # clonazepam
        ("N05CF01", {"sedatives"}),
        ("N05BE01", {"other_mind_medicines"}),  # buspirone
        ("N05CH01", {"other_mind_medicines"}),  # melatonin
        ("L04AA18", {"mtor_inhibitors"}),  # everolimus before 2024
        ("S01EC01", {"diuretics"}),  # acetazolamide, by mouth
        ("S01EC03", {"local_medicines"}),  # dorzolamide, eye drops
        ("C08DA01", {"p_gp_inhibitors"}),  # verapamil
        ("C09BB10", {"ace_inhibitors_sartans", "p_gp_inhibitors"}),  # trandolapril and verapamil
        ("A11CC04", {"active_vitamin_d"}),  # calcitriol
        ("A11CC05", {"vitamins_minerals"}),  # colecalciferol
        ("N05AN01", {"lithium"}),
        ("M01AX17", {"nsaids"}),
    ],
)
def test_an_atc_code_leads_to_every_part_of_a_mixture(atc: str, groups: set[str]) -> None:
    assert set(match_medicines(atc, atc=atc)) == groups
