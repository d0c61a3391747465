"""A patient's phone: what is texted with it, and what the server means to text back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.message import Conversation, InboundMessage, OutboundMessage
from rehab.models.plan import Plan
from rehab.notifications.intents import Expects
from rehab.programs.library import Library
from rehab.services import conversations
from rehab.services.replies import Inbound, receive
from rehab.services.transactions import transaction


@dataclass
class Phone:
    """Each text gets an id of its own; the answer is the key of its words in the library."""

    library: Library
    number: str
    texts: int = 0

    def text(
        self,
        body: str,
        now: datetime,
        opt_out_type: str = "",
        got_at: datetime | None = None,
    ) -> str | None:
        """Send one text; with `got_at` it was lost then and is found now."""
        self.texts += 1
        sid = f"SM{self.number}-{self.texts}"
        inbound = Inbound(sid, self.number, "+1500", body, opt_out_type, got_at)
        receive(inbound, self.library, now, swept=got_at is not None)
        message = self.answer()
        return message.template if message else None

    def answer(self) -> OutboundMessage | None:
        """The answer to the last text."""
        key = f"reply:SM{self.number}-{self.texts}"
        return db.session.scalar(select(OutboundMessage).filter_by(dedupe_key=key))

    def last(self) -> InboundMessage:
        """The last text as it was kept."""
        sid = f"SM{self.number}-{self.texts}"
        return db.session.scalars(select(InboundMessage).filter_by(provider_sid=sid)).one()


def ask(plan: Plan, expects: Expects, on: date, at: datetime) -> None:
    """The patient has just been asked this."""
    with transaction():
        conversations.open_question(plan.patient_id, plan.id, expects, on, at)


def open_question_of(plan: Plan) -> Conversation | None:
    return db.session.scalar(
        select(Conversation).filter_by(patient_id=plan.patient_id, answered_at=None)
    )


def alerts() -> list[tuple[str, int]]:
    """The kinds and levels of all alerts, the first opened first."""
    query = select(Alert).order_by(Alert.opened_at, Alert.kind)
    return [(alert.kind, alert.level) for alert in db.session.scalars(query)]
