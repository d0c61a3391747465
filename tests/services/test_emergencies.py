"""Whom to call, by the country that a phone is at home in."""

import pytest

from rehab.services.emergencies import crisis_line, emergency_number


@pytest.mark.parametrize(
    ("phone", "number", "line"),
    [
        ("+442079460123", "999", "116 123"),
        ("+12025550123", "911", "988"),
        ("+34612345678", "112", "024"),
        ("+4915123456789", "112", "116 123"),
        ("+61412345678", "000", "13 11 14"),
        ("+64211234567", "111", "1737"),
        ("+525512345678", "911", None),
        ("+819012345678", "119", None),
        ("+5511912345678", "911", None),
        ("+8835100000000", "112", None),
    ],
)
def test_each_country_has_its_own_numbers(phone: str, number: str, line: str | None) -> None:
    assert (emergency_number(phone), crisis_line(phone)) == (number, line)
