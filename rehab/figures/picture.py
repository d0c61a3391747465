"""A figure as SVG: moving, or still as a strip of its key poses; by day, by night and in print."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rehab.figures.clock import Clock, told
from rehab.figures.frame import HEIGHT, WIDTH, framed
from rehab.figures.geometry import Box
from rehab.figures.motion import Moment, moved, settled_keys
from rehab.figures.palette import style
from rehab.figures.pose import Figure
from rehab.figures.props.placing import surroundings
from rehab.figures.scene import Scene, box, played
from rehab.figures.strip import strip
from rehab.figures.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture is called and says, in the reader's language."""

    name: str
    says: str
    language: str


def moving(figure: Figure, caption: Caption, muscles: Sequence[str] = ()) -> str:
    """The animated picture; `muscles` are tinted unless the figure names its own."""
    around = surroundings(figure)
    motion = moved(figure, around)
    scene = Scene(figure, motion.moments, around, _tint(figure, muscles))
    edge = framed(box(scene), WIDTH / HEIGHT, figure.view)
    clock = Clock(motion.seconds, tuple(m.at / motion.seconds for m in motion.moments))
    return _document(figure, caption, edge, played(scene, clock, edge))


def still(figure: Figure, caption: Caption, muscles: Sequence[str] = ()) -> str:
    """A strip of the key poses, in their order."""
    around = surroundings(figure)
    tint = _tint(figure, muscles)
    keys = key_moments(figure, around)
    panels = strip([Scene(figure, (key,), around, tint) for key in keys])
    return _document(figure, caption, Box(0.0, -HEIGHT, WIDTH, 0.0), panels)


def key_moments(figure: Figure, around: Surroundings) -> list[Moment]:
    """The frames that tell the movement: those the figure chooses, else the first three at most."""
    chosen = figure.still or tuple(range(min(len(figure.frames), 3)))
    keys = settled_keys(figure, figure.frames, around)
    return [keys[number] for number in chosen]


def _tint(figure: Figure, muscles: Sequence[str]) -> tuple[str, ...]:
    return tuple(muscles) if figure.tint is None else figure.tint


def _document(figure: Figure, caption: Caption, edge: Box, content: str) -> str:
    x, y, width, height = (told(n) for n in (edge.left, -edge.top, edge.width, edge.height))
    round_corners = told(edge.width * 0.045)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{escape(caption.language)}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}" viewBox="{x} {y} {width} {height}">'
        f"<title>{escape(caption.name)}</title><desc>{escape(caption.says)}</desc>"
        f"<style>{style(figure.person, content)}</style>"
        f'<clipPath id="c"><rect x="{x}" y="{y}" width="{width}" height="{height}" '
        f'rx="{round_corners}"/></clipPath><g clip-path="url(#c)" stroke-width=".8">'
        f"{content}</g></svg>"
    )
