"""Who is signed in, and what they proved it with: never a token, a code or a password itself."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model
from rehab.vault.columns import EncryptedText


class Password(Model):
    """A clinician's password, as argon2id keeps it with its own parameters."""

    clinician_id: Mapped[UUID] = mapped_column(ForeignKey("clinician.id"), primary_key=True)
    shadow: Mapped[str] = mapped_column(String(128))
    set_at: Mapped[datetime]


class Authenticator(Model):
    """The app on a clinician's phone that shows six digits.

    `candidate` is a secret that was shown and not yet confirmed by a code; `secret` the one that
    counts. `last_step` is the time step of the last code that was accepted: no step counts twice.
    """

    clinician_id: Mapped[UUID] = mapped_column(ForeignKey("clinician.id"), primary_key=True)
    candidate: Mapped[str | None] = mapped_column(EncryptedText("authenticator.candidate"))
    secret: Mapped[str | None] = mapped_column(EncryptedText("authenticator.secret"))
    last_step: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """One of ten codes on paper, each good once, for a clinician whose phone is gone."""

    clinician_id: Mapped[UUID] = mapped_column(ForeignKey("clinician.id"), primary_key=True)
    shadow: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime | None]


class SignIn(Model):
    """One browser in which one person is signed in, until it is ended or `expires_at`.

    `fresh_at` is when the person last proved who they are; a link alone proves it never.
    """

    __table_args__ = (
        CheckConstraint("(clinician_id IS NULL) <> (patient_id IS NULL)", name="one_person"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    clinician_id: Mapped[UUID | None] = mapped_column(ForeignKey("clinician.id"), index=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), index=True)
    device: Mapped[str] = mapped_column(String(40), default="")
    passed_second_factor: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class Challenge(Model):
    """A code that was asked for, whether or not anybody was texted: the row looks the same.

    `number_seal` is an HMAC of the phone under the asking browser's token, of which only the hash
    is kept: the row cannot be turned back into a number. `passed_at`: the code was right;
    `used_at`: somebody signed in by it.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    number_seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    code_shadow: Mapped[str] = mapped_column(String(128))
    patient_ids: Mapped[list[str]]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class Link(Model):
    """A link that somebody was given: what it is for, whom or which plan it is about, until when.

    `token_hash` covers the purpose too, so that no link opens another kind of door.
    """

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN clinician_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN patient_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_subject",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[str] = mapped_column(String(16))
    clinician_id: Mapped[UUID | None] = mapped_column(ForeignKey("clinician.id"), index=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), index=True)
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
