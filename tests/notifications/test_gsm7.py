"""The alphabet of a plain text message."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.notifications import gsm7
from rehab.notifications.gsm7 import BASIC, EXTENDED, outside, plain, septets, shortened


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("x" * 160, 160),
        ("ñ ü ä ö à é è ù ì ò Ç Ñ ¿ ¡", 27),
        ("@£$¥_ΔΦΓΛΩΠΨΣΘΞÆæßÅåØø", 22),
        ("5 €", 4),
        ("[ok]", 6),
        ("^{}\\[~]|€\f", 20),
        ("two\nlines", 9),
    ],
)
def test_a_text_is_counted_in_septets(text: str, length: int) -> None:
    assert septets(text) == length


@pytest.mark.parametrize(
    ("text", "offenders"),
    [
        ("día", ["í"]),
        ("á í ó ú á", ["á", "í", "ó", "ú"]),
        ("it\u2019s", ["\u2019"]),
        ("ç", ["ç"]),
        ("a\tb", ["\t"]),
        ("no\u00a0break", ["\u00a0"]),
        ("\x1b", ["\x1b"]),
        ("👍", ["👍"]),
    ],
)
def test_what_is_outside_the_alphabet_is_named(text: str, offenders: list[str]) -> None:
    assert outside(text) == offenders
    assert septets(text) is None


def test_the_alphabet_has_its_published_size() -> None:
    assert len(BASIC) == 127  # 128 codes less the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "likeness"),
    [
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("María", "Maria"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Đorđe", "Dorde"),
        ("Françoise", "Francoise"),
        ("O\u2019Brien \u2013 “Bo”…", 'O\'Brien - "Bo"...'),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("Ольга", ""),
        ("山田 Taro", "Taro"),
        ("👍 ok", "ok"),
        ("\x00\x1b", ""),
        ("ﬁne ½", "fine 12"),
    ],
)
def test_a_likeness_is_found_for_most_letters(text: str, likeness: str) -> None:
    assert plain(text) == likeness


@settings(deadline=None)
@given(st.text())
def test_a_likeness_never_fails_and_always_fits_the_alphabet(text: str) -> None:
    assert outside(plain(text)) == []
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(st.text(), st.integers(0, 30))
def test_a_text_is_cut_to_its_septets(text: str, longest: int) -> None:
    whole = plain(text)
    cut = shortened(whole, longest)
    length = septets(cut)
    assert length is not None
    assert length <= longest
    assert whole.startswith(cut)


def test_a_cut_counts_what_takes_two_septets() -> None:
    assert shortened("{{{{", 5) == "{{"
    assert shortened("Anna Maria", 5) == "Anna"


@given(st.text(max_size=60) | st.text("".join(sorted(BASIC | EXTENDED)), max_size=60))
@settings(max_examples=100)
def test_what_is_in_the_alphabet_already_is_left_as_it_is(text: str) -> None:
    """A text that needs no likeness takes a shorter way, to the same end."""
    one_by_one = "".join(gsm7._nearest(c) for c in normalize("NFC", text))
    assert plain(text) == " ".join(one_by_one.split())
