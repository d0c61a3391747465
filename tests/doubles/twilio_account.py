"""One Twilio account as Twilio sees it: what was sent and came in, who opted out, what goes wrong.

Parameters, statuses and bounds are those of Twilio's published description of Messages.
"""

import math
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from random import Random
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from tests.doubles.twilio_post import ACCOUNT, NUMBER, TOKEN, inbound_form, post, status_form

PARAMETERS = frozenset(
    {
        *("To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "StatusCallback"),
        *("ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod"),
        *("ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded"),
        *("PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms"),
        *("ContentVariables", "RiskCheck", "FallbackFrom"),
    }
)
DAYS = ("DateSent", "DateSent<", "DateSent>")
FILTERS = frozenset({"To", "From", *DAYS, "PageSize", "Page", "PageToken"})
RANKS = {
    **{name: rank for rank, name in enumerate(("accepted", "scheduled", "queued", "sending"))},
    "sent": 4,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled", "read"), 5),
    "partially_delivered": 5,
}
E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
OUT = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
IN = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

BEFORE = ("429", "500_before", "503_before", "reset_before", "401")
AFTER = ("500_after", "503_after", "reset_after", "hang_after", "garbled_after", "slow")
FAULTS = BEFORE + AFTER
"""What may go wrong with one request to send: before the message is accepted, or after it."""

RANDOM_FAULTS = ("429", "500_before", "500_after", "reset_after")
OURS = frozenset({"callback", "validity_period", "made"})
"""What the double knows of a message and Twilio's answers do not show."""

Message = dict[str, Any]
Answer = tuple[int, dict[str, Any]]


@dataclass
class Double:
    """The account. `asked` and `questions` are the forms and the lists that it was asked for.

    `faults` are used up from the left, one a request to send; after them a share of `fault_rate`
    of the requests meets one of `fault_kinds`. `question_faults` are the same for lists and
    fetches: 429, 401, 500, reset, hang or garbled. An accepted message is hidden from both for
    `hidden_for` seconds. Each request to send takes `delay` seconds, half of them before the
    message is accepted.

    With `delivering`, each message is reported sent and delivered, or as `failing` has it for its
    number; `shuffled`, `doubled` and the share `dropping` say what becomes of these reports on the
    way. `keeps_opt_outs` is Twilio's own blocking of a number that said STOP; with
    `advanced_opt_out` the webhook is told of it.
    """

    account: str = ACCOUNT
    token: str = TOKEN
    web: str = ""
    messages: list[Message] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = RANDOM_FAULTS
    question_faults: deque[str] = field(default_factory=deque)
    seed: int = 1
    retry_after: int = 7
    delay: float = 0.0
    slowness: float = 1.0
    hidden_for: float = 0.0
    opted_out: set[str] = field(default_factory=set)
    keeps_opt_outs: bool = True
    advanced_opt_out: bool = False
    refusing: dict[str, int] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    delivering: bool = False
    shuffled: bool = False
    doubled: bool = False
    dropping: float = 0.0
    met: Counter[str] = field(default_factory=Counter)
    released: threading.Event = field(default_factory=threading.Event)
    run: str = field(default_factory=lambda: token_hex(4))

    def __post_init__(self) -> None:
        self.by_sid: dict[str, Message] = {}
        self.by_number: dict[str, list[Message]] = {}
        self.everything: list[Message] = []
        self.chance = Random(self.seed)  # noqa: S311

    def to(self, phone: str) -> list[Message]:
        return [m for m in self.messages if m["to"] == phone]

    def per_callback(self) -> dict[str, int]:
        """How many messages were accepted for each of the clinic's own ids."""
        return Counter((m["callback"] or "").rpartition("/")[2] for m in self.messages)

    def trouble(self) -> str:
        """What goes wrong with the next request to send; empty for nothing."""
        if self.faults:
            kind = self.faults.popleft()
        elif self.fault_rate and self.chance.random() < self.fault_rate:
            kind = self.chance.choice(self.fault_kinds)
        else:
            return ""
        self.met[kind] += 1
        return kind

    def show(self) -> None:
        """List from now on what was hidden."""
        self.hidden_for = 0.0

    def create(self, form: dict[str, str]) -> Answer:
        self.asked.append(form)
        refusal = self._refusal(form)
        if refusal is not None:
            return refusal
        message = self._keep(outbound(form, self._sid(), self.account))
        self.messages.append(message)
        return 201, message

    def _refusal(self, form: dict[str, str]) -> Answer | None:
        unknown = form.keys() - PARAMETERS
        validity = form.get("ValidityPeriod", "36000")
        if unknown:
            return fault(400, 20001, f"unknown parameters {sorted(unknown)}")
        if not form.get("To"):
            return fault(400, 21604, "a 'To' phone number is required")
        if not E164.fullmatch(form["To"]):
            return fault(400, 21211, f"invalid 'To' phone number: {form['To']}")
        if not (form.get("From") or SERVICE.fullmatch(form.get("MessagingServiceSid", ""))):
            return fault(400, 21603, "a 'From' phone number is required")
        if not form.get("Body"):
            return fault(400, 21602, "message body is required")
        if len(form["Body"]) > 1600:
            return fault(400, 21617, "the body exceeds the 1600 character limit")
        if not (validity.isdecimal() and 1 <= int(validity) <= 36000):
            return fault(400, 21623, "ValidityPeriod must be 1 to 36000")
        if form["To"] in self.opted_out:
            return fault(400, 21610, "attempt to send to unsubscribed recipient")
        if form["To"] in self.refusing:
            return fault(400, self.refusing[form["To"]], "refused")
        return None

    def _sid(self) -> str:
        return f"SM{self.run}{len(self.everything) + 1:024x}"

    def _keep(self, message: Message) -> Message:
        self.everything.append(message)
        self.by_sid[message["sid"]] = message
        self.by_number.setdefault(message["to"], []).append(message)
        return message

    def listed(self, query: dict[str, str]) -> Answer:
        """A page of messages, newest first, with where the next one is."""
        self.questions.append(query)
        unknown = query.keys() - FILTERS
        size = query.get("PageSize", "50")
        if unknown:
            return fault(400, 20001, f"unknown parameters {sorted(unknown)}")
        if not (size.isdecimal() and 1 <= int(size) <= 1000):
            return fault(400, 20001, "PageSize must be 1 to 1000")
        known = self.by_number.get(query["To"], []) if "To" in query else self.everything
        found = [m for m in reversed(known) if self._is_shown(m) and passes(m, query)]
        first = 1 + next(
            (n for n, m in enumerate(found) if f"PA{m['sid']}" == query.get("PageToken")), -1
        )
        return 200, self._page(found[first : first + int(size)], found[first + int(size) :], query)

    def _page(self, found: list[Message], more: list[Message], query: dict[str, str]) -> Message:
        here = f"/2010-04-01/Accounts/{self.account}/Messages.json"
        number, size = int(query.get("Page", "0")), int(query.get("PageSize", "50"))
        plain = {k: v for k, v in query.items() if k not in ("Page", "PageToken")}
        turn = (
            {"PageSize": size, "Page": number + 1, "PageToken": f"PA{found[-1]['sid']}"}
            if more
            else {}
        )
        return {
            "messages": [answered(m) for m in found],
            "uri": f"{here}?{urlencode(query)}",
            "first_page_uri": f"{here}?{urlencode({**plain, 'PageSize': size, 'Page': 0})}",
            "next_page_uri": f"{here}?{urlencode({**plain, **turn})}" if more else None,
            "previous_page_uri": None,
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": number * size + max(len(found) - 1, 0),
        }

    def fetched(self, sid: str) -> Answer:
        message = self.by_sid.get(sid)
        if message is None or not self._is_shown(message):
            return fault(404, 20404, "the requested resource was not found")
        return 200, message

    def _is_shown(self, message: Message) -> bool:
        hidden = self.hidden_for and message["direction"] != "inbound"
        return not hidden or time.monotonic() - message["made"] >= self.hidden_for

    def fate(self, message: Message) -> tuple[list[str], int | None]:
        """The reports of one message in the order in which they arrive, and its error."""
        code = self.failing.get(message["to"])
        statuses = ["sent", "delivered" if code is None else "undelivered"]
        for status in statuses:
            self.move(message, status, code if status == "undelivered" else None)
        statuses = statuses * 2 if self.doubled else statuses
        if self.shuffled:
            self.chance.shuffle(statuses)
        return [s for s in statuses if self.chance.random() >= self.dropping], code

    def move(self, message: Message, status: str, error_code: int | None = None) -> None:
        """A message only moves forward, whatever the order in which that is reported."""
        if RANKS[status] > RANKS[message["status"]]:
            message["status"], message["error_code"] = status, error_code
            message["date_updated"] = now()
            message["date_sent"] = message["date_sent"] or now()

    def report(self, sid: str, statuses: Iterable[str], error_code: int | None = None) -> list[int]:
        """Post signed status callbacks in this order, so also doubled, shuffled or left out."""
        message = self.by_sid[sid]
        answers = []
        for status in statuses:
            self.move(message, status, error_code)
            answers.append(self.post(message["callback"], status_form(message, status, error_code)))
        return answers

    def text(self, sender: str, body: str, sid: str = "", opt_out_type: str = "") -> int:
        """Post a signed inbound message, as a patient's phone would cause it; 0 if unheard."""
        sid = self.take_in(sender, body, sid)["sid"]
        word = opt_out_type or (opt_out_word(body) if self.advanced_opt_out else "")
        return self.post(
            f"{self.web}/webhooks/twilio/inbound", inbound_form(sid, sender, body, word)
        )

    def take_in(self, sender: str, body: str, sid: str = "") -> Message:
        """A text from a phone, kept; no webhook is called for it."""
        message = self._keep(inbound(sid or self._sid(), sender, body, self.account))
        self.received.append(message)
        if self.keeps_opt_outs and opt_out_word(body) == "STOP":
            self.opted_out.add(sender)
        elif opt_out_word(body) == "START":
            self.opted_out.discard(sender)
        return message

    def post(self, url: str, form: dict[str, str]) -> int:
        return post(self.token, url, form)


def passes(message: Message, query: dict[str, str]) -> bool:
    """The filters From and DateSent; what has not been sent has no day to go by."""
    if query.get("From") not in (None, message["from"]):
        return False
    days = {name: query[name][:10] for name in DAYS if name in query}
    if not days:
        return True
    if message["date_sent"] is None:
        return False
    day = parsedate_to_datetime(message["date_sent"]).date().isoformat()
    return (
        days.get("DateSent", day) == day
        and day <= days.get("DateSent<", day)
        and day >= days.get("DateSent>", day)
    )


def opt_out_word(body: str) -> str:
    """STOP, START or HELP for one of Twilio's words that stands alone; else nothing."""
    word = body.strip().upper()
    return "STOP" if word in OUT else "START" if word in IN else "HELP" if word in HELP else ""


def outbound(form: dict[str, str], sid: str, account: str) -> Message:
    return {
        **blank(sid, account),
        "to": form["To"],
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "body": form["Body"],
        "status": "queued" if form.get("From") else "accepted",
        "direction": "outbound-api",
        "num_segments": "1" if form.get("From") else "0",
        "callback": form.get("StatusCallback"),
        "validity_period": int(form.get("ValidityPeriod", "36000")),
    }


def inbound(sid: str, sender: str, body: str, account: str) -> Message:
    message = {**blank(sid, account), "to": NUMBER, "from": sender, "body": body}
    return {
        **message,
        "messaging_service_sid": None,
        "status": "received",
        "direction": "inbound",
        "num_segments": "1",
        "date_sent": message["date_created"],
    }


def blank(sid: str, account: str) -> Message:
    moment = now()
    return {
        "sid": sid,
        "account_sid": account,
        "num_media": "0",
        "date_created": moment,
        "date_updated": moment,
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json"},
        "made": time.monotonic(),
    }


def answered(body: Message) -> Message:
    return {name: value for name, value in body.items() if name not in OURS}


def now() -> str:
    return format_datetime(datetime.now(UTC))


def fault(status: int, code: int, message: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


UNTIL_SHOWN = math.inf
"""For `hidden_for`: hidden until `show()`."""
