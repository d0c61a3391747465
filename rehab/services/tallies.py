"""Counts that only grow, kept by all workers together, for whoever watches the server."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from rehab.extensions import db, insert_into
from rehab.models.message import OutboundMessage
from rehab.models.sending import Tally

OUTCOMES, RECONCILED = "texts", "reconciled"
WAITS, WAITED = "due_to_sent", "due_to_sent_seconds"
BUCKETS = (2, 5, 15, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds from when a text was due to when it was first on its way."""

OVER = "+Inf"


def add(name: str, counts: Mapping[str, float]) -> None:
    """Add to the counts of one name; part of the caller's transaction."""
    rows = [{"name": name, "label": label, "count": counts[label]} for label in sorted(counts)]
    if not rows:
        return
    statement = insert_into(Tally).values(rows)
    grown = {"count": Tally.count + statement.excluded["count"]}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["name", "label"], set_=grown)
    )


def count_outcomes(states: Iterable[str]) -> None:
    add(OUTCOMES, Counter(states))


def count_waits(messages: Sequence[OutboundMessage], now: datetime) -> None:
    """How long texts that leave for the first time have waited since they were due."""
    waits = [max((now - m.due_at).total_seconds(), 0.0) for m in messages]
    add(WAITS, Counter(_bucket(wait) for wait in waits))
    if waits:
        add(WAITED, {"sum": sum(waits)})


def _bucket(wait: float) -> str:
    return next((str(most) for most in BUCKETS if wait <= most), OVER)


def counts(name: str) -> dict[str, float]:
    """The counts of one name by label."""
    rows = db.session.execute(select(Tally.label, Tally.count).filter_by(name=name))
    return {row[0]: row[1] for row in rows}
