# ruff: noqa: RUF001 (patients write look-alike letters; that is the point)
"""Every text here is one that a patient could send with one thumb and half an eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.notifications import phrases
from rehab.notifications.replies import Expects, Intent, Means, parse

NOTHING, MORNING, AFTER, BOTH = (
    Expects.NOTHING,
    Expects.MORNING,
    Expects.AFTER,
    Expects.DURING_AND_AFTER,
)


def means(text: str, expecting: Expects = NOTHING, language: str = "en") -> Means:
    return parse(text, expecting, language).means


def ratings(text: str, expecting: Expects, language: str = "en") -> tuple[int | None, int | None]:
    intent = parse(text, expecting, language)
    assert intent.means in (Means.PAIN, Means.DONE), intent
    return intent.during, intent.pain


OPT_OUTS = """STOP|Stop.|stop!!!|"STOP"|S.T.O.P|s t o p|STOP 🙏|stop please|Please stop|ok stop
STOPALL|stop all|Stop texting me!|UNSUBSCRIBE|unsuscribe|Unsubcribe|stopp|sotp|stpo|QUIT|End
CANCEL|revoke|opt-out|opt out|Opt me out please|no more texts
No more messages, thanks|remove me|Take me off
don't text me|Don’t text me again|do not text me|leave me alone|wrong number|Wrong number!
who is this?|I withdraw consent|ＳＴＯＰ|ſtop|st\u200bop|Hi, please stop|quit texting me
you have the wrong number 🙏|can you stop?|ALTO|Baja|dar de baja|darme de baja por favor
no más|No mas mensajes|basta|¡Basta ya!|parar|cancelar|no quiero más mensajes
no me escriban más|Número equivocado|dejen de escribirme
por favor pare|arrêt|Stoppen""".replace("\n", "|").split("|")

NOT_OPT_OUTS = """I had to stop after 2 reps|done, did not stop|my bus stop is far|non-stop|shop
step|top|the end of my arm hurts|stopped early|I cancelled my trip|endless|done|7""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("text", OPT_OUTS)
@pytest.mark.parametrize("expecting", [NOTHING, MORNING])
def test_what_a_reasonable_person_means_by_stop_stops(text: str, expecting: Expects) -> None:
    assert means(text, expecting) is Means.OPT_OUT


@pytest.mark.parametrize("text", NOT_OPT_OUTS)
def test_a_text_that_only_mentions_stopping_does_not_stop(text: str) -> None:
    assert means(text) is not Means.OPT_OUT


@pytest.mark.parametrize(
    "text", ["I had to stop after 2", "could you stop these for me maybe", "shop", "top", "stopped"]
)
def test_a_text_about_stopping_is_asked_back(text: str) -> None:
    assert means(text) is Means.MAYBE_OPT_OUT


def test_a_wrong_number_is_an_opt_out_that_says_why() -> None:
    assert parse("Wrong number", NOTHING, "en").why == "wrong number"


TAPBACKS = [
    "Liked “Riverside: your session is ready. Reply LATER to move it, STOP to end texts.”",
    'Loved "Session done? Reply pain during and now, e.g. 3 2"',
    "Reacted 👍 to “Session done? Reply DONE”",
    "👍 to “ Session done? ”",
    "Laughed at an image",
    "Removed a like from “Reply STOP to end texts”",
    "Emphasized “chest pain? call 112”",
    "Le gustó “Responda STOP”",
    "Reaccionó con ❤️ a “Sesión lista. STOP”",
    "A aimé « Répondez STOP »",
]


@pytest.mark.parametrize("text", TAPBACKS)
@pytest.mark.parametrize("expecting", [NOTHING, BOTH])
def test_a_tapback_quotes_our_words_and_says_none_of_them(text: str, expecting: Expects) -> None:
    assert means(text, expecting) is Means.ACKNOWLEDGEMENT


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "ayuda", "información", "?", "Help pls"])
def test_help_is_help(text: str) -> None:
    assert means(text) is Means.HELP


@pytest.mark.parametrize("text", ["START", "Unstop", "start again please", "empezar", "Alta"])
def test_start_is_an_opt_in(text: str) -> None:
    assert means(text) is Means.OPT_IN


@pytest.mark.parametrize(("expecting", "meaning"), [(Expects.START, True), (NOTHING, False)])
def test_a_yes_opts_in_only_whoever_had_opted_out(expecting: Expects, meaning: bool) -> None:
    assert (means("YES", expecting) is Means.OPT_IN) is meaning


