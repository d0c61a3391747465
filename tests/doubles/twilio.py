"""A Twilio that lives on the loopback: it keeps messages, knows who opted out, and fails on demand.

By hand, beside a running server whose REHAB_TWILIO_API_URL is http://127.0.0.1:4010:

    python tests/doubles/twilio.py --port 4010 --web http://127.0.0.1:8000 --token TOKEN

It prints every text, reports it sent and delivered, and each line typed as `+15005550006 DONE 3`
arrives at the server as a text from that number. With --quiet it serves until it is ended. Another
process reads what it holds at /double/messages and /double/counts, and sets what goes wrong by a
POST of JSON to /double/faults.
"""

import argparse
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.doubles.twilio_account import UNTIL_SHOWN, Double, opt_out_word
from tests.doubles.twilio_post import ACCOUNT, NUMBER, TOKEN, inbound_form, signature, status_form
from tests.doubles.twilio_server import Server

__all__ = [
    "ACCOUNT",
    "NUMBER",
    "TOKEN",
    "UNTIL_SHOWN",
    "Double",
    "Server",
    "inbound_form",
    "opt_out_word",
    "signature",
    "status_form",
]


def main() -> None:
    given = options().parse_args()
    double = Double(
        given.account,
        given.token,
        given.web,
        delay=given.delay,
        fault_rate=given.fault_rate,
        seed=given.seed,
        hidden_for=given.hidden_for,
        delivering=not given.no_reports,
        advanced_opt_out=given.advanced_opt_out,
    )
    with suppress(KeyboardInterrupt), Server(double, given.port) as server:
        sys.stdout.write(f"Twilio's double is at {server.url}; account {double.account}\n")
        sys.stdout.flush()
        if given.quiet:
            server.thread.join()
        else:
            converse(double)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="a Twilio on the loopback")
    parser.add_argument("--port", type=int, default=4010, help="0 for any that is free")
    parser.add_argument("--web", default="http://127.0.0.1:8000", help="the server's public URL")
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument(
        "--delay", type=float, default=0.0, help="seconds that sending a text takes"
    )
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of requests that fail")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--hidden-for", type=float, default=0.0, help="seconds until it is listed")
    parser.add_argument("--advanced-opt-out", action="store_true", help="tell of STOP and START")
    parser.add_argument("--no-reports", action="store_true", help="report no delivery")
    parser.add_argument("--quiet", action="store_true", help="print and ask nothing")
    return parser


def converse(double: Double) -> None:
    """Print what is sent, and bring in what is typed, until the typing ends."""
    threading.Thread(target=show, args=(double,), daemon=True).start()
    for line in sys.stdin:
        sender, _, body = line.strip().partition(" ")
        sys.stdout.write(f"-> {double.text(sender, body)}\n")
        sys.stdout.flush()


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
