"""A decision says why: to the clinician with its numbers, to the patient kindly and without."""

import re
from string import Formatter

import pytest
from hypothesis import given
from sqlalchemy import select

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.decision import Decision
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.programs.explanations import (
    CAUSES,
    LANGUAGES,
    TOLD_BY,
    act_sentence,
    clinician_sentence,
    flag_sentence,
    patient_sentence,
    red_flag_sentence,
)
from rehab.programs.library import Library
from rehab.programs.policy import Restart
from rehab.programs.progression import Bounds, Move, State, decide
from rehab.programs.replay import replay_case
from rehab.programs.rules import RULES, Facts
from rehab.programs.safety import Tier
from rehab.programs.weekly import Weekly
from rehab.programs.zones import read_session
from rehab.services import plan_changes, plans, safety, sessions
from rehab.services.plans import Assignment
from rehab.services.safety import ScreeningReport
from rehab.services.sessions import SessionReport
from tests.conftest import NOON

from .logs import ACUTE, POLICIES, STRENGTHENING, TIERS, cases, settled

IDS = [rule.id for rule in RULES] + ["RAMP", "UP"]
BLAME = re.compile(
    r"\b(fail|wrong|must|should|fault|bad|lazy|never|warning|danger"
    r"|deb(es|er)|culpa|fall(o|a|as|ado)\b|mal\b|nunca|peligro|cuidado|tienes que)",
    re.IGNORECASE,
)
BARE_SPANISH = re.compile(
    r"\b(sesion|proxim[ao]s?|manana|asi|mas|despues|ultim[ao]s?|ultimamente|recuperacion|facil"
    r"|dificil|valoracion|dias|limite|numero|anad\w+)\b",
    re.IGNORECASE,
)
"""Words that are misspelt without their accent or tilde."""


def sentences(
    state: State, usual: float = 3, track: str = "acute", weekly: Weekly | None = None, **said
) -> tuple[str, str]:
    report = settled(10, **said)
    policy, trend = POLICIES[track], weekly or Weekly()
    _, decision = decide(state, report, usual, policy, STRENGTHENING, Bounds(), TIERS, trend)
    return decision.why, decision.why_patient


