"""Token buckets in the database: how often a door may be tried, counted by all machines together.

A bucket holds `burst` tokens and fills up again in `per`. What is stored is the second from which
it is full, which is all that there is to know (the generic cell rate algorithm, ITU-T I.371), so
that one statement takes a token or finds that there is none.
"""

import hashlib
import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update

from rehab.extensions import db, insert_into
from rehab.models.rate import RateBucket
from rehab.services.access.errors import TooMany
from rehab.services.transactions import transaction

SLACK = 0.001
"""Seconds by which sums of fractions of a second may err."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` tries at once and, spread out, as many again in every `per`.

    So there are at most twice `burst` in any stretch of that length. `scope` is the door.
    """

    scope: str
    burst: int
    per: timedelta

    @property
    def step(self) -> float:
        """Seconds until one token has come back."""
        return self.per.total_seconds() / self.burst

    @property
    def reach(self) -> float:
        """How many seconds ahead a bucket may be owed for one token more to be in it."""
        return self.per.total_seconds() - self.step + SLACK


def network_of(address: str) -> str:
    """Whom an address counts as: itself, or its /64 when it is IPv6, where one household or one
    attacker has all of that. What is no address counts as it is written."""
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return address
    if host.version == 6 and host.ipv4_mapped is not None:
        return str(host.ipv4_mapped)
    return str(host) if host.version == 4 else str(ipaddress.ip_network((host, 64), strict=False))


@transaction()
def take(limit: Limit, key: str, now: datetime) -> None:
    """Take a token from the bucket of `key`. Raises TooMany, and then nothing was taken."""
    second, full = now.timestamp(), RateBucket.full_from
    statement = (
        insert_into(RateBucket)
        .values(key=_hashed(limit, key), full_from=second + limit.step)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"full_from": case((full > second, full), else_=second) + limit.step},
            where=full <= second + limit.reach,
        )
        .returning(full)
    )
    if db.session.scalar(statement) is None:
        raise TooMany(_wait(limit, key, second))


@transaction()
def take_all(wanted: Iterable[tuple[Limit, str]], now: datetime) -> None:
    """Take a token from each bucket, or from none. Raises TooMany.

    Two callers who share buckets must name them in the same order.
    """
    for limit, key in wanted:
        take(limit, key, now)


@transaction()
def give_back(limit: Limit, key: str) -> None:
    """Put a token back: the try was a good one, and good ones do not count."""
    db.session.execute(
        update(RateBucket)
        .where(RateBucket.key == _hashed(limit, key))
        .values(full_from=RateBucket.full_from - limit.step)
    )


@transaction()
def sweep(now: datetime) -> int:
    """Forget the buckets that are full; the number of them."""
    full = delete(RateBucket).where(RateBucket.full_from <= now.timestamp())
    return len(db.session.execute(full.returning(RateBucket.key)).all())


def _wait(limit: Limit, key: str, second: float) -> int:
    full_from = db.session.scalar(
        select(RateBucket.full_from).where(RateBucket.key == _hashed(limit, key))
    )
    return max(1, math.ceil((full_from or second) - second - limit.reach))


def _hashed(limit: Limit, key: str) -> bytes:
    return hashlib.sha256(f"{limit.scope}\n{key}".encode()).digest()
