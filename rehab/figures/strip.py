"""The still picture: two or three key poses side by side, or one above the other."""

from rehab.figures.clock import Clock
from rehab.figures.frame import HEIGHT, WIDTH, framed
from rehab.figures.geometry import Box, box_of
from rehab.figures.props.stage import rect
from rehab.figures.scene import Scene, box, played

NOTHING_MOVES = Clock(0.0, (0.0,))
GAP = 3.0


def strip(scenes: list[Scene]) -> str:
    """The scenes in panels of a picture of `WIDTH` by `HEIGHT`, an arrow between them."""
    view = scenes[0].figure.view
    whole = box_of([box(scene) for scene in scenes])
    count = len(scenes)
    row, column = (WIDTH / count, HEIGHT), (WIDTH, HEIGHT / count)
    frames = [framed(whole, width / height, view, 10) for width, height in (row, column)]
    in_a_row = row[0] / frames[0].width >= column[0] / frames[1].width
    width, height = row if in_a_row else column
    edge = frames[0] if in_a_row else frames[1]
    panels = "".join(
        _panel(
            scene,
            edge,
            number * width * in_a_row,
            number * height * (not in_a_row),
            (width, height),
        )
        for number, scene in enumerate(scenes)
    )
    return panels + _arrows(count, in_a_row)


def _panel(scene: Scene, edge: Box, x: float, y: float, size: tuple[float, float]) -> str:
    return (
        f'<svg x="{x:g}" y="{y:g}" width="{size[0]:g}" height="{size[1]:g}" '
        f'viewBox="{edge.left:.1f} '
        f'{-edge.top:.1f} {edge.width:.1f} {edge.height:.1f}">'
        f"{played(scene, NOTHING_MOVES, edge)}</svg>"
    )


def _arrows(count: int, in_a_row: bool) -> str:
    drawn = ""
    for number in range(1, count):
        x, y = (
            (WIDTH * number / count, HEIGHT / 2)
            if in_a_row
            else (WIDTH / 2, HEIGHT * number / count)
        )
        if in_a_row:
            drawn += rect("i", x - GAP / 2, -HEIGHT, GAP, HEIGHT)
        else:
            drawn += rect("i", 0, -y - GAP / 2, WIDTH, GAP)
        turn = "" if in_a_row else " rotate(90)"
        drawn += (
            f'<g transform="translate({x:g} {y:g}){turn}"><circle class="i" r="11"/>'
            '<path class="c j" stroke-width="2.6" d="M-4.5 0H4.5M.5-4.2L4.7 0 .5 4.2"/></g>'
        )
    return drawn
