"""10,000 reminders that fall due at once: how fast they leave, beside Twilio's client alone.

Workers run in processes of their own over SQLite or PostgreSQL and send through the real client to
a provider on the loopback. The rounds are interleaved, so that ratios hold on a machine whose
speed drifts.
"""

import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from benchmarks import stage
from benchmarks.results import Results, Row, machine, middle, middle_ratio, options, say, table
from benchmarks.stage import POSTGRESQL, SQLITE, Child, Someone
from rehab import clock

LEAD = 3.0
"""Seconds in which the texts are put in the queue before they are due."""

PATIENCE = 300.0


@dataclass(frozen=True)
class Case:
    """What sends: Twilio's client as it comes, our line alone, or workers over a database."""

    name: str
    window: int = 128
    workers: int = 0

    @property
    def label(self) -> str:
        of = f" x{self.workers}" if self.workers else ""
        return f"{self.name}{of}, {self.window} in flight"


@dataclass(frozen=True)
class Theatre:
    """What all the cases share: the databases with their casts, and where everything is."""

    given: Namespace
    server: Any
    apps: dict[str, Flask]
    casts: dict[str, list[Someone]]
    place: Any


Found = dict[Case, list[Row]]


def cases(given: Namespace) -> list[Case]:
    """The client, SQLite with one worker, PostgreSQL with each number of workers; wider windows."""
    found = []
    for window in given.windows:
        found += [Case("stock", window), Case("ours", window)]
        found += [Case(SQLITE, window, 1)] if SQLITE in given.databases else []
        if POSTGRESQL in given.databases:
            workers = given.workers if window == given.windows[0] else given.workers[:1]
            found += [Case(POSTGRESQL, window, count) for count in workers]
    return found


def run(given: Namespace) -> None:
    results = Results(given.out)
    say(f"{given.texts} texts, {machine()}")
    with theatre(given) as there:
        for delay in given.delays:
            found = sent(cases(given), delay, there, given.rounds, results)
            table([summary(case, delay, rows, found) for case, rows in found.items()])


def sent(
    cases: Sequence[Case], delay: float, there: Theatre, rounds: int, results: Results
) -> Found:
    """The rows of each case, measured in turn; `delay` is the provider's, in seconds."""
    found: Found = {case: [] for case in cases}
    for _ in range(rounds):
        for case, rows in found.items():
            rows.append(one(case, delay, there))
            results.keep("reminders", {"case": case.label, "delay": delay, **rows[-1]})
    return found


def summary(case: Case, delay: float, rows: list[Row], found: Found) -> Row:
    """The medians of one case, and its rate by that of the client alone, round by round."""
    names = ("seconds", "rate", "cpu_ms", "p50", "p99", "all_cpu_ms", "twice")
    line: Row = {"case": case.label, "delay": delay}
    line |= {name: round(middle(rows, name), 3) for name in names if name in rows[0]}
    for limit in ("stock", "ours"):
        line[f"of {limit}"] = middle_ratio(rows, found[Case(limit, case.window)], "rate")
    first = found.get(Case(case.name, case.window, 1))
    if case.workers > 1 and first:
        line["of one"] = middle_ratio(rows, first, "rate")
    return line


@contextmanager
def theatre(given: Namespace) -> Iterator[Theatre]:
    with ExitStack() as stack:
        place = stack.enter_context(stage.folder())
        server = stack.enter_context(stage.postgres()) if POSTGRESQL in given.databases else None
        there = Theatre(given, server, {}, {}, place)
        for kind in given.databases:
            with stage.database(kind, server, place) as app:
                there.apps[kind], there.casts[kind] = app, stage.enrol(given.texts)
        yield there


def one(case: Case, delay: float, there: Theatre) -> Row:
    """One case once, with a provider of its own."""
    with Child("provider", "--delay", delay) as provider:
        url = provider.hear()
        return _sent(case, url, there) if case.workers else _alone(case, url, there)


def _alone(case: Case, url: str, there: Theatre) -> Row:
    texts = there.given.texts
    given = ("--line", case.name, "--texts", texts, "--window", case.window)
    with Child("client", url, *given) as client:
        told = client.told()
    return {**_rates(stage.ask(url), told["cpu"], texts), "seconds": told["seconds"]}


def _sent(case: Case, url: str, there: Theatre) -> Row:
    app = there.apps[case.name]
    with stage.inside(app), ExitStack() as stack:
        stage.forget_texts()
        server = stage.cpu_of_postgres(there.server) if case.name == POSTGRESQL else 0.0
        workers = [stack.enter_context(_worker(n, case, url, there)) for n in range(case.workers)]
        for worker in workers:
            worker.told()
        stage.ask(url, "POST")
        stage.queue(there.casts[case.name], clock.now() + timedelta(seconds=LEAD))
        counts = _until_taken(url, there.given.texts)
        for worker in workers:
            worker.end()
        cpu = sum(worker.told()["cpu"] for worker in workers)
        row = {**_rates(counts, cpu, there.given.texts), **_waits(there.given.texts)}
        if case.name == POSTGRESQL:
            server = stage.cpu_of_postgres(there.server) - server
        row["all_cpu_ms"] = round((cpu + server) * 1000 / there.given.texts, 3)
        return row


def _worker(number: int, case: Case, url: str, there: Theatre) -> Child:
    given: tuple[object, ...] = ("--window", case.window)
    if there.given.profile and number == 0:
        given += ("--profile", f"{there.given.profile}.{case.name}{case.workers}.prof")
    return Child("worker", stage.url_of(there.apps[case.name]), url, there.place, *given)


def _until_taken(url: str, texts: int) -> Row:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        counts = stage.ask(url)
        if counts["taken"] >= texts:
            return counts
        time.sleep(0.25)
    raise RuntimeError(f"{counts['taken']} of {texts} texts were sent in {PATIENCE} s")


def _rates(counts: Row, cpu: float, texts: int) -> Row:
    """By the provider's own book, so that no tick is waited for in it; CPU is a text's."""
    return {
        "seconds": counts["seconds"],
        "rate": round(counts["taken"] / counts["seconds"]),
        "cpu_ms": round(cpu * 1000 / texts, 3),
        "provider_ms": round(counts["provider_cpu"] * 1000 / texts, 3),
        "aloft": counts["most_aloft"],
        "twice": counts["twice"],
    }


def _waits(texts: int) -> Row:
    """Seconds from due to accepted by the database. Raises RuntimeError when a text is missing."""
    states, waits = stage.states(), stage.waits()
    if states != {"accepted": texts}:
        raise RuntimeError(f"not all were accepted: {states}")
    return {"p50": round(waits[texts // 2], 2), "p99": round(waits[texts * 99 // 100], 2)}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument(
        "--delays", type=float, nargs="+", default=[0.0, 0.1], help="seconds a send"
    )
    parser.add_argument("--windows", type=int, nargs="+", default=[128], help="texts in flight")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="on PostgreSQL")
    parser.add_argument("--databases", nargs="+", choices=stage.BOTH, default=list(stage.BOTH))
    parser.add_argument("--profile", help="profile the first worker of each case into this file")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
