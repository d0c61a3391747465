"""Passwords of staff: long enough, not among those tried first, and kept as argon2id only.

No rules of composition and no expiry, after NIST SP 800-63B, 5.1.1.2.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from rehab.errors import Invalid
from rehab.extensions import db, insert_into
from rehab.models.clinic import Clinician
from rehab.models.sign_in import Password
from rehab.services.access import hashing
from rehab.services.transactions import transaction

SHORTEST, LONGEST = 8, 1024
OWN_LEAST = 5
"""Letters and digits that a password must have besides the names of person and clinic."""

LOOKALIKES = str.maketrans("@4831!0$57", "aabeiiosst")
COMMON = Path(__file__).with_name("common_passwords.txt")


def checked(password: str, about: Iterable[str]) -> str:
    """`password` as it is hashed. Raises Invalid: too short, too long, or tried first by others.

    `about` is what a stranger may know of the person: e-mail address, names, the clinic's name.
    """
    plain = normal(password) if len(password) <= LONGEST else password
    if len(plain) > LONGEST:
        raise _refused(f"must have at most {LONGEST} characters")
    if len(plain) < SHORTEST:
        raise _refused(f"must have at least {SHORTEST} characters")
    if _is_common(plain):
        raise _refused("is one of those that strangers try first")
    if _is_about(plain, about):
        raise _refused("is too close to your name, your address or the clinic's name")
    return plain


def normal(password: str) -> str:
    """The same password from every keyboard: Unicode's NFKC."""
    return unicodedata.normalize("NFKC", password)


def keep(clinician_id: UUID, shadow: str, now: datetime) -> None:
    """Make `shadow` the clinician's password, the first one or a new one."""
    row = {"shadow": shadow, "set_at": now}
    db.session.execute(
        insert_into(Password)
        .values(clinician_id=clinician_id, **row)
        .on_conflict_do_update(index_elements=["clinician_id"], set_=row)
    )


def address_of(email: str) -> str:
    """An e-mail address as it is kept and looked up."""
    return email.strip().lower()


def on_file(email: str) -> tuple[UUID | None, str | None]:
    """Whose address this is and the shadow of their password; None for what there is not, and for
    whoever has left."""
    found = db.session.execute(
        select(Clinician.id, Password.shadow)
        .outerjoin(Password, Password.clinician_id == Clinician.id)
        .where(Clinician.email == address_of(email), Clinician.deactivated_at.is_(None))
    ).one_or_none()
    return (None, None) if found is None else (found[0], found[1])


def matches(shadow: str | None, said: str) -> bool:
    """Whether `said` is the password. Without a shadow: no, after the same work."""
    if len(said) > LONGEST:
        return False
    return hashing.matches(hashing.PASSWORDS, shadow, normal(said))


@transaction()
def strengthen(clinician_id: UUID, old: str, new: str) -> None:
    """Put a stronger shadow of the same password in the place of `old`, if it is still there."""
    db.session.execute(
        update(Password)
        .where(Password.clinician_id == clinician_id, Password.shadow == old)
        .values(shadow=new)
    )


def _is_common(plain: str) -> bool:
    folded = plain.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    tried = {folded, core, core.translate(LOOKALIKES)}
    return len(set(folded)) < 3 or not tried.isdisjoint(_common())


def _is_about(plain: str, about: Iterable[str]) -> bool:
    whole = _letters_and_digits(plain)
    rest = whole
    for word in _words(about):
        rest = rest.replace(word, "")
    return rest != whole and len(rest) < OWN_LEAST


def _words(about: Iterable[str]) -> list[str]:
    words = {
        word
        for text in about
        for piece in (text, *re.split(r"[\W\d_]+", text), *text.split("@"))
        if len(word := _letters_and_digits(normal(piece))) > 2
    }
    return sorted(words, key=len, reverse=True)


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def _refused(why: str) -> Invalid:
    return Invalid({"password": [why]})
