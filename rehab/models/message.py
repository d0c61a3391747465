"""Texts out, texts in, and what a number has allowed: the rows behind every reminder and reply.

The table of outbound messages is the queue itself: a row is planned, claimed, sent and recorded
here, and its unique `dedupe_key` is why planning twice plans once.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.extensions import Model
from rehab.models.number import found_by, keeps
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.vault.columns import EncryptedJson, EncryptedText


class DeliveryState(StrEnum):
    """Where an outbound message is. `unknown` is neither sent nor failed: it must be settled."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"


class Kind(StrEnum):
    """Why a text is sent. A confirmation alone may reach a number that has said STOP."""

    EXERCISE = "exercise"
    FOLLOW_UP = "follow_up"
    MORNING = "morning"
    LATER = "later"
    MISSED_ONE = "missed_one"
    SLEEP = "sleep"
    SLEEP_QUESTION = "sleep_question"
    NEWS = "news"
    WELCOME = "welcome"
    REPLY = "reply"
    CONFIRMATION = "confirmation"
    BY_HAND = "by_hand"
    MISSED = "missed"
    SAFETY = "safety"
    ADVICE = "advice"
    SIGN_IN = "sign_in"


ABOUT_TODAYS_SESSION = (Kind.EXERCISE, Kind.LATER, Kind.FOLLOW_UP)
"""Of these only the newest that is due is worth sending."""

ROUTINE = (
    Kind.EXERCISE,
    Kind.FOLLOW_UP,
    Kind.MORNING,
    Kind.MISSED_ONE,
    Kind.SLEEP_QUESTION,
)
UNASKED = (*ROUTINE, Kind.SLEEP, Kind.MISSED, Kind.ADVICE)
"""Texts that answer nothing and that no person has caused: so many a day and no more."""

DELIVERY_STATE = Enum(
    DeliveryState,
    name="state",
    native_enum=False,
    length=10,
    create_constraint=True,
    values_callable=lambda states: [state.value for state in states],
)


class OutboundMessage(Model):
    """One text to one patient, from its plan to its delivery.

    `offered_at` is when it was first in a worker's hands to be sent, `look_at` when the provider is
    next asked whether it has an `unknown` text, `looks` how often it was asked; `losses` counts
    how often it turned out not to have arrived there.
    """

    __tablename__ = "outbound_message"
    __table_args__ = (
        Index(
            "ix_outbound_message_due",
            "due_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbound_message_lease",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_outbound_message_look",
            "look_at",
            sqlite_where=text("state = 'unknown' AND settled_at IS NULL"),
            postgresql_where=text("state = 'unknown' AND settled_at IS NULL"),
        ),
        Index(
            "ix_outbound_message_unreported",
            "accepted_at",
            sqlite_where=text("state = 'accepted' AND settled_at IS NULL"),
            postgresql_where=text("state = 'accepted' AND settled_at IS NULL"),
        ),
        Index(
            "ix_outbound_message_expired",
            "clinic_id",
            "settled_at",
            sqlite_where=text("state = 'expired'"),
            postgresql_where=text("state = 'expired'"),
        ),
        Index("ix_outbound_message_patient", "patient_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    template: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]] = mapped_column(
        EncryptedJson("outbound_message.values"), default=dict
    )
    body: Mapped[str | None] = mapped_column(EncryptedText("outbound_message.body"))
    phone: Mapped[str] = mapped_column(EncryptedText("outbound_message.phone"))
    phone_key: Mapped[bytes] = found_by("phone", index=True)
    language: Mapped[str] = mapped_column(String(8))
    about_on: Mapped[date | None]
    priority: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[DeliveryState] = mapped_column(DELIVERY_STATE, default=DeliveryState.PENDING)
    state_reason: Mapped[str | None] = mapped_column(String(200))
    attempt: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_status: Mapped[str | None] = mapped_column(String(64))
    status_rank: Mapped[int] = mapped_column(default=-1)
    error_code: Mapped[int | None]
    retry_of: Mapped[UUID | None] = mapped_column(ForeignKey("outbound_message.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    patient: Mapped[Patient] = relationship()
    plan: Mapped[Plan | None] = relationship()

    _phone_is_found = keeps("phone_key", "phone")

    def settle(self, state: DeliveryState, reason: str | None, now: datetime) -> None:
        """Come to rest in a named state, with the reason that the clinic may read."""
        self.state, self.state_reason, self.settled_at = state, reason, now


class MessageEvent(Model):
    """One status that Twilio told us of a message, in the order it reached us; never a body."""

    __tablename__ = "message_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbound_message.id"), index=True)
    at: Mapped[datetime]
    provider_status: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int]
    error_code: Mapped[int | None]


class InboundMessage(Model):
    """One text from a patient's phone, as it came and as it was read.

    One that a person must read stays in the clinic's inbox until somebody closes it, `closed_at`.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index(
            "ix_inbound_message_unclosed",
            "intent",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    provider_sid: Mapped[str] = mapped_column(String(64), unique=True)
    sender: Mapped[str] = mapped_column(EncryptedText("inbound_message.sender"))
    sender_key: Mapped[bytes] = found_by("sender", index=True)
    recipient: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(EncryptedText("inbound_message.body"))
    received_at: Mapped[datetime]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), index=True)
    intent: Mapped[str | None] = mapped_column(String(24))
    interpretation: Mapped[dict[str, Any] | None] = mapped_column(
        EncryptedJson("inbound_message.interpretation")
    )
    handled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("clinician.id"))
    closing_note: Mapped[str | None] = mapped_column(EncryptedText("inbound_message.closing_note"))

    _sender_is_found = keeps("sender_key", "sender")


class Conversation(Model):
    """The one question that is open with a patient: what is expected, of which day, until when.

    Once `answered_at` is set the question is closed; for ten minutes more it may be corrected.
    """

    __tablename__ = "conversation"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    expects: Mapped[str] = mapped_column(String(24))
    about_on: Mapped[date]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reask_count: Mapped[int] = mapped_column(default=0)


class Suppression(Model):
    """A number that must receive no texts, since when and by whose word.

    It outlives its patient: the sealed number is for the clinic that is asked about it.
    """

    __tablename__ = "suppression"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    phone: Mapped[str] = mapped_column(EncryptedText("suppression.phone"))
    phone_key: Mapped[bytes] = found_by("phone", unique=True)
    since: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(24))
    note: Mapped[str | None] = mapped_column(EncryptedText("suppression.note"))

    _phone_is_found = keeps("phone_key", "phone")


class SmsConsent(Model):
    """A patient's consent to texts, given or taken back. Rows are added, never changed.

    `wording` is what the patient was shown or said; `kinds` what it allows, `most_a_day` how many
    unasked texts, `hours` between which local times.
    """

    __tablename__ = "sms_consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    phone: Mapped[str] = mapped_column(EncryptedText("sms_consent.phone"))
    phone_key: Mapped[bytes] = found_by("phone", index=True)
    action: Mapped[str] = mapped_column(String(8))
    wording: Mapped[str] = mapped_column(EncryptedText("sms_consent.wording"))
    kinds: Mapped[list[str]] = mapped_column(default=list)
    most_a_day: Mapped[int | None]
    hours: Mapped[str | None] = mapped_column(String(11))
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]

    _phone_is_found = keeps("phone_key", "phone")
