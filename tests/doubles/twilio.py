"""A Twilio that lives on the loopback: it keeps messages, knows who opted out, and fails on demand.

By hand, beside a running server whose REHAB_TWILIO_API_URL is http://127.0.0.1:4010:

    python tests/doubles/twilio.py --port 4010 --web http://127.0.0.1:8000 --token TOKEN

It prints every text, reports it sent and delivered, and each line typed as `+15005550006 DONE 3`
arrives at the server as a text from that number.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that only Twilio and the clinic know"
NUMBER = "+15005550006"

PARAMETERS = frozenset(
    {
        *("To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "StatusCallback"),
        *("ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod"),
        *("ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded"),
        *("PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms"),
        *("ContentVariables", "RiskCheck", "FallbackFrom"),
    }
)
FILTERS = frozenset({"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page"})
E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")

FAULTS = ("429", "500_before", "500_after", "reset_after", "hang_after")
"""What may go wrong with one request: before the message is accepted, or after it."""

Answer = tuple[int, dict[str, Any]]


@dataclass
class Double:
    """The account as Twilio sees it. `faults` are used up from the left, one a create request."""

    account: str = ACCOUNT
    token: str = TOKEN
    web: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    opted_out: set[str] = field(default_factory=set)
    refusing: dict[str, int] = field(default_factory=dict)
    delivering: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    inbound: int = 0
    run: str = field(default_factory=lambda: token_hex(4))

    def to(self, phone: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["to"] == phone]

    def create(self, form: dict[str, str]) -> Answer:
        self.asked.append(form)
        refusal = self._refusal(form)
        if refusal is not None:
            return refusal
        message = self._accepted(form)
        self.messages.append(message)
        if self.delivering:
            threading.Thread(
                target=self.report, args=(message["sid"], ("sent", "delivered"))
            ).start()
        return 201, message

    def _refusal(self, form: dict[str, str]) -> Answer | None:
        unknown = set(form) - PARAMETERS
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

    def _accepted(self, form: dict[str, str]) -> dict[str, Any]:
        now = format_datetime(datetime.now(UTC), usegmt=True)
        sid = f"SM{self.run}{len(self.messages) + 1:024x}"
        return {
            "sid": sid,
            "account_sid": self.account,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "status": "queued" if form.get("From") else "accepted",
            "direction": "outbound-api",
            "num_segments": "1" if form.get("From") else "0",
            "num_media": "0",
            "date_created": now,
            "date_updated": now,
            "date_sent": None,
            "error_code": None,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{sid}.json",
            "subresource_uris": {},
            "callback": form.get("StatusCallback"),
        }

    def listed(self, query: dict[str, str]) -> Answer:
        if set(query) - FILTERS:
            return fault(400, 20001, f"unknown parameters {sorted(set(query) - FILTERS)}")
        found = [m for m in reversed(self.messages) if query.get("To") in (None, m["to"])]
        found = found[: int(query.get("PageSize", "50"))]
        page = {"page": 0, "page_size": 50, "next_page_uri": None, "previous_page_uri": None}
        return 200, {
            "messages": found,
            "uri": "",
            "first_page_uri": "",
            "start": 0,
            "end": 0,
        } | page

    def fetched(self, sid: str) -> Answer:
        for message in self.messages:
            if message["sid"] == sid:
                return 200, message
        return fault(404, 20404, "the requested resource was not found")

    def report(self, sid: str, statuses: Iterable[str], error_code: int | None = None) -> list[int]:
        """Post signed status callbacks in this order, so also doubled, shuffled or left out."""
        message = next(m for m in self.messages if m["sid"] == sid)
        answers = []
        for status in statuses:
            message["status"] = status
            answers.append(self.post(message["callback"], status_form(message, status, error_code)))
        return answers

    def text(self, sender: str, body: str, sid: str = "", opt_out_type: str = "") -> int:
        """Post a signed inbound message, as a patient's phone would cause it."""
        self.inbound += 1
        form = inbound_form(
            sid or f"SM{self.run}{self.inbound:08x}{'f' * 16}", sender, body, opt_out_type
        )
        return self.post(f"{self.web}/webhooks/twilio/inbound", form)

    def post(self, url: str, form: dict[str, str]) -> int:
        headers = {"X-Twilio-Signature": signature(self.token, url, form)}
        request = urllib.request.Request(url, urlencode(form).encode(), headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def fault(status: int, code: int, message: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """HMAC-SHA1 over the address and the sorted form, as Twilio's guide describes it."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def status_form(message: dict[str, Any], status: str, error_code: int | None) -> dict[str, str]:
    form = {
        "MessageSid": message["sid"],
        "SmsSid": message["sid"],
        "MessageStatus": status,
        "SmsStatus": status,
        "To": message["to"],
        "From": message["from"] or NUMBER,
        "AccountSid": message["account_sid"],
        "ApiVersion": "2010-04-01",
    }
    return form if error_code is None else {**form, "ErrorCode": str(error_code)}


def inbound_form(sid: str, sender: str, body: str, opt_out_type: str = "") -> dict[str, str]:
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "To": NUMBER,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }
    return {**form, "OptOutType": opt_out_type} if opt_out_type else form


class Handler(BaseHTTPRequestHandler):
    double: Double
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = self._form()
        if self._may_come_in() and self._path("/Messages.json"):
            self._create(form)

    def do_GET(self) -> None:
        if not self._may_come_in():
            return
        parts = urlsplit(self.path)
        if parts.path.endswith("/Messages.json"):
            self._answer(*self.double.listed(flat(parts.query)))
        else:
            self._answer(*self.double.fetched(parts.path.rpartition("/")[2].removesuffix(".json")))

    def _create(self, form: dict[str, str]) -> None:
        trouble = self.double.faults.popleft() if self.double.faults else ""
        if trouble == "429":
            self._answer(*fault(429, 20429, "too many requests"), {"Retry-After": "7"})
        elif trouble == "500_before":
            self._answer(*fault(500, 20500, "internal server error"))
        else:
            answer = self.double.create(form)
            self._after_accept(trouble, answer)

    def _after_accept(self, trouble: str, answer: Answer) -> None:
        if trouble == "500_after":
            self._answer(*fault(500, 20500, "internal server error"))
        elif trouble in ("reset_after", "hang_after"):
            if trouble == "hang_after":
                self.double.released.wait(30)
            self.close_connection = True
            self.connection.shutdown(2)
        else:
            self._answer(*answer)

    def _may_come_in(self) -> bool:
        pair = f"{self.double.account}:{self.double.token}".encode()
        expected = "Basic " + base64.b64encode(pair).decode()
        if self.headers.get("Authorization") == expected:
            return True
        self._answer(*fault(401, 20003, "authenticate"))
        return False

    def _path(self, ending: str) -> bool:
        path = f"/2010-04-01/Accounts/{self.double.account}{ending}"
        if urlsplit(self.path).path == path:
            return True
        self._answer(*fault(404, 20404, "the requested resource was not found"))
        return False

    def _form(self) -> dict[str, str]:
        length = int(self.headers.get("Content-Length", 0))
        return flat(self.rfile.read(length).decode())

    def _answer(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        text = json.dumps({k: v for k, v in body.items() if k != "callback"}).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: a test reads what the double keeps."""


def flat(form: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(form, keep_blank_values=True).items()}


class Server(ThreadingHTTPServer):
    """`with Server(Double()) as server:` serves it at `server.url` until the block is left."""

    daemon_threads = True

    def __init__(self, double: Double, port: int = 0) -> None:
        handler = type("Handler", (Handler,), {"double": double})
        super().__init__(("127.0.0.1", port), handler)
        self.double = double
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.double.released.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


def main() -> None:
    parser = argparse.ArgumentParser(description="a Twilio on the loopback")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--web", default="http://127.0.0.1:8000", help="the server's public URL")
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    double = Double(given.account, given.token, given.web, delivering=True)
    with Server(double, given.port) as server:
        threading.Thread(target=show, args=(double,), daemon=True).start()
        sys.stdout.write(f"Twilio's double is at {server.url}; account {double.account}\n")
        for line in sys.stdin:
            sender, _, body = line.strip().partition(" ")
            sys.stdout.write(f"-> {double.text(sender, body)}\n")


def show(double: Double) -> None:
    seen = 0
    while True:
        for message in double.messages[seen:]:
            sys.stdout.write(f"{message['to']}: {message['body']}\n")
            sys.stdout.flush()
            seen += 1
        time.sleep(0.2)


if __name__ == "__main__":
    main()
