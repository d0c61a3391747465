"""How the nights were and how stiff the mornings: a mark for each that was told, else a gap."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from rehab.charts.axes import HIGHEST, dates, scale
from rehab.charts.change import sentence, weekly
from rehab.charts.chart import Chart, Panel, Table, Voice
from rehab.charts.journey import Journey
from rehab.charts.marks import drawing, line, mark, shapes
from rehab.charts.svg import Svg
from rehab.charts.window import Window

NAME = "nights"
TOP, HEIGHT, UNDER = 0.8, 6.0, 2.0
"""Lines above the highest value, from there to 0, and under it."""

NEXT_DAY = timedelta(days=1)
TOPS_OF_MINUTES = (30, 60, 120, 240, 480, 1440)
"""Where the scale of stiffness may end."""

Said = list[tuple[date, int]]


def nights_chart(journey: Journey, shown: Window, voice: Voice) -> Chart:
    """Sleep, and stiffness where it was ever told; before that, what will stand here."""
    title = voice.say("nights_title")
    if not (_any(journey, "sleep") or _any(journey, "stiffness_minutes")):
        return Chart(NAME, title, empty=voice.say("nights_empty"))
    return Chart(
        NAME,
        title,
        panels=tuple(_panels(journey, shown, voice)),
        tables=(_table(journey, shown, voice),),
    )


def _any(journey: Journey, name: str) -> bool:
    return any(getattr(morning, name) is not None for morning in journey.mornings)


def _panels(journey: Journey, shown: Window, voice: Voice) -> Iterator[Panel]:
    if _any(journey, "sleep"):
        weeks = weekly(_of(journey, "sleep"), journey.starts_on, shown)
        says = (voice.say("sleep_scale"), *sentence("sleep_name", weeks, voice))
        said = _within(_of(journey, "sleep"), shown)
        yield Panel(_sleep(said, shown, voice), voice.say("head_sleep"), says)
    if _any(journey, "stiffness_minutes"):
        said = _within(_of(journey, "stiffness_minutes"), shown)
        drawn = _stiffness(said, shown, voice)
        yield Panel(drawn, voice.say("head_stiffness"), (voice.say("stiffness_scale"),))


def _of(journey: Journey, name: str) -> Iterator[tuple[date, int | None]]:
    return ((morning.on, getattr(morning, name)) for morning in journey.mornings)


def _within(told: Iterator[tuple[date, int | None]], shown: Window) -> Said:
    return [(on, value) for on, value in told if value is not None and shown.holds(on)]


def _sleep(said: Said, shown: Window, voice: Voice) -> Svg:
    """A mark for each night, joined where one night follows the other."""
    joined = (
        line("joined", shown.x(one), _y(before, HIGHEST), shown.x(other), _y(after, HIGHEST))
        for (one, before), (other, after) in pairwise(said)
        if other - one == NEXT_DAY
    )
    return _plot("sleep", said, (0, 5, HIGHEST), shown, voice, joined)


def _stiffness(said: Said, shown: Window, voice: Voice) -> Svg:
    """A stem from 0 to each value; where it was 0 minutes the mark alone stands on the line."""
    highest = next(top for top in TOPS_OF_MINUTES if top >= max((v for _, v in said), default=0))
    stems = (
        line("stem", shown.x(on), _y(0, highest), shown.x(on), _y(value, highest))
        for on, value in said
        if value
    )
    return _plot("stiffness", said, (0, highest // 2, highest), shown, voice, stems)


def _plot(
    name: str,
    said: Said,
    values: tuple[int, int, int],
    shown: Window,
    voice: Voice,
    under: Iterator[Svg],
) -> Svg:
    """The marks of `name` over the lines `under` them, on a scale of three `values`."""
    highest = values[-1]
    return drawing(
        NAME,
        TOP + HEIGHT + UNDER,
        shapes(name, (name,), shown.mark_size),
        *scale(TOP, HEIGHT, values, highest, voice),
        *dates(TOP + HEIGHT, shown, voice),
        *under,
        *(
            mark(name, name, shown.x(on), _y(value, highest), _title(name, on, value, voice))
            for on, value in said
        ),
    )


def _y(value: float, highest: float) -> float:
    return TOP + HEIGHT * (1 - value / highest)


def _title(name: str, on: date, value: int, voice: Voice) -> str:
    return voice.say(f"mark_{name}", day=voice.day(on), value=voice.number(value))


def _table(journey: Journey, shown: Window, voice: Voice) -> Table:
    columns = [c for c in ("sleep", "stiffness_minutes") if _any(journey, c)]
    told = [morning for morning in journey.mornings if shown.holds(morning.on)]
    return Table(
        voice.say("nights_caption"),
        voice.heads("date", *(column.removesuffix("_minutes") for column in columns)),
        tuple(
            (voice.day(m.on), *(voice.rating(getattr(m, column)) for column in columns))
            for m in told
            if any(getattr(m, column) is not None for column in columns)
        ),
    )
