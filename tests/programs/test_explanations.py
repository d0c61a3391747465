"""A decision says why: to the clinician with its numbers, to the patient kindly and without."""

import re

import pytest
from hypothesis import given

from rehab.programs.explanations import CAUSES, LANGUAGES, patient_sentence
from rehab.programs.progression import Bounds, Move, State, decide
from rehab.programs.replay import replay_case
from rehab.programs.rules import RULES
from rehab.programs.weekly import Weekly

from .logs import POLICIES, STRENGTHENING, TIERS, cases, settled

IDS = [rule.id for rule in RULES] + ["RAMP", "UP"]
BLAME = re.compile(r"\b(fail|wrong|must|should|fault|bad|lazy|never|warning|danger)", re.IGNORECASE)


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
            "Held at step 2: next morning 5, usual 3, rise 2 (R4).",
        ),
        (
            State(2, last_day=9),
            {"morning": 5},
            "Less at step 2, dose 0.8: next morning 5, usual 3, rise 2 (R4).",
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
            "Recovery session next, down to step 1: severe pain, highest rating 9, usual 3 (R1); "
            "two red sessions in three (R3b); two bad sessions in three (R4b).",
        ),
        (
            State(2, last_day=9),
            {"after": 6},
            "Recovery session next, still step 2: red, worst rating 6, usual 3, rise 3 (R3).",
        ),
        (
            State(3, last_day=1),
            {"morning": None},
            "Down to step 2, dose 0.75: back after a break of 7 days or more (R6); "
            "a rating is missing (R9).",
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
            "Held at step 2: during or after 4, over the green limit, usual 2.5 (LIMIT).",
        ),
        (
            State(2, last_day=9),
            {"completion": 40, "effort": 8},
            "Held at step 2: 40% done, 90% needed (R13); effort 8, ceiling 6 (EFFORT).",
        ),
        (
            State(2, streak=9, last_up_day=5, last_bad_day=8, last_day=9),
            {"sleep": 2},
            "Held at step 2: median sleep 3 or less (R11); less than 7 days since the last step "
            "up (INTERVAL); less than 4 days since the last bad or hard session (COOLDOWN).",
        ),
        (
            State(2, last_day=6),
            {"weekly": Weekly(True, True, True)},
            "Down to step 1: last week's median 2 or more over usual (R5); two weeks' medians 2 "
            "or more over usual (R5b); two weeks' medians 1 or more over usual (R5c); "
            "1 of 3 settled sessions at full dose (STREAK).",
        ),
        (
            State(2, 0.25, last_day=9),
            {"spread": True, "hard": True, "completion": 60},
            "Held at step 2, dose 0.25: pain spread to a new area (R2); "
            "60% done, too sore or too hard (HARD).",
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
            "A small step up next time: your last sessions went well and your pain stayed settled.",
        ),
        (
            State(2, 0.5, last_day=9),
            {},
            "A little more next time: your pain settled well, so we build back up.",
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
            "A recovery session next time: we do not have all your pain ratings, so we change "
            "nothing without them.",
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
    assert set(words.clinician) == {*IDS, "R0 before"}
    assert set(words.clinician_opening) == {str(move) for move in Move}
    assert set(words.patient_opening) == {*map(str, Move), "ramp"}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_patients_read_no_numbers_no_blame_and_no_rule_names(language):
    words = LANGUAGES[language]
    for text in [*words.patient.values(), *words.patient_opening.values()]:
        assert not re.search(r"\d|[{}()]|\bR\d", text)
        assert not BLAME.search(text)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_patient_reasons_are_one_sentence_each(language):
    for text in LANGUAGES[language].patient.values():
        assert text.endswith(".")
        assert text.count(".") == 1


def test_causes_are_rules_and_moves_that_exist():
    assert set(CAUSES) <= set(LANGUAGES["en"].patient_opening)
    assert {rule for causes in CAUSES.values() for rule in causes} <= set(IDS)


def test_a_stored_decision_is_enough_for_the_patients_sentence():
    assert patient_sentence("hold", ("R9",)) == patient_sentence("hold", ("R9", "R12"), "en")


@given(cases())
def test_every_decision_of_every_log_is_explained(case):
    for decision in replay_case(case, POLICIES, TIERS).decisions:
        assert re.fullmatch(r"[^{}]+: [^{}]+ \([A-Z0-9b-c]+\)\.", decision.why)
        assert "None" not in decision.why
        assert decision.why_patient == patient_sentence(decision.move, decision.rules)
        named = re.findall(r"\(([A-Z][A-Z0-9bc]*)\)", decision.why)
        unnamed = set(decision.rules) - set(named)
        assert unnamed <= {"R10"}
