"""Whom to call: the emergency number and the crisis line where a patient's phone is at home."""

from rehab.services.phones import emergency_numbers, region_of

KNOWN = ("999", "000", "111", "911", "112", "119", "190")
"""Numbers for an emergency, those that people of a country know it by before the common 112."""

ANYWHERE = "112"
"""What every GSM phone connects to an emergency service (3GPP TS 22.101)."""

CRISIS_LINES = {
    "US": "988",
    "CA": "988",
    "GB": "116 123",
    "IE": "116 123",
    "DE": "116 123",
    "ES": "024",
    "FR": "3114",
    "AU": "13 11 14",
    "NZ": "1737",
}
"""Lines for thoughts of self-harm, by region: known from memory, to be checked by the clinic."""


def emergency_number(phone: str) -> str:
    """The emergency number of the country that an E.164 number is of."""
    return next(iter(emergency_numbers(KNOWN, phone)), ANYWHERE)


def crisis_line(phone: str) -> str | None:
    """The crisis line of the country that an E.164 number is of; None where we know none."""
    return CRISIS_LINES.get(region_of(phone))
