"""The scores of an outcome measure over a plan: a mark for each answer, and gaps where none was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from rehab.charts.axes import MIDDLE_OF_TEXT, dates
from rehab.charts.chart import Chart, Panel, Row, Table, Voice
from rehab.charts.marks import drawing, label, line, mark, shapes
from rehab.charts.nights import TOPS_OF_MINUTES
from rehab.charts.svg import Svg
from rehab.charts.window import LEFT, RIGHT, Window
from rehab.programs.measurements import Answer, Point
from rehab.programs.measures import Measure, Unit
from rehab.programs.program import Track

TOP, HEIGHT, UNDER = 0.8, 5.0, 2.0
"""Lines above the highest value, from there to the lowest, and under it."""

SHAPE = "after"
PATIENCE = 1.5
"""Answers are joined when they lie no further apart than this many of their measure's intervals:
what was asked between them and not answered is a gap."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From the lowest value that is drawn to the highest."""

    lowest: int
    highest: int

    @property
    def values(self) -> tuple[int, int, int]:
        return self.lowest, (self.lowest + self.highest) // 2, self.highest

    def y(self, value: float) -> float:
        """How many lines down a value lies."""
        return TOP + HEIGHT * (self.highest - value) / (self.highest - self.lowest)


def scores_chart(
    measure: Measure,
    course: Sequence[Point],
    track: Track,
    shown: Window,
    voice: Voice,
    says: Row = (),
) -> Chart:
    """The scores of the weeks that are shown, and every answer in a table."""
    name, title = f"score-{measure.id}", measure.name["en"]
    told = [point for point in course if shown.holds(point.on)]
    if not told:
        return Chart(name, title, says=says, empty=voice.say("score_empty"))
    return Chart(
        name,
        title,
        panels=(Panel(_drawn(name, measure, told, track, shown, voice)),),
        says=says,
        tables=(_table(measure, told, voice),),
    )


def _drawn(
    name: str, measure: Measure, told: list[Point], track: Track, shown: Window, voice: Voice
) -> Svg:
    scored = [(point, point.score) for point in told if point.score is not None]
    scale = _scale(measure, [score for _, score in scored])
    return drawing(
        "scores",
        TOP + HEIGHT + UNDER,
        shapes(name, (SHAPE,), shown.mark_size),
        *_ground(scale, voice),
        *dates(TOP + HEIGHT, shown, voice),
        *_joined(told, _apart(measure, track), scale, shown),
        *(
            mark(name, SHAPE, shown.x(point.on), scale.y(score), _title(point, score, voice))
            for point, score in scored
        ),
    )


def _scale(measure: Measure, scores: list[float]) -> Scale:
    if measure.unit is not Unit.MINUTES:
        return Scale(measure.lowest, measure.highest)
    return Scale(0, next(top for top in TOPS_OF_MINUTES if top >= max(scores, default=0)))


def _ground(scale: Scale, voice: Voice) -> Iterator[Svg]:
    for value in scale.values:
        y = scale.y(value)
        yield line("zero" if value == 0 else "grid", LEFT, y, RIGHT, y)
        yield label("value", LEFT - 1.5, y + MIDDLE_OF_TEXT, voice.number(value))


def _apart(measure: Measure, track: Track) -> timedelta:
    interval = measure.rhythm.days(track) / measure.rhythm.times
    return timedelta(days=max(1, interval * PATIENCE))


def _joined(told: list[Point], most: timedelta, scale: Scale, shown: Window) -> Iterator[Svg]:
    for one, other in pairwise(told):
        if one.score is not None and other.score is not None and other.on - one.on <= most:
            yield line(
                "joined",
                shown.x(one.on),
                scale.y(one.score),
                shown.x(other.on),
                scale.y(other.score),
            )


def _title(point: Point, score: float, voice: Voice) -> str:
    return voice.say("mark_score", day=voice.day(point.on), value=voice.number(score))


def _table(measure: Measure, told: list[Point], voice: Voice) -> Table:
    """The newest answer first; a column for each item where there are several."""
    items = [answer.item for answer in told[0].answers]
    several = len(items) > 1
    heads = [_named(measure, item) for item in items] if several else []
    rows = (
        (
            voice.day(point.on),
            voice.rating(point.score),
            *(_ratings(point.answers, voice) if several else ()),
        )
        for point in reversed(told)
    )
    return Table(voice.say("score_caption"), (*voice.heads("date", "score"), *heads), tuple(rows))


def _named(measure: Measure, item: str) -> str:
    """An item as it is asked, or the activity that the patient named."""
    known = {each.id: each.question["en"] for each in measure.items}
    return known.get(item, item)


def _ratings(answers: Sequence[Answer], voice: Voice) -> Iterator[str]:
    return (voice.rating(answer.rating) for answer in answers)
