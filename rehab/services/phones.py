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


def _not_e164(phone: str) -> Invalid:
    return Invalid({"phone": [f"{phone} is not an E.164 number, such as +442079460123"]})