@pytest.mark.parametrize(
    ("state", "said", "why"),
    [
        (
            State(2, last_day=9),
            {"track": "chronic", "morning": 5},
            "Held at step 2: next morning 5, usual 3, rise 2 (R4, R10).",
        ),
        (
            State(2, last_day=9),
            {"morning": 5},
            "Less at step 2, 80% dose: next morning 5, usual 3, rise 2 (R4, R10).",
        ),
        (
            State(2, streak=2, last_day=9),
            {},
            "Up to step 3: 3 settled sessions at full dose (UP).",
        ),
        (
            State(2, streak=1, last_day=9),
            {},
            "Held at step 2: 2 of 3 settled sessions at full dose (STREAK).",
        ),
        (
            State(2, marks=("R",), last_day=9),
            {"during": 9},
            "Recovery session next, down to step 1: severe pain, highest rating 9, usual 3 "
            "(R1, R10); two red sessions in three (R3b, R4b).",
        ),
        (
            State(2, last_day=9),
            {"after": 6},
            "Recovery session next, still step 2: red, 6 during or after, limit 5, usual 3 "
            "(R3, R10).",
        ),
        (
            State(3, last_day=1),
            {"morning": None},
            "Down to step 2, 75% dose: back after a break of 7 days or more (R6); "
            "next morning not rated (R9).",
        ),
        (
            State(2, last_day=9),
            {"red_flags": ("RF04",)},
            "Paused at step 2: red flag RF04 (R0); 1 of 3 settled sessions at full dose (STREAK).",
        ),
        (
            State(2, last_day=9, review_open=True),
            {"during": 5},
            "Held at step 2: a red flag is open or the plan is paused (R0); pain rose by 2 (R10).",
        ),
        (
            State(2, last_day=9),
            {"usual": 2.5, "during": 4},
            "Held at step 2: 4 during or after, green up to 3.5, usual 2.5 (LIMIT).",
        ),
        (
            State(2, last_day=9),
            {"completion": 40, "effort": 8},
            "Held at step 2: 40% done, 90% needed (R13); effort 8, ceiling 6 (EFFORT).",
        ),
        (
            State(2, streak=9, last_up_day=5, last_bad_day=8, last_day=9),
            {"sleep": 2},
            "Held at step 2: median sleep 2, over 3 needed (R11); 5 of 7 days since the last step "
            "up (INTERVAL); 2 of 4 days since the last bad or hard session (COOLDOWN).",
        ),
        (
            State(2, last_day=6),
            {"weekly": Weekly(True, True, True, medians=(5, 6.5))},
            "Down to step 1: two weeks' median mornings 5 / 6.5, usual 3 (R5b, R5, R5c); "
            "1 of 3 settled sessions at full dose (STREAK).",
        ),
        (
            State(2, 0.25, last_day=9),
            {"spread": True, "hard": True, "completion": 60},
            "Held at step 2, 25% dose: pain spread to a new area (R2); "
            "60% done, too sore or too hard (HARD).",
        ),
        (
            State(3, last_day=9),
            {"before": 1, "morning": 6},
            "Recovery session next, still step 3: red, next morning 6, usual 3, before 1, rise 5 "
            "(R3, R10).",
        ),
        (
            State(2, 0.5, last_day=9),
            {"track": "chronic"},
            "More at step 2, 75% dose: no real rise of pain, so the dose comes back (RAMP); "
            "0 of 3 settled sessions at full dose (STREAK).",
        ),
        (
            State(2, 0.5, last_day=9),
            {"effort": 8},
            "More at step 2, full dose: no real rise of pain, so the dose comes back (RAMP); "
            "effort 8, ceiling 6 (EFFORT).",
        ),
        (
            State(3, marks=("A", ""), last_day=9),
            {"track": "chronic", "morning": 5},
            "Down to step 2: two bad sessions in three (R4b); "
            "next morning 5, usual 3, rise 2 (R4, R10).",
        ),
        (
            State(5, last_day=9),
            {"before": None, "during": None},
            "Held at step 5: before, during not rated (R9); "
            "locked, or at the highest step 5 (R12).",
        ),
    ],
)
def test_the_clinician_reads_every_rule_that_binds_with_its_numbers(state, said, why):
    assert sentences(state, **said)[0] == why


@pytest.mark.parametrize(
    ("state", "said", "why"),
    [
        (
            State(2, last_day=9),
            {"track": "chronic", "morning": 5},
            "Same plan as last time: your pain was up the next morning, so we give it time to "
            "settle.",
        ),
        (
            State(2, streak=2, last_day=9),
            {},
            "A small step up next time: your last sessions went well, so you are ready for it.",
        ),
        (
            State(2, 0.5, last_day=9),
            {},
            "A little more next time: you took the last session well, so we build back up.",
        ),
        (
            State(2, marks=("R",), last_day=9),
            {"spread": True, "track": "chronic", "morning": 5},
            "An easier level next time: your pain has been up after two recent sessions, so we "
            "make it gentler.",
        ),
        (
            State(3, last_day=1),
            {},
            "An easier level next time: welcome back; after a break it is best to start gently.",
        ),
        (
            State(1, last_day=1),
            {},
            "Same plan as last time: welcome back; after a break it is best to start gently.",
        ),
        (
            State(2, 0.0, last_day=9),
            {"morning": None},
            "A recovery session next time: we are missing a rating of your pain, and without it "
            "we add nothing.",
        ),
        (
            State(2, last_day=9),
            {"red_flags": ("RF04",)},
            "Your exercises are paused for now: someone at your clinic will take a look first.",
        ),
    ],
)
def test_the_patient_reads_what_comes_next_and_the_reason_that_matters(state, said, why):
    assert sentences(state, **said)[1] == why


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_rule_and_move_has_its_words_in_every_language(language):
    words = LANGUAGES[language]
    assert set(words.patient) == set(IDS)
    assert set(words.clinician) == {*IDS, "R0 before", "R3 morning"}
    assert set(words.clinician_opening) == {*map(str, Move), "ramp"}
    assert set(words.patient_opening) == {*map(str, Move), "ramp"}
    assert set(words.ratings) == {"before", "during", "after", "morning"}
    assert set(words.acts) == set(LANGUAGES["en"].acts)
    assert set(words.stop) == {Tier.EMERGENCY, Tier.URGENT}


