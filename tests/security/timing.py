"""How long the doors take for somebody they know and for nobody: `python -m tests.security.timing`.

A whole server over SQLite, with the real cost of argon2, asked in a random order. Prints the
quartiles of each pair and whether one of them takes longer (Mann-Whitney U, both tails).
"""

import argparse
import math
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from rehab import clock, create_app
from rehab.services import clinics, enrolment, tokens
from rehab.services.access import credentials
from rehab.settings import Settings
from rehab.tenancy import across_clinics

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OURS = {"Sec-Fetch-Site": "same-origin"}
EMAIL, PHONE = "ana@riverside.example", "+442079460123"

NOBODY, NOBODYS = "nobody@riverside.example", "+442079460199"
HOURS = count()

Ask = Callable[[FlaskClient], TestResponse]


@dataclass(frozen=True)
class Pair:
    """One question, asked about somebody who is known here and about nobody, and what is asked
    before it without being measured."""

    what: str
    status: int
    known: Ask
    nobody: Ask
    before: tuple[Ask, Ask] | None = None


@dataclass(frozen=True)
class Comparison:
    """`shift` is how often a value of the first exceeds one of the second: a half is no sign."""

    u: float
    shift: float
    z: float
    p: float


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """Mann-Whitney's U of `first`, with mid-ranks for ties and the normal approximation."""
    both = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum, ties, start = 0.0, 0.0, 0
    while start < len(both):
        end = start
        while end < len(both) and both[end][0] == both[start][0]:
            end += 1
        middle, size = (start + 1 + end) / 2, end - start
        rank_sum += middle * sum(1 for _, which in both[start:end] if which == 0)
        ties += size**3 - size
        start = end
    n, m = len(first), len(second)
    u = rank_sum - n * (n + 1) / 2
    spread = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    z = (u - n * m / 2) / math.sqrt(spread) if spread else 0.0
    return Comparison(u, u / (n * m), z, math.erfc(abs(z) / math.sqrt(2)))


def main() -> None:
    """Measure every pair and print what was seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-n", type=int, default=200, help="askings of each kind (200)")
    n = options.parse_args().n
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), log_level="ERROR"))
        with app.app_context(), across_clinics("a measurement"):
            upgrade()
            pairs = opened()
        for pair in pairs:
            report(pair.what, *measured(app, pair, n))


def opened() -> list[Pair]:
    """A clinic with one clinician and one patient, and the questions about them."""
    clinic = clinics.open_clinic("Riverside", "Europe/London", NOON)
    ana = clinics.add_clinician(clinic.id, EMAIL, "Ana Ruiz", NOON)
    credentials.set_password(ana.id, "three wet herons", NOON)
    said = {"given_name": "Maya", "phone": PHONE, "zone": "Europe/London"}
    enrolment.enrol(clinic.id, said, EMAIL, NOON)
    token = tokens.issue_token(EMAIL, (), NOON)
    wrong, nobodys = f"{token[:-4]}0000", f"rehab_{'0' * 16}_{'0' * 64}"
    asking = asks_for_code(PHONE), asks_for_code(NOBODYS)
    return [
        Pair("a wrong password", 401, wrong_password(EMAIL), wrong_password(NOBODY)),
        Pair("asking for a code", 303, *asking),
        Pair("a wrong code", 401, wrong_code, wrong_code, before=asking),
        Pair("a wrong API token", 401, by_token(wrong), by_token(nobodys)),
    ]


def wrong_password(email: str) -> Ask:
    said = {"email": email, "password": "wrong wrong wrong"}
    return lambda client: client.post("/sign-in", data=said, headers=OURS)


def asks_for_code(phone: str) -> Ask:
    return lambda client: client.post("/enter", data={"phone": phone}, headers=OURS)


def wrong_code(client: FlaskClient) -> TestResponse:
    return client.post("/enter/code", data={"code": "no code"}, headers=OURS)


def by_token(token: str) -> Ask:
    headers = {"Authorization": f"Bearer {token}"}
    return lambda client: client.get("/api/v1/patients", headers=headers)


def measured(app: Flask, pair: Pair, n: int) -> tuple[list[float], list[float]]:
    """Milliseconds of `n` askings of each kind, shuffled; six hours pass between two of them, so
    that no limit is met."""
    order = [0] * n + [1] * n
    secrets.SystemRandom().shuffle(order)
    taken: tuple[list[float], list[float]] = ([], [])
    for warm, which in enumerate([0, 1, *order]):
        instant = NOON + timedelta(hours=6 * next(HOURS))
        clock.now = lambda instant=instant: instant
        client = app.test_client()
        if pair.before is not None:
            pair.before[which](client)
        began = time.perf_counter()
        answer = (pair.known, pair.nobody)[which](client)
        milliseconds = (time.perf_counter() - began) * 1000
        if answer.status_code != pair.status:
            raise RuntimeError(f"{pair.what}: {answer.status_code}")
        if warm > 1:
            taken[which].append(milliseconds)
    return taken


def report(what: str, known: list[float], nobody: list[float]) -> None:
    """Three lines: the quartiles of each, and how far they can be told apart."""
    for who, values in (("known", known), ("nobody", nobody)):
        low, middle, high = statistics.quantiles(values, n=4)
        sys.stdout.write(
            f"{what:20} {who:7} n={len(values)}  median {middle:7.2f} ms"
            f"  quartiles {low:7.2f} - {high:7.2f} ms\n"
        )
    seen = compare(known, nobody)
    sys.stdout.write(
        f"{'':20} known takes longer in {seen.shift:.1%} of pairs"
        f"  U={seen.u:.0f}  z={seen.z:+.2f}  p={seen.p:.3f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
