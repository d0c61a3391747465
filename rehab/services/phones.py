"""Phone numbers: kept in E.164, or not at all."""

import phonenumbers

from rehab.errors import Invalid


def as_e164(phone: str) -> str:
    """`phone` as it is stored. Raises Invalid when it is not an E.164 number that can exist."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException as error:
        raise _not_e164(phone) from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if written != phone or not phonenumbers.is_possible_number(number):
        raise _not_e164(phone)
    return phone


def from_dialled(said: str, region: str) -> str:
    """A number as somebody in `region` (two letters, `GB`) dials or writes it, in E.164.

    `020 7946 0123`, `+44 (0)20 7946 0123`, `0044 20 7946 0123`. Raises Invalid (phone).
    """
    try:
        number = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException as error:
        raise _not_dialled(said) from error
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if phonenumbers.is_possible_number_with_reason(number) != possible or number.extension:
        raise _not_dialled(said)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_dialled(said: str) -> Invalid:
    what = f"{said} is no phone number here" if said.strip() else "is needed for texts and sign-in"
    return Invalid({"phone": [f"{what}: write it as it is dialled, or from its + on"]})


def _not_e164(phone: str) -> Invalid:
    return Invalid({"phone": [f"{phone} is not an E.164 number, such as +442079460123"]})


def region_of(phone: str) -> str:
    """The region of an E.164 number by its prefix, as two letters: `GB`; `ZZ` when unknown."""
    number = phonenumbers.parse(phone, None)
    return phonenumbers.region_code_for_number(number) or "ZZ"


def emergency_numbers(candidates: tuple[str, ...], phone: str) -> list[str]:
    """Those of the `candidates` that reach an emergency service where an E.164 number is from."""
    region = region_of(phone)
    return [n for n in candidates if phonenumbers.is_emergency_number(n, region)]


def as_written(phone: str) -> str:
    """An E.164 number in the groups that people read: `+44 20 7946 0100`."""
    number = phonenumbers.parse(phone, None)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