def blanks(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_reason_names_the_same_numbers_in_every_language(language):
    words, first = LANGUAGES[language], LANGUAGES["en"]
    for rule, template in words.clinician.items():
        assert blanks(template) == blanks(first.clinician[rule]), rule


def full_facts() -> Facts:
    """A session about which every reason has something to say."""
    report = settled(10, before=None, during=6, red_flags=("RF04",), completion=70, effort=9)
    state = State(2, 0.75, 1, 8, 9, ("R", "A"), (True, True), (2, 3), last_day=9)
    reading = read_session(report, 3, ACUTE, STRENGTHENING)
    restarts, trend = (Restart(7, 1, 0.75, 0),), Weekly(True, True, True)
    session = (state, report, 3, reading, ACUTE, STRENGTHENING, Bounds())
    return Facts(*session, trend, True, restarts, 3)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("rule", IDS)
def test_every_move_by_every_rule_reads_as_two_whole_sentences(rule, move, language):
    to_clinician = clinician_sentence(move, [rule], 2, 0.75, full_facts(), language)
    to_patient = patient_sentence(move, (rule,), language)
    assert re.fullmatch(rf"[^{{}}:]+: [^{{}}:]+ \({rule}\)\.", to_clinician)
    assert re.fullmatch(r"[^{}:]+: [^{}:]+\.", to_patient)
    for text in (to_clinician, to_patient):
        assert text == " ".join(text.split())
        assert "None" not in text
        assert text[0].isupper()


def texts_to_patients(language: str) -> list[str]:
    words = LANGUAGES[language]
    kinds = (words.patient, words.patient_opening, words.acts, words.stop)
    return [text for kind in kinds for text in kind.values()]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_patients_read_no_numbers_no_blame_and_no_rule_names(language):
    for text in texts_to_patients(language):
        assert not re.search(r"\d|[{}()]|\bR\d", text)
        assert not BLAME.search(text)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_patient_reasons_are_one_sentence_each(language):
    words = LANGUAGES[language]
    for text in [*words.patient.values(), *words.acts.values(), *words.stop.values()]:
        assert text.endswith(".")
        assert text.count(".") == 1


def test_the_spanish_wears_its_accents_and_says_tu():
    spanish = LANGUAGES["es"]
    for text in [*texts_to_patients("es"), *spanish.clinician.values(), *spanish.ratings.values()]:
        assert not BARE_SPANISH.search(text), text
        assert not re.search(r"\b(usted|ustedes|su|sus|vuestr[oa]s?)\b", text), text


def test_causes_and_what_speaks_for_another_are_rules_and_moves_that_exist():
    assert set(CAUSES) <= set(LANGUAGES["en"].patient_opening)
    assert {rule for causes in CAUSES.values() for rule in causes} <= set(IDS)
    assert {rule for told, by in TOLD_BY.items() for rule in (told, *by)} <= set(IDS)


def test_a_stored_decision_is_enough_for_the_patients_sentence():
    assert patient_sentence("hold", ("R9",)) == patient_sentence("hold", ("R9", "R12"), "en")


@pytest.mark.parametrize(
    ("tiers", "language", "says"),
    [
        (["U", "E"], "en", "Please stop exercising, and call the emergency number now."),
        (["S", "U"], "en", "Please stop exercising, and get medical advice today."),
        (["E"], "es", "Deja los ejercicios y llama ya al número de emergencias."),
        (
            ["S"],
            "en",
            "Your exercises are paused for now: someone at your clinic will take a look first.",
        ),
        (
            [],
            "es",
            "Tus ejercicios quedan en pausa por ahora: alguien de tu centro lo va a mirar primero.",
        ),
    ],
)
def test_a_red_flag_that_cannot_wait_is_told_before_any_plan(tiers, language, says):
    assert red_flag_sentence(tiers, "pause", ("R0", "R9"), language) == says


def test_a_category_that_the_session_did_not_contain_is_told_of_the_flag_alone():
    assert flag_sentence("pause", 3, 0.5, ("RF04",)) == (
        "Paused at step 3, 50% dose: red flag RF04 (R0)."
    )
    assert flag_sentence("hold", 3, 1.0, (), "es") == (
        "Sigue en el nivel 3: hay una bandera roja abierta o el plan está en pausa (R0)."
    )


def test_the_patient_reads_what_their_clinician_did():
    assert act_sentence("pause") == "Your physiotherapist has paused your exercises for now."
    assert act_sentence("override") == act_sentence("bound")
    assert act_sentence("override", "es") == "Tu fisioterapeuta ha mirado tu plan y lo ha cambiado."


@given(cases())
def test_every_decision_of_every_log_is_explained(case):
    for decision in replay_case(case, POLICIES, TIERS).decisions:
        assert re.fullmatch(r"[^{}:]+: [^{}:]+ \([^()]+\)\.", decision.why)
        assert "None" not in decision.why
        assert decision.why_patient == patient_sentence(decision.move, decision.rules)
        named = re.findall(r"\(([^()]+)\)", decision.why)
        assert sorted(", ".join(named).split(", ")) == sorted(decision.rules)


def told(plan: Plan) -> set[tuple[str, str]]:
    """The two sentences of every decision of a plan that stands."""
    standing = select(Decision).filter_by(plan_id=plan.id, replaced_at=None)
    return {(d.why, d.why_patient) for d in db.session.scalars(standing)}


@pytest.fixture
def plan_of_maya(maya: Patient, library: Library) -> Plan:
    maya.language = "es"
    return plans.assign(maya, Assignment("lb-subacute-6w", usual_pain=3), library, NOON)


def report(plan: Plan, library: Library, **said: object) -> None:
    values = {"before": 3, "during": 3, "after": 3, "effort": 4, **said}
    sessions.report_session(plan, SessionReport(performed_at=NOON, **values), library, NOON)


def test_what_is_stored_is_english_for_the_clinician_and_the_patients_own_language(
    plan_of_maya: Plan, library: Library
) -> None:
    report(plan_of_maya, library)
    assert told(plan_of_maya) == {
        (
            "Held at step 1: next morning not rated (R9).",
            "El mismo plan que la última vez: nos falta alguna valoración de tu dolor y, sin ella, "
            "no añadimos nada.",
        )
    }


def test_a_red_flag_in_a_session_is_told_for_every_category_in_the_patients_language(
    plan_of_maya: Plan, library: Library
) -> None:
    walked = ({"exercise_id": "li-walk", "done": True, "too_sore": False},)
    report(plan_of_maya, library, red_flags=("RF01",), exercises=walked)
    assert {said for _, said in told(plan_of_maya)} == {LANGUAGES["es"].stop["E"]}
    assert ("Paused at step 1: red flag RF01 (R0).", LANGUAGES["es"].stop["E"]) in told(
        plan_of_maya
    )


def test_a_red_flag_among_the_questions_is_told_in_the_patients_language(
    plan_of_maya: Plan, library: Library
) -> None:
    safety.answer(plan_of_maya, ScreeningReport(NOON.date(), ("RF07",)), library, NOON)
    assert {said for _, said in told(plan_of_maya)} == {LANGUAGES["es"].stop["U"]}


def test_what_a_clinician_did_is_told_in_the_patients_language(
    plan_of_maya: Plan, library: Library, ana: Clinician
) -> None:
    plan_changes.pause(plan_of_maya, ana, "away", library, NOON)
    assert {said for _, said in told(plan_of_maya)} == {LANGUAGES["es"].acts["pause"]}
