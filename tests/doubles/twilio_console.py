"""What Twilio tells an operator of an account: its state, its numbers and its services."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.doubles.twilio_post import ACCOUNT, NUMBER, TOKEN

SERVICE = "MG" + "0" * 32


@dataclass
class Console:
    """An account with one number and one service; its clock is `ahead` by so many seconds."""

    url: str = ""
    status: str = "active"
    hook: str | None = None
    method: str = "POST"
    numbers: list[str] = field(default_factory=lambda: [NUMBER])
    ahead: float = 0.0
    token: str = TOKEN

    def told(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        home = f"/2010-04-01/Accounts/{ACCOUNT}"
        hook = {"sms_url": self.hook, "sms_method": self.method, "capabilities": {"sms": True}}
        inbound = {"inbound_request_url": self.hook, "inbound_method": self.method}
        wanted = query.get("PhoneNumber", self.numbers)
        mine = [{"phone_number": n, **hook} for n in self.numbers if n in wanted]
        answers: dict[str, dict[str, Any]] = {
            f"{home}.json": {"sid": ACCOUNT, "status": self.status, "type": "Full"},
            f"{home}/IncomingPhoneNumbers.json": {"incoming_phone_numbers": mine},
            f"/v1/Services/{SERVICE}": {**inbound, "use_inbound_webhook_on_number": False},
            f"/v1/Services/{SERVICE}/PhoneNumbers": {"phone_numbers": mine},
        }
        return (200, answers[path]) if path in answers else (404, {"code": 20404})


@contextmanager
def open_console() -> Iterator[Console]:
    """It answers at `console.url` until the block is left."""
    console = Console()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            pair = b64encode(f"{ACCOUNT}:{console.token}".encode()).decode()
            is_known = self.headers["Authorization"] == f"Basic {pair}"
            told = console.told(parts.path, parse_qs(parts.query))
            status, body = told if is_known else (401, {"code": 20003})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time() + console.ahead, usegmt=True)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        console.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield console
        server.shutdown()
