"""What one process knows of the buckets that all machines share, so that not every request writes.

It counts a few tries of a caller by itself before it tells the database, and then tells of other
callers' too, in one transaction. It never knows of more than is owed: what it refuses, the database
would refuse as well. What it has let through and not told yet is less than `untold` tries of a
caller: alone it errs by none, and beside others that is by how much all of them may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from rehab.extensions import open_database
from rehab.services.access import limits
from rehab.services.access.errors import TooMany
from rehab.services.access.limits import Limit, Owed, Tries
from rehab.services.transactions import in_transaction

MOST = 8192
"""Callers that are kept in mind; with one more, those who owe nothing are let go."""

TOLD_TOGETHER = 64
"""Callers in one transaction: few enough that no other writer waits for long."""

NONE = Tries()

Knock = Callable[[Limit, str, float], Owed]


@dataclass(slots=True)
class Account:
    """One caller at one door: from when the bucket is full, as far as is known, and the tries that
    the database has not been told of."""

    limit: Limit
    key: str
    full_from: float = 0.0
    untold: Tries = NONE

    def check(self, second: float) -> None:
        """Raises TooMany when no token is left."""
        owed = self.untold.upon(self.limit, self.full_from) if self.untold.count else self.full_from
        if owed > second + self.limit.reach:
            raise TooMany(self.limit.wait(owed, second))

    def to_tell(self) -> tuple[Limit, str, Tries]:
        """The tries, which from here on are owed."""
        told = self.untold
        self.full_from, self.untold = told.upon(self.limit, self.full_from), NONE
        return self.limit, self.key, told


class Ledger:
    """The accounts of one process with one database; safe to share among threads."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str], Account] = {}
        self._lock = Lock()

    def take(
        self, limit: Limit, key: str, now: datetime, untold: int, full_from: float | None = None
    ) -> None:
        """Take a token; the database is told when `untold` have been taken here. Raises TooMany.

        `full_from` is what the caller has just read of the bucket; without it, that is read before
        the first try and after each telling.
        """
        second = now.timestamp()
        if full_from is None and self._is_news(limit, key):
            full_from = limits.full_from(limit, key)
        with self._lock:
            account = self._account(limit, key, second)
            account.full_from = max(account.full_from, full_from or 0.0)
            account.check(second)
            account.untold = account.untold.and_one(limit, second)
            told = self._told_now() if account.untold.count >= untold else []
        if told:
            limits.tell(told)

    def take_rarely(self, limit: Limit, key: str, now: datetime, knock: Knock) -> None:
        """Take a token by `knock`, which asks the database and commits, unless none is left as far
        as is known. Raises TooMany.

        Within a transaction, which may yet be rolled back, nothing is kept in mind.
        """
        second = now.timestamp()
        with self._lock:
            account = self._account(limit, key, second)
            account.check(second)
        owed = knock(limit, key, second)
        if not in_transaction():
            account.full_from = max(account.full_from, owed.full_from)
        if not owed.is_taken:
            raise TooMany(limit.wait(owed.full_from, second))

    def forget(self) -> None:
        """Begin anew, as over a database that was emptied or put back."""
        with self._lock:
            self._accounts.clear()

    def _is_news(self, limit: Limit, key: str) -> bool:
        known = self._accounts.get((limit.scope, key))
        return known is None or not known.untold.count

    def _told_now(self) -> list[tuple[Limit, str, Tries]]:
        """What is told together: of those who have most to be told of."""
        owing = (account for account in self._accounts.values() if account.untold.count)
        most = nlargest(TOLD_TOGETHER, owing, key=lambda account: account.untold.count)
        return [account.to_tell() for account in most]

    def _account(self, limit: Limit, key: str, second: float) -> Account:
        if (limit.scope, key) not in self._accounts and len(self._accounts) >= MOST:
            self._let_go(second)
        return self._accounts.setdefault((limit.scope, key), Account(limit, key))

    def _let_go(self, second: float) -> None:
        """Forget whose bucket is full again; if too many still owe, forget them all."""
        owing = {
            place: account
            for place, account in self._accounts.items()
            if account.untold.upon(account.limit, account.full_from) > second
        }
        self._accounts = owing if len(owing) < MOST else {}


_LEDGERS: WeakKeyDictionary[Engine, Ledger] = WeakKeyDictionary()


def ledger() -> Ledger:
    """This process's ledger with the database that is open now."""
    database = open_database()
    known = _LEDGERS.get(database)
    return _LEDGERS.setdefault(database, Ledger()) if known is None else known
