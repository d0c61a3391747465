"""Reminders in the bench table: each rate beside that of Twilio's client alone, in the same run."""

from argparse import Namespace
from collections.abc import Sequence

from benchmarks.client import THREADS
from benchmarks.reminders import Case, Found, sent, theatre
from benchmarks.results import Figure, Results, Row, middle, middle_ratio
from benchmarks.stage import BOTH, POSTGRESQL, SQLITE

TEXTS = 3_000
SLOW = 0.1
"""Seconds a send, as Twilio takes them."""

ASYNC, MANY_THREADS = Case("stock"), Case(THREADS)
ONE_THREAD, EIGHT_THREADS = Case(THREADS, 1), Case(THREADS, 8)
WORKERS = (Case(SQLITE, workers=1), Case(POSTGRESQL, workers=1))
OF_ASYNC, OF_THREADS, OF_CELERY, SLOWLY = 0.95, 0.9, 6.0, 750.0
"""The least of the async client's rate, of the threaded one's and of Celery's, and texts/s."""

CELERY, CELERYS_CLIENT = 504, 908
"""Texts a second by Celery, on a machine where Twilio's client alone in one thread made the second
figure; Celery here is scaled by what that client makes in our run."""


def measure(rounds: int, results: Results) -> list[Figure]:
    """The figures for the bench table: a provider that answers at once, and one as slow as ours."""
    given = Namespace(texts=TEXTS, databases=list(BOTH), profile=None)
    limits = (ASYNC, EIGHT_THREADS, ONE_THREAD)
    with theatre(given) as there:
        at_once = sent((*limits, *WORKERS), 0.0, there, rounds, results)
        slowly = sent((ASYNC, MANY_THREADS, *WORKERS), SLOW, there, rounds, results)
    return [
        figure
        for case in WORKERS
        for figure in (
            *_at_once(case, at_once),
            *_slowly(case, slowly),
            _twice(case, [*at_once[case], *slowly[case]]),
        )
    ]


def beside(section: str, name: str, case: Case, limit: Case, found: Found, goal: float) -> Figure:
    """The rates of two cases, and their ratio round by round."""
    rows, limits = found[case], found[limit]
    ratio = middle_ratio(rows, limits, "rate")
    return Figure(section, name, middle(rows, "rate"), "/s", middle(limits, "rate"), ratio, goal)


def _at_once(case: Case, found: Found) -> list[Figure]:
    section, rate = f"reminders, {case.name}", middle(found[case], "rate")
    celery = round(middle(found[ONE_THREAD], "rate") * CELERY / CELERYS_CLIENT)
    ratio = round(rate / celery, 3)
    client = middle(found[ASYNC], "cpu_ms")
    return [
        beside(section, "by the async client", case, ASYNC, found, OF_ASYNC),
        beside(section, "by the client in 8 threads", case, EIGHT_THREADS, found, OF_THREADS),
        Figure(section, "by Celery, scaled", rate, "/s", celery, ratio, OF_CELERY),
        Figure(section, "CPU of a text", middle(found[case], "cpu_ms"), "ms", client),
    ]


def _slowly(case: Case, found: Found) -> list[Figure]:
    section = f"reminders, {case.name}, 100 ms"
    rate, limit = middle(found[case], "rate"), middle(found[ASYNC], "rate")
    return [
        Figure(section, "texts", rate, "/s", limit, None, SLOWLY),
        beside(section, "by the async client", case, ASYNC, found, OF_ASYNC),
        beside(section, "by the client in 128 threads", case, MANY_THREADS, found, OF_THREADS),
    ]


def _twice(case: Case, rows: Sequence[Row]) -> Figure:
    most = max(row["twice"] for row in rows)
    return Figure(f"reminders, {case.name}", "sent twice", most, "texts", goal=0, at_most=True)
