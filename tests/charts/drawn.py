"""Reading a chart back: what stands in its drawing, in the numbers of the table beside it."""

from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree

from rehab.charts.chart import Chart, Panel, Table, Voice
from rehab.charts.journey import Journey, Ladder, Rated, Woken
from rehab.charts.svg import Svg
from rehab.charts.window import LEFT, RIGHT, Window
from rehab.programs.dosage import Category
from rehab.web.words import words

STARTS_ON = date(2026, 1, 5)
"""A Monday."""

VOICE = Voice(
    words=words("progress", "en"),
    day=lambda on: on.isoformat(),
    number=lambda value: f"{value:g}",
    category=str,
)
"""Says dates and numbers so that they can be read back."""

NOT_SAID = VOICE.say("not_said")


def day(n: int) -> date:
    """The plan's n-th day, from 0."""
    return STARTS_ON + timedelta(days=n)


def ladder(category: Category = Category.STRENGTHENING, **said: object) -> Ladder:
    given = {"began": 1, "step": 1, "dose": 1.0, "rungs": 5, "floor": 1, "ceiling": 5, **said}
    return Ladder(category, **given)  # type: ignore[arg-type]


def course(
    *sessions: Rated, mornings: tuple[Woken, ...] = (), today: int = 13, **said: object
) -> Journey:
    """A journey of two weeks unless `today`, a number of days, says otherwise."""
    given: dict[str, object] = {
        "usual": ((STARTS_ON, 4.0),),
        "stands": (),
        "weeks": (),
        "ladders": (ladder(),),
        **said,
    }
    return Journey(
        starts_on=STARTS_ON,
        ends_on=day(83),
        today=day(today),
        sessions=sessions,
        mornings=mornings,
        **given,  # type: ignore[arg-type]
    )


def tree(drawing: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 - our own markup


def of_class(drawing: Svg, name: str) -> list[ElementTree.Element]:
    """The elements that have a class, in the order in which they are drawn."""
    found = (e for e in tree(drawing).iter() if name in e.get("class", "").split())
    return list(found)


def texts(drawing: Svg, class_: str) -> list[str]:
    return ["".join(element.itertext()) for element in of_class(drawing, class_)]


def only(chart: Chart) -> Panel:
    """The one panel of a chart that has no other."""
    (panel,) = chart.panels
    return panel


def table(chart: Chart, key: str, **blanks: object) -> Table:
    """The table of a chart that has this caption."""
    return next(t for t in chart.tables if t.caption == VOICE.say(key, **blanks))


def column(told: Table, n: int) -> list[str]:
    return [row[n] for row in told.rows]


def lines(length: str | None) -> float:
    """How many lines down a place is."""
    assert length is not None
    assert length.endswith("em")
    return float(length.removesuffix("em"))


def percent(length: str | None) -> float:
    assert length is not None
    assert length.endswith("%")
    return float(length.removesuffix("%"))


def scale_of(drawing: Svg) -> dict[float, float]:
    """The values that the scale names, by how far down their lines are."""
    named = of_class(drawing, "value")
    ruled = [*of_class(drawing, "zero"), *of_class(drawing, "grid")]
    heights = {lines(rule.get("y1")) for rule in ruled}
    near = {}
    for label in named:
        y = min(heights, key=lambda at: abs(at - lines(label.get("y"))))
        near[float("".join(label.itertext()))] = y
    return near


def value_at(drawing: Svg, y: float) -> float:
    """What a place down the drawing means by its scale."""
    named = scale_of(drawing)
    highest = max(named)
    return highest * (named[0] - y) / (named[0] - named[highest])


def date_at(x: float, shown: Window) -> date:
    """On which date a place across lies."""
    gone = (x - LEFT) / (RIGHT - LEFT) * shown.days
    return shown.since + timedelta(days=int(gone))


def marked(drawing: Svg, name: str, shown: Window) -> Iterator[tuple[date, float]]:
    """The dates and values at which a shape stands, read off the picture itself."""
    for use in of_class(drawing, name):
        if use.tag == "use":
            y = value_at(drawing, lines(use.get("y")))
            yield date_at(percent(use.get("x")), shown), round(y, 1)
