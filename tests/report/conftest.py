"""An answer made by hand, rich enough to show everything that a result can hold."""

from __future__ import annotations

import pytest

from myoscope.assess.result import Assessment

EWGSOP2 = {
    "source": "cruz_jentoft_2019",
    "short": "Cruz-Jentoft 2019",
    "place": "Table 3",
    "read": "secondary",
    "link": "https://doi.org/10.1093/ageing/afy169",
}
SDOC = {
    "source": "bhasin_2020",
    "short": "Bhasin 2020",
    "place": "abstract",
    "read": "primary",
    "link": "https://doi.org/10.1111/jgs.16372",
}
FNIH = {"source": "studenski_2014", "short": "Studenski 2014", "place": "Table 4", "read": "secondary"}
NORM = {
    "source": "dodds_2014",
    "short": "Dodds 2014",
    "place": "Table 2",
    "read": "primary",
    "link": "https://doi.org/10.1371/journal.pone.0113637",
}
MEMORY = {"source": "recalled_2001", "short": "Somebody 2001", "place": "page unknown", "read": "recalled"}
POLICY = {"source": "myoscope_policy", "short": "Myoscope", "place": "this file", "read": "policy"}


def comparison(**changes):
    base = {
        "rule": "low_grip", "variable": "grip_strength_kg", "name": "grip strength", "value": 27.0, "operator": "<", "cutoff": 27.0,
        "cutoffs": [27.0, 16.0], "unit": "kg", "answer": "no", "state": "known", "text": "27.0 kg is not below 27 kg", "source": EWGSOP2,
    }  # fmt: skip
    return base | changes


def _gait(operator, text, source, answer="yes"):
    return comparison(rule="slow_gait", variable="gait_speed_m_s", name="usual gait speed", value=0.76, operator=operator, cutoff=0.8,
                      cutoffs=[0.8], unit="m/s", answer=answer, text=text, source=source)  # fmt: skip


def _alm(answer="unknown"):
    return comparison(
        rule="low_alm_height2", variable="alm_height2_kg_m2", name="appendicular lean mass index", value=6.84, cutoff=7.0,
        cutoffs=[7.0, 5.5], unit="kg/m²", answer=answer, state="estimate", probability_below=0.62,
        text="about 6.84 kg/m² (5.9 to 7.8) is below 7.0 kg/m² with a probability of 62 %",
    )  # fmt: skip


