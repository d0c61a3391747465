"""The log: no number, address or name gets out, however it is written, wherever it stands."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus
from uuid import UUID

import phonenumbers
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from rehab.log import formatter
from rehab.redaction import Redactor

redact = Redactor()

FORMATS = [
    getattr(phonenumbers.PhoneNumberFormat, name)
    for name in ("E164", "INTERNATIONAL", "NATIONAL", "RFC3966")
]
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
SEPARATORS = [
    "\t",
    "\u00b7",
    "\u2212",
    " ",
    "-",
    ".",
    "/",
    "\u00a0",
    "\u2011",
    "\u2009",
    ") ",
    " (0) ",
    "\u200e",
    "_",
    "  ",
]

WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in quotes": repr,
    "in a list": lambda phone: repr([phone]),
    "in ASCII": ascii,
    "in JSON": json.dumps,
    "in an address": quote,
    "in a form": quote_plus,
    "as a tel link": lambda phone: f"tel:{phone};",
    "as a sender": lambda phone: f"whatsapp:{phone}",
    "as a field": lambda phone: f"phone={phone},",
    "beside a word": lambda phone: f"to{phone}from",
    "beside an id": lambda phone: f"{UUID(int=2**127)} {phone}",
    "after a time": lambda phone: f"2026-03-02 12:00:00,123 {phone}",
}


def leaks(digits: str, shown: str) -> bool:
    """Six digits of the number in a row, whatever stands between them."""
    left = re.sub(r"\[[a-z-]+\]", "|", shown)
    left = re.sub(r"2026-03-02 12:00:00,123|80000000-[0-9-]+", "|", left)
    left = re.sub(r"%[0-9A-F]{2}|\\x..|\\u....", "", left)
    left = "".join(c for c in left if c.isdigit() or c.isalpha() or c == "|")
    return any(digits[n : n + 6] in left for n in range(len(digits) - 5))


def numbers() -> Iterator[str]:
    """An example of each kind of number of each region."""
    for region in REGIONS:
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None and len(str(number.national_number)) > 6:
                yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


NUMBERS = list(numbers())


@pytest.mark.parametrize("where", WRITTEN)
def test_no_regions_number_survives_in_any_of_its_formats(where: str) -> None:
    found = []
    for number in NUMBERS:
        parsed = phonenumbers.parse(number)
        for style in FORMATS:
            shown = redact(WRITTEN[where](phonenumbers.format_number(parsed, style)))
            if leaks(str(parsed.national_number), shown):
                found.append(shown)
    assert found == []
    assert len(NUMBERS) > 400


@given(data=st.data(), where=st.sampled_from(sorted(WRITTEN)))
def test_a_number_survives_in_no_grouping(data: st.DataObject, where: str) -> None:
    digits = data.draw(st.from_regex(r"[1-9][0-9]{7,14}", fullmatch=True))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(digits) - 1), max_size=5)))
    parts = [digits[a:b] for a, b in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
    gaps = [data.draw(st.sampled_from(SEPARATORS)) for _ in cuts]
    before = data.draw(st.sampled_from(["", "+", "00", "(", "+("]))
    phone = (
        before + parts[0] + "".join(gap + part for gap, part in zip(gaps, parts[1:], strict=True))
    )
    # A trunk zero between brackets is part of how it is written, not of the number.
    assert not leaks(digits, redact(WRITTEN[where](phone)))


@pytest.mark.parametrize(
    "line",
    [
        "ticking as host-7:4242:a1b2c3",
        "no tick for 90 s: arming the scheduler again",
        "text 12345678-1234-4abc-8def-123456789012 could not be recorded",
        "SM0123456789abcdef0123456789abcdef is delivered",
        "1a79a4d60de6718e8e5b326e338ae5330123456789abcdef0123456789abcdef",
        "2026-03-02T12:00:00.123456+00:00 due",
        "2026-03-02 12:00:00,123 INFO rehab.worker: 3 of 500 sent, error 30003",
        "listening on http://127.0.0.1:8000",
        "GET /api/v1/patients/12345678-1234-4abc-8def-123456789012/plan 200 35 ms",
        "the database has revision 0004, port 65535",
        'File "/srv/rehab/services/delivery.py", line 200, in settle',
    ],
)
def test_what_an_operator_needs_stays_legible(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("sent to +442079460123", "sent to [phone]"),
        ("call (020) 7946-0123 today", "call ([phone] today"),
        ("no clinician ana.ruiz+x@riverside.example", "no clinician [e-mail]"),
        ("?email=ana%40riverside.example&n=1", "?email=[e-mail]&n=1"),
        ("<ana@riverside.example>, boris@nextdoor.example", "<[e-mail]>, [e-mail]"),
        (
            "[SQL: INSERT INTO alert]\n[parameters: {'note': 'sore [left] knee'}]\n(Background on",
            "[SQL: INSERT INTO alert]\n[values]\n(Background on",
        ),
        (
            "DETAIL:  Key (email)=(Ana (PT)) already exists.",
            "DETAIL:  Key (email)=[values] already exists.",
        ),
        (
            "DETAIL:  Failing row contains (1, sore (left)\nknee., null).\n[SQL: INSERT]",
            "DETAIL:  Failing row contains [values]\n[SQL: INSERT]",
        ),
    ],
)
def test_what_is_masked_is_named(line: str, shown: str) -> None:
    assert redact(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Maya Lindqvist said", "[name] [name] said"),
        ("/p/maya-LINDQVIST?x", "/p/[name]-[name]?x"),
        ("Mayan calendar", "Mayan calendar"),
        ("it may be that May is here", "it may be that [name] is here"),
        ("JOSÉ and josé", "[name] and [name]"),
        ("van der Berg in a van", "[name] [name] [name] in a [name]"),
    ],
)
def test_a_registered_name_is_masked_as_a_word(line: str, shown: str) -> None:
    known = Redactor(["Maya Lindqvist", "May O'Neil"])
    known.register("José", "van der Berg")
    assert known(line) == shown


@pytest.mark.parametrize(
    ("filler", "shown"),
    [
        ("a1", "a1" * 100_000),
        (")=(", ")=(" * 100_000),
        ("1    ", "[phone]    "),
        ("%20", "%20" * 100_000),
        ("[parameters: ", "[values]"),
    ],
)
def test_a_long_line_of_false_starts_is_read_in_one_pass(filler: str, shown: str) -> None:
    """Starting again at each of them would take minutes."""
    assert redact(filler * 100_000) == shown


class Printed:
    """A handler whose lines can be read, as rehab.log sets one up."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(formatter(False, Redactor(names)))
        self.log = logging.Logger("rehab.of_a_test")
        self.log.addHandler(handler)

    def __str__(self) -> str:
        return self.stream.getvalue()


