"""What the workers that send texts share: the gate before the provider, a pulse, counts."""

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model


class Gate(Model):
    """What holds texts back from the provider: `tokens` by its rate, `closed_until` by its faults.

    `scope` is what the gate stands before: the sender, or one template. `failures` counts those in
    a row and `closures` how often it was closed since; `reason` is our word for the last.
    """

    __tablename__ = "gate"

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float, default=0.0)
    filled_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    closures: Mapped[int] = mapped_column(default=0)
    closed_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(64))


class Heartbeat(Model):
    """When a worker last ticked, by the database's clock where it has one."""

    __tablename__ = "heartbeat"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    since: Mapped[datetime]
    at: Mapped[datetime]


class Tally(Model):
    """A count that only ever grows, kept by all workers: `name` and `label` say of what."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[float] = mapped_column(Float, default=0.0)
