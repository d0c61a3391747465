"""Twilio's double does as Twilio does, and fails as it is told."""

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.doubles import twilio
from tests.doubles.twilio_account import FAULTS, FILTERS, PARAMETERS, RANKS

ADA, BEA = "+15005550101", "+15005550102"
GOOD = {"To": ADA, "From": twilio.NUMBER, "Body": "hello"}
HOME = f"/2010-04-01/Accounts/{twilio.ACCOUNT}/Messages"


@pytest.fixture
def double() -> twilio.Double:
    return twilio.Double()


@pytest.fixture
def server(double: twilio.Double) -> Iterator[twilio.Server]:
    with twilio.Server(double) as server:
        yield server


def call(url: str, data: bytes | None = None, token: str = twilio.TOKEN) -> tuple[int, Any]:
    pair = b64encode(f"{twilio.ACCOUNT}:{token}".encode()).decode()
    request = urllib.request.Request(url, data, {"Authorization": f"Basic {pair}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def take(double: twilio.Double, count: int = 1, to: str = ADA) -> list[str]:
    return [double.create({**GOOD, "To": to})[1]["sid"] for _ in range(count)]


def sids(page: dict[str, Any]) -> list[str]:
    return [message["sid"] for message in page["messages"]]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "07700 900123"}, 21211),
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"From": "", "MessagingServiceSid": "MG1"}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"ValidityPeriod": "36001"}, 21623),
        ({"ValidityPeriod": "0"}, 21623),
        ({"IdempotencyKey": "1"}, 20001),
    ],
)
def test_it_refuses_what_twilio_refuses(
    double: twilio.Double, form: dict[str, str], code: int
) -> None:
    assert double.create({**GOOD, **form})[1]["code"] == code
    assert (double.messages, len(double.asked)) == ([], 1)


@pytest.mark.parametrize("validity", ["1", "36000"])
def test_it_keeps_how_long_a_text_is_valid(double: twilio.Double, validity: str) -> None:
    assert double.create({**GOOD, "ValidityPeriod": validity})[0] == 201
    assert double.messages[0]["validity_period"] == int(validity)


def test_it_knows_no_more_parameters_than_twilio_publishes() -> None:
    """Counted in Twilio's own description: 25 to send a text by, 8 to list them by."""
    assert (len(PARAMETERS), len(FILTERS)) == (25, 8)
    assert {"To", "From", "Body", "ValidityPeriod", "StatusCallback"} <= PARAMETERS
    assert not {name for name in PARAMETERS if "dempoten" in name}


def test_only_the_account_may_come_in(server: twilio.Server) -> None:
    assert call(f"{server.url}{HOME}.json", token="another")[0] == 401
    assert call(f"{server.url}{HOME.replace('AC0', 'AC1')}.json")[0] == 404
    assert call(f"{server.url}{HOME}.json")[0] == 200


def test_a_sid_is_as_long_as_twilios(double: twilio.Double) -> None:
    assert [len(sid) for sid in take(double, 2)] == [34, 34]
    assert len(double.take_in(ADA, "hi")["sid"]) == 34


def test_it_lists_newest_first_by_number_and_by_sender(double: twilio.Double) -> None:
    (first,), (other,), (last,) = take(double), take(double, to=BEA), take(double)
    came = double.take_in(ADA, "hi")["sid"]
    assert sids(double.listed({})[1]) == [came, last, other, first]
    assert sids(double.listed({"To": ADA})[1]) == [last, first]
    assert sids(double.listed({"From": ADA})[1]) == [came]
    assert sids(double.listed({"To": twilio.NUMBER, "From": ADA})[1]) == [came]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"DateSent": "2026-03-02"}, True),
        ({"DateSent": "2026-03-03"}, False),
        ({"DateSent>": "2026-03-02T23:59:00Z"}, True),
        ({"DateSent>": "2026-03-03"}, False),
        ({"DateSent<": "2026-03-02"}, True),
        ({"DateSent<": "2026-03-01"}, False),
        ({"DateSent>": "2026-03-01", "DateSent<": "2026-03-03"}, True),
    ],
)
def test_days_of_sending_are_whole_days_and_a_text_that_waits_has_none(
    double: twilio.Double, query: dict[str, str], found: bool
) -> None:
    sent, _ = take(double, 2)
    double.by_sid[sent]["date_sent"] = "Mon, 02 Mar 2026 12:00:00 +0000"
    assert sids(double.listed(query)[1]) == ([sent] if found else [])


