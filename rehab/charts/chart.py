"""A chart as it is handed to a page: what is drawn, said under it, and told again in tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from rehab.charts.svg import Svg

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """How a chart speaks to its reader: words by key, a date, a number, a category's name."""

    words: Mapping[str, str]
    day: Callable[[date], str]
    number: Callable[[float], str]
    category: Callable[[str], str]

    def say(self, key: str, **blanks: object) -> str:
        """The words of `key` with their blanks filled."""
        return self.words[key].format(**blanks)

    def heads(self, *names: str) -> "Row":
        """What the columns of a table are called."""
        return tuple(self.say(f"head_{name}") for name in names)

    def rating(self, value: float | None) -> str:
        """A rating as it was given; one that was not is said to be missing, never 0."""
        return self.words["not_said"] if value is None else self.number(value)


@dataclass(frozen=True, slots=True)
class Key:
    """What a shape in a drawing means."""

    drawing: Svg
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing, its name where a chart has several, and what is said of it."""

    drawing: Svg
    name: str = ""
    says: Row = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a drawing; each row begins with what it is about."""

    caption: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Drawings of one matter. `empty` stands in their place while there is nothing to draw."""

    name: str
    title: str
    panels: tuple[Panel, ...] = ()
    legend: tuple[Key, ...] = ()
    says: Row = ()
    tables: tuple[Table, ...] = ()
    empty: str = ""