@pytest.mark.parametrize(
    "text",
    [
        "chest pain",
        "I have CHEST PAIN 7",
        "7 but my chest hurts",
        "done, felt short of breath",
        "I can’t breathe",
        "stop I can't breathe",
        "I fell down the stairs",
        "my leg is numb",
        "I want to die",
        "me caí ayer",
        "me duele el pecho",
        "no puedo respirar",
        "no siento las piernas",
        "call 911",
        "Fever and chills since last night, pain 3",
    ],
)
@pytest.mark.parametrize("expecting", [NOTHING, MORNING, BOTH])
def test_words_of_danger_are_heard_before_any_number(text: str, expecting: Expects) -> None:
    assert means(text, expecting) is Means.SAFETY


@pytest.mark.parametrize("text", ["I fell asleep", "done, fell asleep after", "no siento dolor"])
def test_falling_asleep_is_no_fall_and_feeling_no_pain_no_numbness(text: str) -> None:
    assert means(text) is not Means.SAFETY


@pytest.mark.parametrize(
    ("text", "during", "now"),
    [
        ("done", None, None),
        ("DONE!", None, None),
        ("Done 3", None, 3),
        ("done 3 2", 3, 2),
        ("done 3 pain 7", None, 7),
        ("Done. Pain 4/10", None, 4),
        ("done pain 4 out of 10", None, 4),
        ("done, no pain", None, 0),
        ("done during 3 now 2", 3, 2),
        ("done - 3", None, 3),
        ("I did it 👍", None, None),
        ("I'm done with my exercises today", None, None),
        ("just finished, thanks", None, None),
        ("✅", None, None),
        ("Done ✅ 2", None, 2),
        ("Hecho", None, None),
        ("¡Ya está!", None, None),
        ("ya lo hice, dolor 5", None, 5),
        ("terminé, sin dolor", None, 0),
        ("hecho siete", None, 7),
    ],
)
def test_done_reports_a_session_with_the_pain_that_came_along(
    text: str, during: int | None, now: int | None
) -> None:
    intent = parse(text, NOTHING, "en")
    assert intent == Intent(Means.DONE, pain=now, during=during)


@pytest.mark.parametrize(
    "text",
    ["not done", "dont", "done 6-7", "done 11", "done 3.5", "done nothing", "done yet?", "undone"],
)
def test_what_is_not_plainly_done_is_not_a_report(text: str) -> None:
    assert means(text) is Means.UNREADABLE


@pytest.mark.parametrize(("text", "pain"), [(str(n), n) for n in range(11)])
def test_a_number_answers_the_open_question(text: str, pain: int) -> None:
    assert ratings(text, MORNING) == (None, pain)


@pytest.mark.parametrize(
    ("text", "language", "pain"),
    [
        ("7/10", "en", 7),
        ("7 / 10", "en", 7),
        ("7 out of 10", "en", 7),
        ("10 out of ten", "en", 10),
        ("seven", "en", 7),
        ("Seven.", "en", 7),
        ("my pain is about seven today", "en", 7),
        ("pain 7", "en", 7),
        ("pain: 7", "en", 7),
        ("pain=7", "en", 7),
        ("sorry 6", "en", 6),
        ("It's a 4, thanks", "en", 4),
        ("none", "en", 0),
        ("no pain", "en", 0),
        ("zero", "en", 0),
        ("siete", "en", 7),
        ("siete de diez", "es", 7),
        ("7 sobre 10", "es", 7),
        ("un 3", "es", 3),
        ("más o menos 5", "es", 5),
        ("sin dolor", "es", 0),
        ("nada", "es", 0),
        ("٧", "en", 7),
        ("７", "en", 7),
        ("7️⃣", "en", 7),
        ("7 😀", "en", 7),
        ("07", "en", 7),
    ],
)
def test_a_rating_may_be_worded_in_many_ways(text: str, language: str, pain: int) -> None:
    assert ratings(text, MORNING, language) == (None, pain)
    assert ratings(text, AFTER, language) == (None, pain)


UNCLEAR = """11|12|100|-3|6-7|6 - 7|6 to 7|6 or 7|between 6 and 7|6 a 7|3.5|3,5|7+|>7|<3|3 7|5ish|7%
7/5|half|½|fine|good|no|maybe|9999999999999999999999|1e1|0x7|3 2 1|..|""".replace("\n", "|").split(
    "|"
)


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_could_be_two_ratings_or_none_is_asked_again(text: str) -> None:
    assert means(text, MORNING) is Means.UNREADABLE


@pytest.mark.parametrize(
    ("text", "during", "now"),
    [
        ("3 2", 3, 2),
        ("3,2", 3, 2),
        ("3/2", 3, 2),
        ("3, 2", 3, 2),
        ("3 and 2", 3, 2),
        ("tres y dos", 3, 2),
        ("during 3 now 2", 3, 2),
        ("now 2 during 3", 3, 2),
        ("3 during, 2 now", 3, 2),
        ("2 after, 3 during", 3, 2),
        ("durante 3 después 2", 3, 2),
        ("3/10 2/10", 3, 2),
        ("pain 3 2", 3, 2),
        ("4", None, 4),
        ("during 4", 4, None),
        ("Done 3 2", 3, 2),
        ("0 0", 0, 0),
        ("10 10", 10, 10),
    ],
)
def test_two_numbers_are_the_pain_during_and_now(
    text: str, during: int | None, now: int | None
) -> None:
    assert ratings(text, BOTH) == (during, now)


