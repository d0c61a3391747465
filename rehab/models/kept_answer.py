"""Answers to writes, kept for a day: whoever asks again with the same key gets the same answer."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model
from rehab.vault.columns import EncryptedText


class KeptAnswer(Model):
    """`key` is a hash of who asked, what for and with which Idempotency-Key; `request` one of what
    was said."""

    __tablename__ = "kept_answer"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(EncryptedText("kept_answer.body"))
    etag: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(index=True)
    content_type: Mapped[str] = mapped_column(String(80))