def test_a_record_is_masked_in_its_message_arguments_and_exception() -> None:
    printed = Printed(("Maya Lindqvist",))
    try:
        raise ValueError("no +44 20 7946 0123") from KeyError("ana@riverside.example")
    except ValueError:
        printed.log.exception("%s at %s", "Maya Lindqvist", "020 7946 0123", stack_info=True)
    shown = str(printed)
    assert "[name] [name] at [phone]" in shown
    assert "ValueError: no [phone]" in shown
    assert "KeyError: '[e-mail]'" in shown
    assert "Stack (most recent call last)" in shown
    assert not re.search("Maya|7946|riverside", shown.replace(__file__, ""))


def test_a_record_without_arguments_may_hold_a_percent_sign() -> None:
    printed = Printed()
    printed.log.warning("100% of them")
    assert "100% of them" in str(printed)


def test_the_values_of_a_failed_statement_are_not_told() -> None:
    printed = Printed()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            connection.execute(text("INSERT INTO nowhere VALUES (:n)"), {"n": "sore left knee"})
        except SQLAlchemyError:
            printed.log.exception("failed")
    engine.dispose()
    assert "INSERT INTO nowhere" in str(printed)
    assert "knee" not in str(printed).split("OperationalError")[-1]


def test_an_event_of_structlog_is_masked_wherever_it_holds_text() -> None:
    stream = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            Redactor(["Maya"]).processor,
            structlog.processors.JSONRenderer(default=str),
        ],
    )
    told = UUID(int=2**127 + 7)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    try:
        raise ValueError("+442079460123")
    except ValueError:
        log.exception(
            "told Maya",
            id=told,
            at=at,
            n=3,
            share=0.12345678,
            phone=442079460123,
            to=["020 7946 0123", {"ana@riverside.example": "Maya"}],
            error=ValueError("020 7946 0123"),
        )
    line = json.loads(stream.getvalue())
    assert line.pop("exception").endswith("ValueError: [phone]")
    assert line == {
        "event": "told [name]",
        "level": "error",
        "id": str(told),
        "at": str(at),
        "n": 3,
        "share": 0.12345678,
        "phone": "[phone]",
        "to": ["[phone]", {"[e-mail]": "[name]"}],
        "error": "[phone]",
    }