def definitions():
    ewgsop2 = {
        "title": "EWGSOP2 (2019)", "plain": "The European definition. Weak muscles make sarcopenia probable.", "stage": "none",
        "up_to": "none", "stage_title": "No sarcopenia by this definition", "meaning": "Your muscle strength is not below the European limit.",
        "components": {"low_strength": False, "low_mass": None, "low_performance": True}, "probabilities": {"low_mass": 0.62},
        "path": {"strength": "grip", "mass": "alm_height2"},
        "other_paths": [{"path": {"strength": "chair_stand"}, "stage": "probable", "up_to": "severe", "differs": True}],
        "deciding": [comparison()], "comparisons": [comparison(), _alm(), _gait("<=", "0.76 m/s is at or below 0.8 m/s", EWGSOP2)],
        "missing": [], "outside_population": False, "cautions": ["muscle mass is an estimate, not a measurement"],
        "notes": ["Slow, but not weak by this definition: look for other reasons."], "read": "secondary", "source": EWGSOP2,
    }  # fmt: skip
    sdoc_grip = comparison(
        cutoff=35.5, cutoffs=[35.5, 20.0], answer="yes", text="27.0 kg is below 35.5 kg", source=SDOC
    )
    sdoc = {
        "title": "SDOC (2020)", "plain": "The American position: weak and slow.", "stage": "sarcopenia", "up_to": "sarcopenia",
        "stage_title": "Sarcopenia", "meaning": "You are weak and slow by the American limits.",
        "components": {"low_strength": True, "low_performance": True}, "path": {}, "missing": [],
        "deciding": [sdoc_grip, _gait("<", "0.76 m/s is below 0.8 m/s", SDOC)],
        "comparisons": [sdoc_grip, _gait("<", "0.76 m/s is below 0.8 m/s", SDOC)], "outside_population": None, "read": "primary", "source": SDOC,
    }  # fmt: skip
    fnih = {
        "title": "FNIH (2014)", "plain": "The American consortium's limits.", "stage": "unknown", "up_to": "slow_weak_low_mass",
        "stage_title": "Can't tell yet", "components": {"low_strength": None, "low_mass": None}, "path": {},
        "deciding": [], "comparisons": [_alm(), comparison(value=None, cutoff=None, state="missing", answer="unknown", text="grip strength is not known", rule="low_grip_bmi", source=FNIH)],
        "missing": ["grip_strength_kg", "alm_kg"], "outside_population": True, "read": "secondary", "source": FNIH,
    }  # fmt: skip
    awgs = {
        "title": "AWGS 2019", "plain": "The Asian definition.", "stage": "possible", "up_to": "severe", "stage_title": "Possible sarcopenia",
        "meaning": "Your strength is below the Asian limit.", "components": {"low_strength": True, "low_mass": None}, "path": {},
        "deciding": [comparison(rule="low_grip_awgs", cutoff=28.0, cutoffs=[28.0, 18.0], answer="yes", text="27.0 kg is below 28 kg")],
        "comparisons": [comparison(rule="low_grip_awgs", cutoff=28.0, cutoffs=[28.0, 18.0], answer="yes", text="27.0 kg is below 28 kg"), _alm()],
        "missing": ["alm_kg"], "outside_population": True, "cautions": ["made for people in Asia"], "read": "secondary", "source": EWGSOP2,
    }  # fmt: skip
    screen = {
        "title": "SARC-F", "plain": "Five questions.", "stage": "unknown", "up_to": "positive", "stage_title": "Can't tell yet",
        "components": {"positive": None}, "path": {}, "deciding": [],
        "comparisons": [comparison(rule="high_score", variable="sarc_f_score", name="SARC-F score", value=None, operator=">=", cutoff=4.0, cutoffs=[4.0], unit="points", state="missing", answer="unknown", text="SARC-F score is not known")],
        "missing": ["sarc_f_score"], "outside_population": False, "read": "secondary", "source": EWGSOP2,
    }  # fmt: skip
    return {"ewgsop2_2019": ewgsop2, "sdoc_2020": sdoc, "fnih_2014": fnih, "awgs_2019": awgs, "sarc_f": screen}


def measures():
    grip_curve = [(5, 24.0), (10, 26.8), (25, 31.4), (50, 36.4), (75, 41.3), (90, 45.9), (95, 48.8)]
    gait_curve = [(5, 0.71), (25, 0.98), (50, 1.13), (75, 1.29), (95, 1.52)]
    alm_curve = [(3, 5.9), (10, 6.4), (50, 7.7), (90, 9.0), (97, 9.7)]
    standing = {"reference": "dodds_2014", "title": "Britain, 12 studies", "source": NORM}
    return [
        {"id": "age_years", "name": "age", "value": 74.0, "unit": "years", "source": "measured"},
        {"id": "weight_kg", "name": "body weight", "value": 68.0, "unit": "kg", "date": "2026-11-02", "source": "measured", "earlier": [["2026-05-01", 74.5]]},
        {"id": "grip_strength_kg", "name": "grip strength", "plain": "how hard you can squeeze", "value": 27.0, "unit": "kg", "date": "2026-11-02", "source": "measured",
         "error": {"statistic": "MDC95", "value": 5.0, "unit": "kg", "population": "adults over 60", "source": NORM},
         "standing": [standing | {"percentile": 10.4, "z": -1.26, "shown": "10th", "median": 36.4, "curve": grip_curve}]},
        {"id": "gait_speed_m_s", "name": "usual gait speed", "plain": "how fast you walk", "value": 0.76, "unit": "m/s", "source": "measured",
         "standing": [standing | {"percentile": None, "shown": "<5", "median": 1.13, "curve": gait_curve, "caution": "the reference is of means"}]},
        {"id": "alm_height2_kg_m2", "name": "appendicular lean mass index", "plain": "limb muscle for height", "value": 6.84, "unit": "kg/m²", "source": "estimate",
         "method": "Kawakami 2021", "interval_95": [5.9, 7.8], "cautions": ["made in Japanese adults"],
         "standing": [standing | {"percentile": 17.0, "shown": "17th", "median": 7.7, "curve": alm_curve}]},
        {"id": "chair_stand_5x_s", "name": "five-times chair stand", "value": "unable", "unit": "s", "source": "measured"},
        {"id": "vitamin_d_25oh_ng_ml", "name": "25-hydroxyvitamin D", "value": 11.0, "unit": "ng/mL", "date": "2021-01-04", "source": "measured", "stale": True, "unusual": True},
        {"id": "intended_weight_loss", "name": "intended weight loss", "value": False, "source": "measured"},
    ]  # fmt: skip


