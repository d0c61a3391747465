"""The worker: whether anybody ticks, and whether texts leave when they are due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rehab.services import pulse
from rehab.services.doctor.examination import Verdict, fail, ok, warn
from rehab.services.traffic import Traffic, traffic

LATE = timedelta(minutes=5)


def look(is_embedded: bool, now: datetime) -> Iterator[Verdict]:
    """`is_embedded`: the web server is to tick itself."""
    seen = traffic(now)
    yield _ticking(seen, "rehab serve" if is_embedded else "rehab worker")
    if seen.backlog_age > LATE:
        minutes = seen.backlog_age.total_seconds() / 60
        yield fail(f"{seen.due} texts are overdue, the oldest {minutes:.0f} min: see its log")
    yield from (
        warn(f"{gate.scope} is held back until {gate.closed_until:%H:%M} UTC: {gate.reason}")
        for gate in seen.closed
    )
    if seen.unknown:
        yield warn(f"{seen.unknown} texts may or may not have arrived; they are looked up")


def _ticking(seen: Traffic, by: str) -> Verdict:
    if seen.silence is None:
        return fail(f"nobody has ever ticked, so no text leaves: start `{by}`")
    seconds = seen.silence.total_seconds()
    if seen.silence > pulse.SILENCE:
        return fail(f"nobody has ticked for {seconds:.0f} s, so no text leaves: start `{by}`")
    ticking = sum(seen.now - worker.at <= pulse.SILENCE for worker in seen.workers)
    return ok(f"{ticking} tick, the last {seconds:.0f} s ago; {seen.due} texts wait")