@pytest.mark.parametrize("text", ["7/10", "3.2", "2-3", "3 2 1", "3 11", "6 to 7", "3 x"])
def test_two_numbers_that_may_be_one_are_asked_again(text: str) -> None:
    assert means(text, BOTH) is Means.UNREADABLE


@pytest.mark.parametrize("text", ["7", "seven", "3 2", "7/10"])
def test_a_bare_number_that_nobody_asked_for_is_asked_about(text: str) -> None:
    assert means(text, NOTHING) is Means.UNREADABLE


def test_a_labelled_number_speaks_for_itself() -> None:
    assert parse("pain 7", NOTHING, "en") == Intent(Means.PAIN, pain=7)
    assert parse("dolor 3", NOTHING, "es") == Intent(Means.PAIN, pain=3)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("later", 30),
        ("LATER please", 30),
        ("snooze", 30),
        ("later today", 30),
        ("snooze 45", 45),
        ("later 45m", 45),
        ("remind me in 2 hours", 120),
        ("later 2h", 120),
        ("más tarde", 30),
        ("luego, gracias", 30),
        ("luego 1 hora", 60),
    ],
)
def test_later_moves_a_reminder_by_minutes(text: str, minutes: int) -> None:
    assert parse(text, NOTHING, "en") == Intent(Means.LATER, minutes=minutes)


@pytest.mark.parametrize("text", ["later 2", "later 13h", "later maybe", "later 2 days", "lately"])
def test_a_later_without_a_clear_time_is_asked_again(text: str) -> None:
    assert means(text) is Means.UNREADABLE


@pytest.mark.parametrize("text", ["skip", "SKIP!", "not today", "no", "No thanks", "hoy no"])
def test_skip_leaves_the_session_out(text: str) -> None:
    assert means(text) is Means.SKIP


@pytest.mark.parametrize(
    ("text", "expecting", "meaning"),
    [
        ("👍", NOTHING, Means.ACKNOWLEDGEMENT),
        ("ok", NOTHING, Means.ACKNOWLEDGEMENT),
        ("yes", NOTHING, Means.ACKNOWLEDGEMENT),
        ("thanks!", MORNING, Means.ACKNOWLEDGEMENT),
        ("👍🏽", BOTH, Means.DONE),
        ("ok", BOTH, Means.DONE),
        ("sí", BOTH, Means.DONE),
        ("ok", MORNING, Means.UNREADABLE),
        ("no", MORNING, Means.UNREADABLE),
        ("skip", MORNING, Means.SKIP),
    ],
)
def test_a_nod_means_what_was_asked(text: str, expecting: Expects, meaning: Means) -> None:
    assert means(text, expecting) is meaning


KEYWORDS = sorted(phrases.OPT_OUT)
MARKS = st.text(st.sampled_from(" .,!?;:'\"()-*~…“”¡¿\n\t\u200b\ufe0f🙏😡"), max_size=4)
CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])


@given(st.sampled_from(KEYWORDS), CASES, MARKS, MARKS, st.sampled_from(Expects))
def test_an_opt_out_keyword_stops_in_any_case_and_between_any_marks(
    keyword: str, case: object, before: str, after: str, expecting: Expects
) -> None:
    assert callable(case)
    assert means(f"{before}{case(keyword)}{after}", expecting) is Means.OPT_OUT


ALPHABET = st.text() | st.text(st.sampled_from("0123456789 /-.,done pai stop”“👍🏽\u0661ßİ"))


@given(ALPHABET, st.sampled_from(Expects), st.sampled_from(["en", "es", "pl", ""]))
def test_no_text_breaks_the_reading_and_every_rating_is_0_to_10(
    text: str, expecting: Expects, language: str
) -> None:
    intent = parse(text, expecting, language)
    assert all(n is None or 0 <= n <= 10 for n in (intent.pain, intent.during))
    assert (intent.minutes is not None) == (intent.means is Means.LATER)


@given(st.sampled_from(phrases.SAFETY), st.integers(0, 10), st.sampled_from(Expects))
def test_no_number_drowns_a_word_of_danger(phrase: str, number: int, expecting: Expects) -> None:
    assert means(f"Done {number}. {phrase}!", expecting) is Means.SAFETY
    assert means(f"{number} {phrase.upper()}", expecting) is Means.SAFETY
