"""One plan's course as a reader sees it: what was said and what was decided, by local date.

Ratings are 0-10 and None where nothing was asked or said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rehab.programs.dosage import Category


@dataclass(frozen=True, slots=True)
class Rated:
    """One reported session; `completion` and what else is in per cent or 0-10."""

    on: date
    before: int | None = None
    during: int | None = None
    after: int | None = None
    effort: int | None = None
    completion: int = 100


@dataclass(frozen=True, slots=True)
class Woken:
    """One morning: pain and sleep 0-10, stiffness in minutes."""

    on: date
    pain: int | None = None
    sleep: int | None = None
    stiffness_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a category stands from a date on, as it was decided.

    `waits` says that something else was decided, which a clinician has not agreed to yet; `why` is
    the patient's sentence where something changed for them, else empty.
    """

    id: UUID
    on: date
    category: Category
    move: str
    step: int
    dose: float
    paused: bool = False
    waits: bool = False
    why: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it changed something that then held."""
        return self.move != "hold" and not self.waits


@dataclass(frozen=True, slots=True)
class Week:
    """A plan's week: sessions done, and those planned for all of it and for its days so far."""

    from_on: date
    to_on: date
    planned: int
    planned_so_far: int
    done: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a category began and stands now, of how many rungs, within the bounds signed for it."""

    category: Category
    began: int
    step: int
    dose: float
    rungs: int
    floor: int
    ceiling: int
    locked: bool = False
    paused: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """A plan from its start to `today`, the patient's own; everything is in order of time.

    `usual` is usual pain from each date on which it was settled.
    """

    starts_on: date
    ends_on: date
    today: date
    usual: tuple[tuple[date, float], ...]
    sessions: tuple[Rated, ...]
    mornings: tuple[Woken, ...]
    stands: tuple[Stand, ...]
    weeks: tuple[Week, ...]
    ladders: tuple[Ladder, ...]


def of_category(stands: Iterable[Stand], category: Category) -> Iterator[Stand]:
    """Those of one category."""
    return (stand for stand in stands if stand.category == category)