def test_its_pages_lead_to_each_other_whatever_comes_in_between(server: twilio.Server) -> None:
    known = take(server.double, 120)
    status, page = call(f"{server.url}{HOME}.json?{urlencode({'To': ADA})}")
    assert (status, len(page["messages"]), page["page_size"]) == (200, 50, 50)
    take(server.double, 3)
    read = sids(page)
    while page["next_page_uri"]:
        _, page = call(server.url + page["next_page_uri"])
        read += sids(page)
    assert read == known[::-1]
    assert (page["page"], page["start"], page["end"]) == (2, 100, 119)


@pytest.mark.parametrize("query", [{"PageSize": "0"}, {"PageSize": "1001"}, {"Sort": "x"}])
def test_a_list_that_twilio_does_not_know_is_refused(
    double: twilio.Double, query: dict[str, str]
) -> None:
    assert double.listed(query)[0] == 400


def test_what_it_hides_is_neither_listed_nor_fetched(double: twilio.Double) -> None:
    double.hidden_for = twilio.UNTIL_SHOWN
    (sid,) = take(double)
    came = double.take_in(ADA, "hi")["sid"]
    assert sids(double.listed({})[1]) == [came]
    assert double.fetched(sid)[1]["code"] == 20404
    double.hidden_for = 0.0001
    double.by_sid[sid]["made"] -= 1
    assert sids(double.listed({})[1]) == [came, sid]
    assert double.fetched(sid)[0] == 200


@pytest.mark.parametrize(
    ("body", "refused", "word"),
    [
        ("STOP", True, "STOP"),
        (" stop ", True, "STOP"),
        ("Unsubscribe", True, "STOP"),
        ("REVOKE", True, "STOP"),
        ("stop please", False, ""),
        ("please stop", False, ""),
        ("stopp", False, ""),
        ("HELP", False, "HELP"),
        ("yes", False, "START"),
    ],
)
def test_a_number_that_said_stop_is_refused_until_it_says_start(
    double: twilio.Double, body: str, refused: bool, word: str
) -> None:
    assert twilio.opt_out_word(body) == word
    double.take_in(ADA, body)
    assert double.create(GOOD)[1].get("code") == (21610 if refused else None)
    double.take_in(ADA, "start")
    assert double.create(GOOD)[0] == 201


def test_an_account_may_leave_opt_outs_to_the_clinic(double: twilio.Double) -> None:
    double.keeps_opt_outs = False
    double.take_in(ADA, "STOP")
    assert double.create(GOOD)[0] == 201


def test_faults_are_used_up_from_the_left_and_then_by_chance(double: twilio.Double) -> None:
    double.faults.extend(["429", ""])
    assert [double.trouble() for _ in range(3)] == ["429", "", ""]
    double.fault_rate = 0.4
    met = [double.trouble() for _ in range(2000)]
    assert 700 < sum(map(bool, met)) < 900
    assert set(met) == {"", *double.fault_kinds}
    assert set(double.fault_kinds) <= set(FAULTS)


def test_the_same_seed_meets_the_same_faults() -> None:
    first, second, other = (twilio.Double(fault_rate=0.4, seed=seed) for seed in (7, 7, 8))
    drawn = [[d.trouble() for _ in range(50)] for d in (first, second, other)]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(
    ("last", "then"),
    [("delivered", "sent"), ("undelivered", "delivered"), ("sent", "queued"), ("sent", "sending")],
)
def test_a_message_only_moves_forward(double: twilio.Double, last: str, then: str) -> None:
    (sid,) = take(double)
    double.move(double.by_sid[sid], last)
    double.move(double.by_sid[sid], then)
    assert double.fetched(sid)[1]["status"] == last
    assert RANKS[last] >= RANKS[then]


