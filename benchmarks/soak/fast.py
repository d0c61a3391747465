"""A clock that runs faster, and the `rehab` command by that clock.

    python -m benchmarks.soak.fast STARTED SPEED serve --workers 1

Only `rehab.clock` is replaced, and how often the scheduler ticks: whatever the server does by the
clock happens `SPEED` times sooner, while sockets, time-outs of calls and CPU stay what they are.
PostgreSQL is given the same clock (`clock_of_database`), as workers agree on the time by asking it.
"""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rehab import clock, worker
from rehab.worker import SECONDS, Ticker

EPOCH = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
"""A Saturday noon; in the night after it Europe's clocks change."""

SHORTEST = 0.1
"""Seconds between two ticks at the least, whatever the speed: this machine has its own."""


@dataclass(frozen=True, slots=True)
class Fast:
    """The clock: it stood at EPOCH when this machine's own said `started`."""

    started: float
    speed: float

    def now(self) -> datetime:
        return self.at(time.time())

    def at(self, second: float) -> datetime:
        """What it shows at a second of this machine's clock."""
        return EPOCH + timedelta(seconds=(second - self.started) * self.speed)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed


def go_by(fast: Fast) -> None:
    """Give this process the fast clock, and a scheduler that ticks by it."""
    setattr(clock, "now", fast.now)  # noqa: B010
    setattr(clock, "monotonic", fast.monotonic)  # noqa: B010
    worker.MISSED_TICKS = int(worker.MISSED_TICKS * fast.speed)
    worker.LONGEST_SEND = int(worker.LONGEST_SEND * fast.speed)
    setattr(Ticker, "_arm", _armed_at(fast.speed))  # noqa: B010


def _armed_at(speed: float) -> Any:
    """APScheduler waits by this machine's clock, so what it is told is in seconds of that."""

    def arm(ticker: Ticker, name: str) -> None:
        ticker.scheduler.add_job(
            ticker._run,
            "interval",
            (name,),
            id=name,
            seconds=max(SECONDS[name] / speed, SHORTEST),
            next_run_time=datetime.now(UTC),
            replace_existing=True,
        )

    return arm


def clock_of_database(fast: Fast) -> str:
    """SQL by which `clock_timestamp()` in this database runs as fast: ours is found first."""
    started = datetime.fromtimestamp(fast.started, UTC).isoformat()
    return f"""
        CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
            SELECT timestamptz '{EPOCH.isoformat()}'
                + (pg_catalog.clock_timestamp() - timestamptz '{started}') * {fast.speed} $$;
        DO $$ BEGIN
            EXECUTE 'ALTER DATABASE ' || quote_ident(current_database())
                || ' SET search_path = public, pg_catalog';
        END $$;
    """


def main() -> None:
    started, speed, *command = sys.argv[1:]
    go_by(Fast(float(started), float(speed)))
    sys.argv = ["rehab", *command]
    from rehab.cli import main as rehab

    rehab()


if __name__ == "__main__":
    main()