def urgent():
    base = {
        "professional": "Rhabdomyolysis until excluded.",
        "why": "muscle that breaks down can stop the kidneys",
        "source": NORM,
    }
    return [
        base | {"id": "rf_wl5", "title": "Weight loss without trying", "tier": "two_weeks", "see": "GP", "blocks": "nothing",
                "lay": "You have lost weight without meaning to. Book an appointment within two weeks.", "because": ["lost 8.7 % in six months, not intended"]},
        base | {"id": "rf_ck", "title": "Dark urine with muscle pain", "tier": "same_day", "see": "GP or emergency department", "blocks": "training",
                "lay": "Dark urine with sore muscles can mean that muscle is breaking down. See a doctor today.", "because": ["dark urine", "muscle pain"]},
    ]  # fmt: skip


def causes():
    base = {"professional": "Mechanism and caveats.", "sources": [NORM]}
    return [
        base | {"id": "low_protein_intake", "group": "nutrition", "title": "Too little protein", "plain": "Muscle is built from protein.", "status": "present",
                "for": [{"text": "Eats 0.6 g of protein per kg a day", "strength": "establishes", "source": NORM}, {"text": "Eats half of what he used to", "strength": "moderate"}],
                "against": [], "missing": [], "next": "Write down everything you eat for three days.", "confirm": "A diet history by a dietitian.",
                "effect": "About 0.6 kg less lean mass in three years.", "reversible": "Yes, within months.", "treatments": ["protein_target"]},
        base | {"id": "inactivity_sedentary", "group": "disuse", "title": "Too little use of the muscles", "plain": "Muscle that is not used is taken down.", "status": "probable",
                "for": [{"text": "1,900 steps a day", "strength": "strong", "source": NORM}, {"text": "No strength training", "strength": "weak", "unverified": True, "source": MEMORY}],
                "against": [{"text": "Cycles 60 minutes a week", "strength": "weak"}], "missing": ["bed_rest_days"], "next": "Count your steps for a week.", "treatments": ["resistance_training"]},
        base | {"id": "low_testosterone", "group": "hormonal", "title": "Low testosterone", "plain": "The male hormone keeps muscle.", "status": "unknown",
                "for": [], "against": [], "missing": ["testosterone_ng_dl", "testosterone_previous_ng_dl"], "next": "Two blood tests in the morning.", "treatments": []},
        base | {"id": "hyperthyroidism", "group": "hormonal", "title": "Overactive thyroid", "plain": "Too much thyroid hormone burns muscle.", "status": "excluded",
                "for": [], "against": [{"text": "TSH 2.1 mIU/L is normal", "strength": "excludes", "source": NORM}], "missing": []},
        base | {"id": "statin_myopathy", "group": "medicines", "title": "A cholesterol tablet", "plain": "Statins can hurt muscle.", "status": "possible",
                "for": [{"text": "Takes atorvastatin", "strength": "weak", "source": NORM}, {"text": "Aching muscles", "strength": "moderate"}],
                "against": [{"text": "Creatine kinase is normal", "strength": "moderate", "source": NORM}], "missing": [], "treatments": ["statin_review"]},
    ]  # fmt: skip