class Clinic(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    heard: list[tuple[str, dict[str, str], str]]

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = dict(parse_qsl(form, keep_blank_values=True))
        self.heard.append((self.path, said, self.headers["X-Twilio-Signature"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def clinic() -> Iterator[ThreadingHTTPServer]:
    handler = type("Handler", (Clinic,), {"heard": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as clinic:
        threading.Thread(target=clinic.serve_forever, args=(0.01,), daemon=True).start()
        yield clinic
        clinic.shutdown()


def heard(clinic: ThreadingHTTPServer) -> list[tuple[str, dict[str, str], str]]:
    return clinic.RequestHandlerClass.heard  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("knobs", "statuses"),
    [
        ({}, ["sent", "delivered"]),
        ({"doubled": True}, ["sent", "delivered", "sent", "delivered"]),
        ({"shuffled": True, "seed": 3}, ["delivered", "sent"]),
        ({"failing": {ADA: 30003}}, ["sent", "undelivered"]),
        ({"dropping": 1.0}, []),
    ],
)
def test_it_reports_each_message_signed_in_order_or_out_of_it(
    clinic: ThreadingHTTPServer, knobs: dict[str, Any], statuses: list[str]
) -> None:
    url = f"http://127.0.0.1:{clinic.server_port}/status/7"
    double = twilio.Double(delivering=True, **knobs)
    with twilio.Server(double) as server:
        form = urlencode({**GOOD, "StatusCallback": url}).encode()
        assert call(f"{server.url}{HOME}.json", form)[0] == 201
        server.settle()
    assert [form["MessageStatus"] for _, form, _ in heard(clinic)] == statuses
    for path, form, signature in heard(clinic):
        assert (path, signature) == ("/status/7", twilio.signature(twilio.TOKEN, url, form))
        failed = form["MessageStatus"] == "undelivered"
        assert form.get("ErrorCode") == ("30003" if failed else None)
    assert double.messages[0]["status"] == ("undelivered" if "failing" in knobs else "delivered")


def test_a_text_from_a_phone_is_kept_and_posted(
    clinic: ThreadingHTTPServer, double: twilio.Double
) -> None:
    double.web = f"http://127.0.0.1:{clinic.server_port}"
    double.advanced_opt_out = True
    assert [double.text(ADA, body) for body in ("DONE 3", "STOP")] == [204, 204]
    forms = [form for _, form, _ in heard(clinic)]
    assert [form.get("OptOutType") for form in forms] == [None, "STOP"]
    assert [m["sid"] for m in double.received] == [form["MessageSid"] for form in forms]


def test_a_text_that_nobody_hears_is_kept_all_the_same(double: twilio.Double) -> None:
    double.web = "http://127.0.0.1:1"
    assert double.text(ADA, "DONE 3") == 0
    assert sids(double.listed({"To": twilio.NUMBER})[1]) == [double.received[0]["sid"]]


def test_another_process_sets_its_faults_and_reads_its_counts(server: twilio.Server) -> None:
    knobs = {"faults": ["500_after"], "retry_after": 3, "refusing": {BEA: 21614}}
    status, now = call(f"{server.url}/double/faults", json.dumps(knobs).encode())
    assert (status, now["retry_after"]) == (200, 3)
    for to in (ADA, ADA, BEA):
        form = {**GOOD, "To": to, "StatusCallback": "https://clinic.example/status/7"}
        call(f"{server.url}{HOME}.json", urlencode(form).encode())
    _, counts = call(f"{server.url}/double/counts")
    assert counts == {"asked": 3, "met": {"500_after": 1}, "per_callback": {"7": 2}}
    _, known = call(f"{server.url}/double/messages")
    assert [m["callback"][-1] for m in known["messages"]] == ["7", "7"]
    assert call(f"{server.url}/double/faults", b'{"typo": 1}')[0] == 400


def test_it_runs_on_its_own() -> None:
    script = str(Path(__file__).with_name("twilio.py"))
    command = [sys.executable, script, "--port", "0", "--quiet", "--delay", "0.01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(";")[0].rpartition(" ")[2]
        assert call(f"{url}{HOME}.json", urlencode(GOOD).encode())[0] == 201
        assert call(f"{url}/double/counts")[1]["asked"] == 1
        process.terminate()
