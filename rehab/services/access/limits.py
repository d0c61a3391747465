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

    def wait(self, full_from: float, second: float) -> int:
        """Whole seconds until there is a token again, at least one."""
        return max(1, math.ceil(full_from - second - self.reach))


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
    second = now.timestamp()
    owed = knock(limit, key, second)
    if not owed.is_taken:
        raise TooMany(limit.wait(owed.full_from, second))


@dataclass(frozen=True, slots=True)
class Owed:
    """Whether a token was taken, and the second from which the bucket is full."""

    is_taken: bool
    full_from: float


@transaction()
def knock(limit: Limit, key: str, second: float) -> Owed:
    """Take a token from the bucket of `key`, if there is one."""
    full = RateBucket.full_from
    statement = (
        insert_into(RateBucket)
        .values(key=bucket_of(limit.scope, key), full_from=second + limit.step)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"full_from": case((full > second, full), else_=second) + limit.step},
            where=full <= second + limit.reach,
        )
        .returning(full)
    )
    taken = db.session.scalar(statement)
    if taken is not None:
        return Owed(True, taken)
    return Owed(False, full_from(limit, key) or second)


def full_from(limit: Limit, key: str) -> float:
    """The second from which the bucket of `key` is full; 0 for one that nobody has touched."""
    stands = select(RateBucket.full_from).where(RateBucket.key == bucket_of(limit.scope, key))
    return db.session.scalar(stands) or 0.0


@dataclass(frozen=True, slots=True)
class Tries:
    """So many tries of one caller, told together.

    One try at `second` makes of the second from which a bucket is full the later of the two and a
    step more; `count` of them, one after the other, come to the later of it and `base`, and `count`
    steps more.
    """

    count: int = 0
    base: float = -math.inf

    def and_one(self, limit: Limit, second: float) -> "Tries":
        """With one more at `second`."""
        return Tries(self.count + 1, max(self.base, second - self.count * limit.step))

    def upon(self, limit: Limit, full_from: float) -> float:
        """The second from which a bucket is full after these, if it was to be from `full_from`."""
        return max(full_from, self.base) + self.count * limit.step


@transaction()
def tell(tries: Iterable[tuple[Limit, str, Tries]]) -> None:
    """Put tries that were let through already on account, each upon its own bucket."""
    keyed = [(bucket_of(limit.scope, key), limit, told) for limit, key, told in tries]
    # In one order for everybody, so that two who tell never wait for each other.
    for bucket, limit, told in sorted(keyed, key=lambda one: one[0]):
        full = RateBucket.full_from
        statement = insert_into(RateBucket).values(key=bucket, full_from=told.upon(limit, 0.0))
        after = case((full > told.base, full), else_=told.base) + told.count * limit.step
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"full_from": after})
        )


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
        .where(RateBucket.key == bucket_of(limit.scope, key))
        .values(full_from=RateBucket.full_from - limit.step)
    )


@transaction()
def sweep(now: datetime) -> int:
    """Forget the buckets that are full; the number of them."""
    full = delete(RateBucket).where(RateBucket.full_from <= now.timestamp())
    return len(db.session.execute(full.returning(RateBucket.key)).all())


def bucket_of(scope: str, key: str) -> bytes:
    """By what the bucket of a door and of who knocks there is found."""
    return hashlib.sha256(f"{scope}\n{key}".encode()).digest()