def plan():
    gate = {
        "id": "ckd_protein",
        "action": "refer",
        "answer": "unknown",
        "lay": "Do you have kidney disease?",
        "professional": "eGFR below 30",
        "source": NORM,
    }
    stop = gate | {
        "id": "ck_high",
        "action": "stop",
        "answer": "yes",
        "lay": "Dark urine first has to be explained.",
        "professional": "rule out rhabdomyolysis",
    }
    effect = {
        "median": 1.1,
        "low": 0.9,
        "high": 1.2,
        "weeks": 20,
        "unit": "kg",
        "outcome": "lean body mass",
        "population": "adults over 50",
        "basis": "published mean of groups",
        "source": NORM,
    }
    base = {
        "certainty": "moderate",
        "dose_source": EWGSOP2,
        "sources": [NORM],
        "monitoring": ["Weight every week"],
        "stop_rules": ["Stop if the ankles swell"],
    }
    return {"withheld": None, "refer": ["GP"], "items": [
        base | {"id": "protein_target", "group": "nutrition", "treatment": "Enough protein", "plain": "Eat protein at every meal.", "status": "offer",
                "dose": "1.0 to 1.2 g per kg of body weight a day", "grams_per_day": [68.0, 81.6], "why": ["Too little protein is a cause"], "gates_passed": 4, "guideline": "ESPEN 2022",
                "certainty_note": "Consensus more than trials."},
        base | {"id": "whey", "group": "supplements", "treatment": "Whey protein", "plain": "A milk protein powder.", "status": "ask_first", "dose": "20 g twice a day",
                "why": ["When food is not enough"], "gates_open": [gate], "expected_effect_kg": effect | {"median": 0.1, "low": -0.2, "high": 0.4}},
        base | {"id": "testosterone", "group": "hormones", "treatment": "Testosterone", "plain": "Only for a proven lack.", "status": "refer", "why": ["Only after two low morning samples"]},
        base | {"id": "resistance_training", "group": "exercise", "treatment": "Strength training", "plain": "Train the big muscles twice a week.", "status": "not_now",
                "dose": "2 sessions a week", "why": ["Too little use is a probable cause"], "gates_failed": [stop], "expected_effect_kg": effect,
                "other_effects": [effect | {"median": 2.4, "low": 1.0, "high": 3.9, "outcome": "grip strength"}]},
    ]}  # fmt: skip


def body():
    return {
        "person": {"id": "person-1", "on": "2026-11-02", "age_years": 74.0, "sex": "male", "ancestry": "european", "conditions": ["high blood pressure"],
                   "medicines": ["atorvastatin 40 mg"], "symptoms": ["muscle_pain", "dark_urine"], "remarks": ["1 value dated after 2026-11-02 left aside"]},
        "measures": measures(), "urgent": urgent(), "definitions": definitions(), "causes": causes(), "plan": plan(),
        "next_measurements": [
            {"id": "alm_kg", "name": "appendicular lean mass (DXA)", "how": "a scan of ten minutes", "settles": ["AWGS 2019", "FNIH (2014)"], "rank": 1},
            {"id": "testosterone_ng_dl", "name": "total testosterone", "how": "two mornings, fasting", "settles": ["Low testosterone"], "rank": 2},
        ],
        "versions": {"package": "0.1.0", "knowledge": "2026.11+abc1234567"},
    }  # fmt: skip


@pytest.fixture
def answer_body():
    """The answer as plain data, to be changed by a test."""
    return body()


@pytest.fixture
def assessment(answer_body):
    return Assessment.model_validate(answer_body)


@pytest.fixture
def empty_assessment():
    """A record that says nothing."""
    return Assessment.model_validate(
        {"person": {"on": "2026-11-02"}, "measures": [], "urgent": [], "definitions": {}, "next_measurements": [], "causes": [],
         "plan": {}, "versions": {"package": "0.1.0", "knowledge": "2026.11+abc1234567"}}
    )  # fmt: skip
