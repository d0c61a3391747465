"""The ladder of each category: the rung one stands on, of how many, and how far it may go now."""

from collections.abc import Iterator

from rehab.charts.chart import Chart, Panel, Table, Voice
from rehab.charts.journey import Journey, Ladder
from rehab.charts.marks import block, drawing, label, mark, shapes
from rehab.charts.svg import Svg
from rehab.programs.state import FULL_DOSE

NAME = "ladder"
TOP, LOWEST, RISE, UNDER = 1.9, 0.7, 0.55, 1.6
"""Lines above the highest rung, of the first one, from one to the next, and under them."""

WIDEST = 20.0
"""Per cent across that one rung takes at most."""


def ladder_chart(journey: Journey, voice: Voice) -> Chart:
    """Where each category stands today."""
    return Chart(
        NAME,
        voice.say("ladder_title"),
        panels=tuple(_panel(ladder, voice) for ladder in journey.ladders),
        tables=(_table(journey, voice),),
    )


def _panel(ladder: Ladder, voice: Voice) -> Panel:
    name = voice.category(ladder.category)
    return Panel(_drawn(ladder, voice), name, (" ".join(_says(ladder, voice)),))


def _drawn(ladder: Ladder, voice: Voice) -> Svg:
    rungs = range(1, ladder.rungs + 1)
    base = TOP + _height(ladder.rungs)
    width = min(WIDEST, 100 / ladder.rungs)
    chart = f"{NAME}-{ladder.category}"
    return drawing(
        NAME,
        base + UNDER,
        shapes(chart, ("here",), size=1.4),
        *(part for n in rungs for part in _rung(ladder, n, width, base, voice)),
        mark(
            chart,
            "here",
            width * (ladder.step - 0.5),
            base - _height(ladder.step) - 0.9,
            voice.say("ladder_here", step=ladder.step, rungs=ladder.rungs),
        ),
    )


def _height(rung: int) -> float:
    return LOWEST + RISE * (rung - 1)


def _rung(ladder: Ladder, n: int, width: float, base: float, voice: Voice) -> Iterator[Svg]:
    kind = " ".join(["rung-block", *_kinds(ladder, n)])
    yield block(kind, width * (n - 0.94), base - _height(n), width * 0.88, _height(n))
    yield label("rung-number", width * (n - 0.5), base + 1.2, voice.number(n))


def _kinds(ladder: Ladder, n: int) -> Iterator[str]:
    if not ladder.floor <= n <= ladder.ceiling:
        yield "outside"
    if n == ladder.step:
        yield "standing"
    elif n < ladder.step:
        yield "climbed"


def _says(ladder: Ladder, voice: Voice) -> Iterator[str]:
    yield voice.say("ladder_stands", step=ladder.step, rungs=ladder.rungs)
    if ladder.dose < FULL_DOSE:
        yield voice.say("ladder_part", percent=voice.say("percent", n=round(100 * ladder.dose)))
    yield voice.say(_next(ladder), next=ladder.step + 1)


def _next(ladder: Ladder) -> str:
    """What comes after this rung, in a key of the words."""
    if ladder.paused:
        return "ladder_paused"
    if ladder.waits:
        return "ladder_waits"
    if ladder.step >= ladder.rungs:
        return "ladder_top"
    if ladder.locked or ladder.step >= ladder.ceiling:
        return "ladder_ceiling"
    return "ladder_next"


def _table(journey: Journey, voice: Voice) -> Table:
    return Table(
        voice.say("ladder_caption"),
        voice.heads("category", "step", "rungs", "floor", "ceiling", "amount"),
        tuple(
            (
                voice.category(ladder.category),
                *map(voice.number, (ladder.step, ladder.rungs, ladder.floor, ladder.ceiling)),
                voice.say("percent", n=round(100 * ladder.dose)),
            )
            for ladder in journey.ladders
        ),
    )
