"""The words of a text as it leaves: the clinic first, every blank filled, one plain message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehab.notifications.gsm7 import outside, septets
from rehab.notifications.messages import LONGEST, blanks, longest, render
from rehab.programs.library import Library

TEXTS = {
    "ex.today": "{name}, your session is ready for {time}. {link}",
    "rp.help": "Questions? Call {tel}.",
    "sl.nap": "If you nap, keep it short.",
}


def test_a_text_begins_with_the_clinics_name() -> None:
    assert render(TEXTS, "sl.nap", clinic="Riverside") == "Riverside: If you nap, keep it short."


def test_blanks_are_filled() -> None:
    text = render(TEXTS, "ex.today", clinic="Riverside", name="Maya", time="08:00", link="x.org/a")
    assert text == "Riverside: Maya, your session is ready for 08:00. x.org/a"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("José", "José, your"),
        ("María del Carmen", "Maria del, your"),
        ("Łukasz", "Lukasz, your"),
        ("{link}", "{link}, your"),
        ("{clinic.__class__}", "{clinic.__c, your"),
        ("Ольга", "Your"),
        ("", "Your"),
        ("   ", "Your"),
        ("A\nB", "A B, your"),
    ],
)
def test_no_patients_name_can_fail_a_text(name: str, shown: str) -> None:
    text = render(TEXTS, "ex.today", clinic="Riverside", name=name, time="08:00", link="l")
    assert text == f"Riverside: {shown} session is ready for 08:00. l"


def test_a_long_clinic_is_cut_but_a_link_or_number_never() -> None:
    link = "https://rehab.example.org/today/abcdef"
    text = render(
        TEXTS, "ex.today", clinic="Riverside Physiotherapy", name="Maya", time="08:00", link=link
    )
    assert text.startswith("Riverside: Maya")
    assert text.endswith(link)
    assert "+44 20 7946 0018 00" in render(
        TEXTS, "rp.help", clinic="Riverside", tel="+44 20 7946 0018 00"
    )


def test_a_missing_value_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError, match="time"):
        render(TEXTS, "ex.today", clinic="Riverside", name="Maya", link="l")
    with pytest.raises(KeyError, match=r"ex\.tomorrow"):
        render(TEXTS, "ex.tomorrow", clinic="Riverside")


def test_the_blanks_of_a_text_are_found_as_written() -> None:
    assert blanks("{name} at {time}: {n!r} {link:>9}") == ["name", "time", "n!r", "link:>9"]
    with pytest.raises(ValueError, match="expected '}'"):
        blanks("{name")


def test_the_longest_form_of_a_text_counts_the_clinic_twice_when_named_twice() -> None:
    assert septets(longest("")) == 16
    assert septets(longest("{clinic}")) == 30
    assert septets(longest("{name}{time}{n}{link}{tel}")) == 16 + 12 + 5 + 2 + 24 + 15


@settings(deadline=None, max_examples=50)
@given(name=st.text(), clinic=st.text())
def test_every_shipped_text_is_one_plain_message_whatever_the_names(
    library: Library, name: str, clinic: str
) -> None:
    values = {"time": "23:45", "n": 12, "min": 45, "code": "123456"}
    values |= {blank: "l" * LONGEST[blank] for blank in ("link", "tel")}
    for texts in library.messages.values():
        for key in texts:
            text = render(texts, key, clinic=clinic, name=name, **values)
            assert outside(text) == []
            assert (septets(text) or 0) <= 160
