# ruff: noqa: RUF001 (patients write look-alike letters; that is the point)
"""Two hundred texts as patients write them, in English and Spanish, each with the question that is
open at that moment and the one reading that is right."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.notifications.replies import Expects, Intent, Means, parse
from rehab.notifications.spelling import written
from rehab.notifications.tapbacks import is_tapback

NOTHING, MORNING, AFTER, BOTH, SLEEP, REASON, START, CORRECTION = (
    Expects.NOTHING,
    Expects.MORNING,
    Expects.AFTER,
    Expects.DURING_AND_AFTER,
    Expects.SLEEP,
    Expects.REASON,
    Expects.START,
    Expects.CORRECTION,
)

STOP, WRONG_NUMBER = Intent(Means.OPT_OUT), Intent(Means.OPT_OUT, why="wrong number")
HELP, IN, SKIP, NOD = (
    Intent(Means.HELP),
    Intent(Means.OPT_IN),
    Intent(Means.SKIP),
    Intent(Means.ACKNOWLEDGEMENT),
)
UNCLEAR = Intent(Means.UNREADABLE)
SORE, BUSY, FORGOT = (Intent(Means.REASON, why=why) for why in ("sore", "busy", "forgot"))


def done(now: int | None = None, during: int | None = None) -> Intent:
    return Intent(Means.DONE, pain=now, during=during)


def pain(now: int | None, during: int | None = None, why: str = "") -> Intent:
    return Intent(Means.PAIN, pain=now, during=during, why=why)


def slept(rating: int) -> Intent:
    return Intent(Means.SLEEP, sleep=rating)


def corrected(now: int | None, during: int | None = None, why: str = "") -> Intent:
    return Intent(Means.CORRECTION, pain=now, during=during, why=why)


def later(minutes: int) -> Intent:
    return Intent(Means.LATER, minutes=minutes)


def danger(why: str) -> Intent:
    return Intent(Means.SAFETY, why=why)


def asked_back(why: str) -> Intent:
    return Intent(Means.MAYBE_OPT_OUT, why=why)


ENGLISH: list[tuple[str, Expects, Intent]] = [
    ("Stop", NOTHING, STOP),
    ("stop pls", MORNING, STOP),
    ("QUIT", NOTHING, STOP),
    ("End please", AFTER, STOP),
    ("please revoke", NOTHING, STOP),
    ("Opt out", SLEEP, STOP),
    ("opt-out please", NOTHING, STOP),
    ("Cancel!", NOTHING, STOP),
    ("please unsubscribe", NOTHING, STOP),
    ("Thanks but no more texts", NOTHING, asked_back("texts")),
    ("stop texting me", CORRECTION, STOP),
    ("Take me off your list", NOTHING, STOP),
    ("Who’s this?", NOTHING, WRONG_NUMBER),
    ("Sorry, wrong number", MORNING, WRONG_NUMBER),
    ("I think I want to stop getting these", NOTHING, asked_back("stop")),
    ("HELP", NOTHING, HELP),
    ("I need help", MORNING, HELP),
    ("?", NOTHING, HELP),
    ("START", START, IN),
    ("yes please", START, IN),
    ("start again", NOTHING, IN),
    ("Done", NOTHING, done()),
    ("done 👍", NOTHING, done()),
    ("Done!! 2", NOTHING, done(2)),
    ("done 4 2", NOTHING, done(2, 4)),
    ("Done, pain 5", MORNING, done(5)),
    ("done 3 pain 7", NOTHING, done(7)),
    ("all done, no pain", NOTHING, done(0)),
    ("Did it", NOTHING, done()),
    ("did my exercises today", NOTHING, done()),
    ("Finished. 6/10", NOTHING, done(6)),
    ("just finished, pain was 3", NOTHING, done(3)),
    ("DONE during 5 after 3", NOTHING, done(3, 5)),
    ("done 9", CORRECTION, done(9)),
    ("yes", BOTH, done()),
    ("ok", BOTH, done()),
    ("dne", NOTHING, done()),
    ("done 11", NOTHING, UNCLEAR),
    ("done 3-4", NOTHING, UNCLEAR),
    ("not done", NOTHING, UNCLEAR),
    ("nearly done", NOTHING, UNCLEAR),
    ("4", MORNING, pain(4)),
    ("Four", MORNING, pain(4)),
    ("7 out of 10", MORNING, pain(7)),
    ("seven out of ten", AFTER, pain(7)),
    ("it's about a 5 today", MORNING, pain(5)),
    ("0", MORNING, pain(0)),
    ("10", AFTER, pain(10)),
    ("no pain at all", MORNING, pain(0)),
    ("no more pain", MORNING, pain(0)),
    ("none", AFTER, pain(0)),
    ("still a 6, thanks", MORNING, pain(6)),
    ("٤", MORNING, pain(4)),
    ("۷", AFTER, pain(7)),
    ("4️⃣", MORNING, pain(4)),
    ("4.", MORNING, pain(4)),
    ("5 or 6", MORNING, UNCLEAR),
    ("4.5", MORNING, UNCLEAR),
    ("a bit better", MORNING, UNCLEAR),
    ("slept 4 hours", MORNING, UNCLEAR),
    ("ok", MORNING, UNCLEAR),
    ("20", MORNING, UNCLEAR),
    ("3 2", BOTH, pain(2, 3)),
    ("3/2", BOTH, pain(2, 3)),
    ("during 6, now 4", BOTH, pain(4, 6)),
    ("7/10", BOTH, UNCLEAR),
    ("3 7", NOTHING, UNCLEAR),
    ("3 7", MORNING, UNCLEAR),
    ("7", NOTHING, UNCLEAR),
    ("pain 7", NOTHING, pain(7)),
    ("Pain is 4/10", NOTHING, pain(4)),
    ("7", SLEEP, slept(7)),
    ("eight", SLEEP, slept(8)),
    ("Sleep was a 3", SLEEP, slept(3)),
    ("6/10", SLEEP, slept(6)),
    ("pain 6", SLEEP, pain(6)),
    ("hurts 6", SLEEP, UNCLEAR),
    ("slept 7", SLEEP, UNCLEAR),
    ("7 hours", SLEEP, UNCLEAR),
    ("3 7", SLEEP, UNCLEAR),
    ("not good", SLEEP, UNCLEAR),
    ("6", CORRECTION, corrected(6)),
    ("sorry 6", CORRECTION, corrected(6, why="worded")),
    ("I meant 6", CORRECTION, corrected(6, why="worded")),
    ("no, 6", CORRECTION, corrected(6, why="worded")),
    ("*6", CORRECTION, corrected(6, why="worded")),
    ("Oops, it should be 6", CORRECTION, corrected(6, why="worded")),
    ("sorry I mean six", CORRECTION, corrected(6, why="worded")),
    ("sorry, pain 6", CORRECTION, pain(6, why="worded")),
    ("i meant 4 2", CORRECTION, corrected(2, 4, why="worded")),
    ("no 4 6", CORRECTION, UNCLEAR),
    ("sorry 6-7", CORRECTION, UNCLEAR),
    ("sorry", CORRECTION, UNCLEAR),
    ("thanks", CORRECTION, NOD),
    ("sorry 6", NOTHING, UNCLEAR),
    ("1", REASON, SORE),
    ("Too busy", REASON, BUSY),
    ("I forgot, sorry", REASON, FORGOT),
    ("LATER", NOTHING, later(30)),
    ("later 45", NOTHING, later(45)),
    ("remind me in 2 hours please", NOTHING, later(120)),
    ("later 2 days", NOTHING, UNCLEAR),
    ("Not today", NOTHING, SKIP),
    ("skip", MORNING, SKIP),
    ("Thanks!", NOTHING, NOD),
    ("👍", MORNING, NOD),
    ("I have chest pain", MORNING, danger("chest pain")),
    ("6, I fell yesterday", CORRECTION, danger("fell")),
    ("8 and my foot is numb", SLEEP, danger("numb")),
    ("Done. can't feel my leg", BOTH, danger("cant feel my")),
]

SPANISH: list[tuple[str, Expects, Intent]] = [
    ("ALTO", NOTHING, STOP),
    ("Baja por favor", MORNING, STOP),
    ("¡Basta ya!", NOTHING, STOP),
    ("No más mensajes", AFTER, STOP),
    ("Pare, por favor", SLEEP, STOP),
    ("cancelar", NOTHING, STOP),
    ("No quiero más mensajes, gracias", NOTHING, STOP),
    ("déjenme en paz", NOTHING, STOP),
    ("Dejen de mandarme mensajes", CORRECTION, STOP),
    ("Stop por favor", NOTHING, STOP),
    ("Número equivocado", NOTHING, WRONG_NUMBER),
    ("¿Quién es?", MORNING, WRONG_NUMBER),
    ("no es mi número", NOTHING, WRONG_NUMBER),
    ("ayuda", NOTHING, HELP),
    ("Necesito ayuda", SLEEP, HELP),
    ("Más información", NOTHING, HELP),
    ("empezar", NOTHING, IN),
    ("Sí", START, IN),
    ("Darme de alta", START, IN),
    ("Hecho", NOTHING, done()),
    ("Hecho ✅", NOTHING, done()),
    ("hecho 3", NOTHING, done(3)),
    ("Hecho 4 2", NOTHING, done(2, 4)),
    ("Hecho, dolor 5", MORNING, done(5)),
    ("listo, sin dolor", NOTHING, done(0)),
    ("Ya lo hice", NOTHING, done()),
    ("Ya hice los ejercicios", NOTHING, done()),
    ("terminé 6/10", NOTHING, done(6)),
    ("hecho durante 5 después 3", NOTHING, done(3, 5)),
    ("Sí", BOTH, done()),
    ("vale", BOTH, done()),
    ("hecho siete de diez", NOTHING, done(7)),
    ("hecho 12", NOTHING, UNCLEAR),
    ("no hecho", NOTHING, UNCLEAR),
    ("hecho 3 o 4", NOTHING, UNCLEAR),
    ("4", MORNING, pain(4)),
    ("cuatro", MORNING, pain(4)),
    ("siete de diez", MORNING, pain(7)),
    ("7 de 10", AFTER, pain(7)),
    ("8 sobre 10", MORNING, pain(8)),
    ("Creo que un 5", MORNING, pain(5)),
    ("hoy un 3, gracias", MORNING, pain(3)),
    ("cero", AFTER, pain(0)),
    ("Nada", MORNING, pain(0)),
    ("sin dolor", MORNING, pain(0)),
    ("No más dolor", MORNING, pain(0)),
    ("ya no me duele", AFTER, pain(0)),
    ("me duele un 6", MORNING, pain(6)),
    ("más o menos 5", MORNING, pain(5)),
    ("5 a 6", MORNING, UNCLEAR),
    ("5 ó 6", MORNING, UNCLEAR),
    ("4,5", MORNING, UNCLEAR),
    ("bien", MORNING, UNCLEAR),
    ("un poco mejor", MORNING, UNCLEAR),
    ("once", MORNING, UNCLEAR),
    ("tres y dos", BOTH, pain(2, 3)),
    ("3 2", BOTH, pain(2, 3)),
    ("durante 6, ahora 4", BOTH, pain(4, 6)),
    ("3 7", NOTHING, UNCLEAR),
    ("siete", NOTHING, UNCLEAR),
    ("dolor 7", NOTHING, pain(7)),
    ("Dolor: siete de diez", NOTHING, pain(7)),
    ("7", SLEEP, slept(7)),
    ("ocho", SLEEP, slept(8)),
    ("un 3 de 10", SLEEP, slept(3)),
    ("Sueño 6", SLEEP, slept(6)),
    ("dolor 6", SLEEP, pain(6)),
    ("no me duele", SLEEP, UNCLEAR),
    ("dormí 6", SLEEP, UNCLEAR),
    ("6 horas", SLEEP, UNCLEAR),
    ("fatal", SLEEP, UNCLEAR),
    ("6", CORRECTION, corrected(6)),
    ("perdón 6", CORRECTION, corrected(6, why="worded")),
    ("Quise decir 6", CORRECTION, corrected(6, why="worded")),
    ("no, un 6", CORRECTION, corrected(6, why="worded")),
    ("Perdona, quería decir seis", CORRECTION, corrected(6, why="worded")),
    ("me equivoqué, 6", CORRECTION, corrected(6, why="worded")),
    ("digo 6", CORRECTION, corrected(6, why="worded")),
    ("6*", CORRECTION, corrected(6, why="worded")),
    ("perdón, dolor 6", CORRECTION, pain(6, why="worded")),
    ("sin dolor", CORRECTION, pain(0)),
    ("perdón", CORRECTION, UNCLEAR),
    ("gracias", CORRECTION, NOD),
    ("quise decir 6", NOTHING, UNCLEAR),
    ("1", REASON, SORE),
    ("Mucho dolor", REASON, SORE),
    ("no tuve tiempo", REASON, BUSY),
    ("Se me olvidó", REASON, FORGOT),
    ("luego", NOTHING, later(30)),
    ("Más tarde, gracias", NOTHING, later(30)),
    ("luego 1 hora", NOTHING, later(60)),
    ("recuérdame en 45 minutos", NOTHING, later(45)),
    ("hoy no", NOTHING, SKIP),
    ("No puedo hoy", NOTHING, UNCLEAR),
    ("Muchas gracias", MORNING, NOD),
    ("vale", NOTHING, NOD),
    ("me duele el pecho", MORNING, danger("duele el pecho")),
    ("7 y me caí ayer", AFTER, danger("me cai")),
    ("perdón 6, no siento la pierna", CORRECTION, danger("no siento la")),
    ("Hecho, mucho mareo", BOTH, danger("mareo")),
]


@pytest.mark.parametrize(("text", "expecting", "meaning"), ENGLISH)
def test_an_english_text_is_read_as_it_was_meant(
    text: str, expecting: Expects, meaning: Intent
) -> None:
    assert parse(text, expecting, "en") == meaning


@pytest.mark.parametrize(("text", "expecting", "meaning"), SPANISH)
def test_a_spanish_text_is_read_as_it_was_meant(
    text: str, expecting: Expects, meaning: Intent
) -> None:
    assert parse(text, expecting, "es") == meaning


@pytest.mark.parametrize(("text", "expecting", "meaning"), [*ENGLISH, *SPANISH])
def test_the_language_on_file_does_not_change_the_reading(
    text: str, expecting: Expects, meaning: Intent
) -> None:
    assert parse(text, expecting, "es") == parse(text, expecting, "en")


def test_there_are_two_hundred_of_them_and_none_twice() -> None:
    for phrases in (ENGLISH, SPANISH):
        assert len(phrases) >= 100
        assert len({(text, expecting) for text, expecting, _ in phrases}) == len(phrases)


PER_SE = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"]
"""The words that revoke consent by themselves (47 CFR 64.1200(a)(10))."""


@pytest.mark.parametrize("word", PER_SE)
@pytest.mark.parametrize("form", ["{}", "{}.", "Please {}", "{} please", "{}, thank you", "ok {}"])
@pytest.mark.parametrize("expecting", Expects)
def test_each_word_of_the_law_stops_alone_and_politely(
    word: str, form: str, expecting: Expects
) -> None:
    for text in (form.format(word), form.format(word).upper()):
        assert parse(text, expecting, "en") == STOP


NOT_A_STOP = [
    ("had to stop after 2", Means.MAYBE_OPT_OUT),
    ("done, had to stop after 2", Means.MAYBE_OPT_OUT),
    ("can't stop smiling", Means.MAYBE_OPT_OUT),
    ("I waited at the bus stop", Means.MAYBE_OPT_OUT),
    ("bus stop", Means.MAYBE_OPT_OUT),
    ("my watch stopped", Means.MAYBE_OPT_OUT),
    ("non-stop day, later", Means.MAYBE_OPT_OUT),
    ("should I stop if it hurts?", Means.MAYBE_OPT_OUT),
    ("did not get your texts yesterday", Means.MAYBE_OPT_OUT),
    ("Liked “Reply STOP to end texts.”", Means.ACKNOWLEDGEMENT),
    ("Loved “Reply DONE when your session is done”", Means.ACKNOWLEDGEMENT),
    ("Reacted 👍 to “You will get no more texts. STOP”", Means.ACKNOWLEDGEMENT),
    ("Le encantó “Responda BAJA para no recibir más”", Means.ACKNOWLEDGEMENT),
    ("Removed a heart from “Reply STOP to end texts.”", Means.ACKNOWLEDGEMENT),
    ("at the end of my tether", Means.UNREADABLE),
    ("the end of my arm hurts", Means.UNREADABLE),
    ("my gym cancelled", Means.UNREADABLE),
    ("I quit smoking!", Means.UNREADABLE),
    ("please cancel my appointment", Means.UNREADABLE),
    ("revoked my gym card", Means.UNREADABLE),
    ("no more pain", Means.PAIN),
    ("no mas dolor", Means.PAIN),
    ("pare de llover y salgo", Means.UNREADABLE),
    ("cuando pare de llover", Means.UNREADABLE),
    ("baja intensidad", Means.MAYBE_OPT_OUT),
    ("hecho, baja intensidad", Means.MAYBE_OPT_OUT),
    ("alto dolor", Means.UNREADABLE),
    ("dolor alto 7", Means.UNREADABLE),
    ("para mí fue un 3", Means.UNREADABLE),
    ("basta con tres series?", Means.UNREADABLE),
    ("no más que ayer", Means.UNREADABLE),
    ("salir a caminar ayuda", Means.UNREADABLE),
    ("quién es mi fisio mañana", Means.UNREADABLE),
]


@pytest.mark.parametrize(("text", "meaning"), NOT_A_STOP)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_text_that_only_holds_such_a_word_stops_nothing(
    text: str, meaning: Means, language: str
) -> None:
    assert parse(text, Expects.NOTHING, language).means is meaning


@pytest.mark.parametrize("text", [text for text, _ in NOT_A_STOP])
@pytest.mark.parametrize("expecting", Expects)
def test_whatever_was_asked_it_stops_nothing(text: str, expecting: Expects) -> None:
    assert parse(text, expecting, "en").means is not Means.OPT_OUT


@pytest.mark.parametrize("said", ["STOP", "done 3", "7", "chest pain", "¡Hola! Hecho, dolor 3"])
@pytest.mark.parametrize("expecting", Expects)
def test_a_text_in_base64_is_not_understood(said: str, expecting: Expects) -> None:
    coded = base64.b64encode(said.encode("utf-16")).decode()
    assert parse(coded, expecting, "en") == UNCLEAR


TAPPED = st.sampled_from(
    ["Liked “{}”", "Loved “{}”", "Disliked “{}”", "Reacted 😂 to “{}”", "Le gustó “{}”"]
)


@given(TAPPED, st.sampled_from([*ENGLISH, *SPANISH]), st.sampled_from(Expects))
def test_a_tapback_of_any_phrase_never_acts(
    tapped: str, row: tuple[str, Expects, Intent], expecting: Expects
) -> None:
    text = tapped.format(row[0])
    assert is_tapback(written(text))
    assert parse(text, expecting, "en") == Intent(Means.ACKNOWLEDGEMENT, why="tapback")


PIECES = st.sampled_from(
    ["done", "hecho", "pain", "dolor", "sleep", "sorry", "no", "6", "10", "11", "/", "-", ",", ".",
     "out of 10", "de diez", "siete", "*", "during", "now", "later", "stop", "4.5", "6-7", "٧",
     "👍", "quise decir"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8), st.sampled_from(Expects), st.sampled_from(["en", "es"]))
def test_no_mixture_of_words_gives_a_rating_that_was_not_0_to_10(
    pieces: list[str], expecting: Expects, language: str
) -> None:
    intent = parse(" ".join(pieces), expecting, language)
    ratings = (intent.pain, intent.during, intent.sleep)
    assert all(rating is None or 0 <= rating <= 10 for rating in ratings)
    if ratings != (None, None, None):
        assert intent.means in (Means.PAIN, Means.DONE, Means.SLEEP, Means.CORRECTION)


@given(st.integers(11, 10**12), st.sampled_from(Expects))
def test_a_number_over_ten_is_never_a_rating(number: int, expecting: Expects) -> None:
    intent = parse(str(number), expecting, "en")
    assert intent.means in (Means.UNREADABLE, Means.SAFETY)
