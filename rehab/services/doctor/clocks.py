"""Time: whether this machine's clock is right, and whether it knows the patients' time zones."""

import ctypes
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import TZPATH

from sqlalchemy import func, select

from rehab.extensions import db
from rehab.models.clinic import Clinic
from rehab.models.patient import Patient
from rehab.programs import timezones
from rehab.services.doctor.examination import Verdict, fail, ok, warn

TOLERABLE, HARMFUL = timedelta(seconds=5), timedelta(seconds=60)
"""Workers agree on the database's clock; sign-in codes live 30 seconds by the web server's."""

TIME_ERROR = 5
"""What Linux answers to adjtimex(2) when nobody keeps its clock right."""

STATUS_BYTES = 512
"""More than the structure that it fills."""


def kernel_says() -> bool | None:
    """Whether the kernel knows its clock to be kept right; None where it does not tell."""
    with suppress(AttributeError, OSError):
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(STATUS_BYTES))
        return None if state < 0 else state != TIME_ERROR
    return None


def kept_right(is_kept: bool | None) -> Iterator[Verdict]:
    if is_kept is None:
        yield ok("this machine does not tell whether its clock is kept right; see the lines below")
    elif is_kept:
        yield ok("it is kept right by the network")
    else:
        yield warn("nobody keeps it right: turn on chrony or systemd-timesyncd on this machine")


def beside_database(now: Callable[[], datetime]) -> Iterator[Verdict]:
    """PostgreSQL has a clock of its own; SQLite has this machine's."""
    if db.engine.dialect.name == "postgresql":
        there: datetime = db.session.scalars(select(func.clock_timestamp())).one()
        yield apart(now() - there, "the database")


def apart(by: timedelta, whom: str) -> Verdict:
    """A verdict on a clock that is `by` ahead of somebody else's."""
    told = f"{abs(by.total_seconds()):.1f} s {'ahead of' if by > timedelta(0) else 'behind'} {whom}"
    if abs(by) > HARMFUL:
        return fail(f"{told}: set it right, or reminders come at the wrong time")
    if abs(by) > TOLERABLE:
        return warn(f"{told}: set it right")
    return ok(f"no more than {TOLERABLE.seconds} s from {whom}")


def zone_data(folders: Iterable[str] = TZPATH) -> Iterator[Verdict]:
    """Which rules of the world's clocks are in use: the system's, where it has any."""
    packaged: str = import_module("tzdata").IANA_VERSION
    tables = [Path(folder) / "tzdata.zi" for folder in folders]
    system = next((path for path in tables if path.exists()), None)
    if system is None:
        yield ok(f"the package tzdata tells the time zones, version {packaged}")
        return
    head = system.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# version ")
    told = f"{system} tells the time zones, version {head}"
    if head < packaged:
        yield warn(f"{told}, older than {packaged}, which we bring: update the system's tzdata")
    else:
        yield ok(told)


def known_zones() -> Iterator[Verdict]:
    """Every zone that somebody lives in must be one that is known here."""
    lived_in = {*db.session.scalars(select(Patient.zone).distinct())}
    lived_in |= {*db.session.scalars(select(Clinic.zone).distinct())}
    lost = sorted(zone for zone in lived_in if not timezones.is_zone(zone))
    if lost:
        yield fail(f"nobody knows the zone {', '.join(lost)} here: update the package tzdata")
    else:
        yield ok(f"all {len(lived_in)} zones of patients and clinics are known")
