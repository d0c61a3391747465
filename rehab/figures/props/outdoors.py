"""What is round about: a path that goes by, trees, water, a window, a calm view."""

from rehab.figures.geometry import Point
from rehab.figures.props.stage import Stage, disc, line, rect
from rehab.figures.surroundings import Thing


def _going_by(stage: Stage, content: str, far: float) -> str:
    """Content that passes backwards by `far` in a round and begins again."""
    if len(set(stage.clock.times)) < 2:
        return content
    return (
        f'<g>{content}<animateTransform attributeName="transform" type="translate" '
        f'values="0 0;{-far:g} 0" dur="{stage.clock.seconds:g}s" repeatCount="indefinite"/></g>'
    )


def walkway(thing: Thing, stage: Stage) -> str:
    """A path whose marks pass underfoot, one stride a round."""
    stride = thing.number("stride") or 80
    edge = stage.edge
    marks, x = "", edge.left - stride
    while x < edge.right + 2 * stride:
        marks += f"M{x:.0f} 9h14M{x + stride / 2:.0f} 14h9"
        x += stride
    ground = rect("y", edge.left - 5, -26, edge.width + 10, 31)
    stones = f'<path class="c ys" stroke-width="2" d="{marks}"/>'
    return f'<g class="path">{ground}{_going_by(stage, stones, stride)}</g>'


def trees(thing: Thing, stage: Stage) -> str:
    """Trees and bushes at a distance; they pass slowly."""
    far = (thing.number("stride") or 80) / 2
    edge = stage.edge
    shapes, number, x = "", 0, edge.left - far
    while x < edge.right + 2 * far:
        if number % 2 == 0:
            shapes += _tree(x + far * 0.2)
        else:
            shapes += disc("n", Point(x, 9), 17, 11) + disc("n", Point(x + 15, 7), 12, 8)
        x, number = x + far, number + 1
    return _going_by(stage, f'<g opacity=".75">{shapes}</g>', 2 * far)


def _tree(x: float) -> str:
    return (
        line("ps", 4, Point(x, 4), Point(x, 50))
        + disc("n", Point(x, 62), 21, 25)
        + disc("n", Point(x - 12, 50), 12)
        + disc("n", Point(x + 12, 52), 13)
    )


def pool(thing: Thing, stage: Stage) -> tuple[str, str]:
    """Water up to its level: clear over the body, deep behind it."""
    edge, level = stage.edge, thing.number("level")
    floor = thing.told["floor"]
    low = edge.bottom - 10
    deep = rect("a", edge.left - 5, low, edge.width + 10, level - low)
    tiles = rect("g", edge.left - 5, low, edge.width + 10, -low - 2) if floor else ""
    waves = "q8-5 16 0t16 0" * (int(edge.width // 32) + 4)
    crest = f"M{edge.left - 40:.0f} {-level:.0f}{waves}"
    down = f"V{-low:.0f}H{edge.left - 40:.0f}Z"
    over = f'<path class="a" opacity=".42" d="{crest}{down}"/>'
    foam = f'<path class="c r" stroke-width="1.8" opacity=".8" d="{crest}"/>'
    sway = ""
    if len(set(stage.clock.times)) > 1:
        sway = (
            '<animateTransform attributeName="transform" type="translate" '
            'values="0 0;32 0" dur="3s" repeatCount="indefinite"/>'
        )
    return f'<g opacity=".55">{deep}</g>{tiles}', f"<g>{over}{foam}{sway}</g>"


def plant(thing: Thing, stage: Stage) -> str:
    x, height = thing.at.x, thing.number("height")
    stems = "".join(
        f'<path class="n" d="M{x:.1f}-16C{x + side * 4:.1f} {-height * 0.6:.0f} '
        f"{x + side * 16:.1f} "
        f"{-height:.0f} {x + side * 20:.1f} {-height + 6:.0f}C{x + side * 22:.1f} "
        f'{-height * 0.55:.0f} {x + side * 10:.1f}-22 {x:.1f}-16Z"/>'
        for side in (-1, 1, -0.35, 0.45)
    )
    return f'{stems}<path class="e" d="M{x - 11:.1f}-20h22l-3 20h-16Z"/>'


def window(thing: Thing, stage: Stage) -> str:
    x, y = thing.at.x, thing.number("y")
    night = thing.told["night"]
    pane = rect("bs" if night else "a", x - 24, y - 26, 48, 56, 3)
    light = disc("r", Point(x + 9, y + 14), 7) if night else disc("n", Point(x - 8, y - 18), 14, 9)
    if night:
        light += disc("bs", Point(x + 12.5, y + 16), 6)
    cross = line("v", 2.4, Point(x, y - 26), Point(x, y + 30)) + line(
        "v", 2.4, Point(x - 24, y + 2), Point(x + 24, y + 2)
    )
    frame = f'<rect class="c v" x="{x - 24:.1f}" y="{-y - 30:.1f}" width="48" height="56" rx="3" '
    return f'<g opacity=".7">{pane}{light}</g>{cross}{frame}stroke-width="3.4"/>'


def lamp(thing: Thing, stage: Stage) -> str:
    x = thing.at.x
    glow = (
        ""
        if thing.told["dim"]
        else f'<circle class="m" cx="{x:.1f}" cy="-104" r="34" opacity=".14"/>'
    )
    return (
        glow
        + disc("k", Point(x, 0), 11, 2.6)
        + line("k", 2.6, Point(x, 0), Point(x, 96))
        + f'<path class="m" opacity=".75" d="M{x - 9:.1f}-116h18l7 24h-32Z"/>'
    )


def landscape(thing: Thing, stage: Stage) -> str:
    """A calm view in a round window of thought."""
    edge = stage.edge
    width, base = edge.width + 10, edge.bottom + edge.height * 0.44
    left = edge.left - 5
    sun = disc("m", Point(edge.right - edge.width * 0.2, edge.top - edge.height * 0.2), 15)
    if thing.word("kind") == "hills":
        low, high = -base - 18, -base - 52
        hills = (
            f'<path class="n" opacity=".5" d="M{left:.0f} {-base:.0f}Q{left + width * 0.3:.0f} '
            f"{high:.0f} {left + width * 0.6:.0f} {low:.0f}T{left + width:.0f} {low:.0f}"
            f'V0H{left:.0f}Z"/>'
            f'<path class="n" opacity=".6" d="M{left:.0f} {low + 14:.0f}Q{left + width * 0.35:.0f} '
            f"{low + 8:.0f} {left + width * 0.62:.0f} {-base + 6:.0f}T{left + width:.0f} "
            f'{-base:.0f}V0H{left:.0f}Z"/>'
        )
        return f'<g opacity=".85">{sun}</g>{hills}{_near(stage)}'
    sea = rect("a", left, 0, width, base)
    waves = "".join(
        f'<path class="c r" stroke-width="1.4" opacity=".6" '
        f'd="M{left + x:.0f} {-base + dy:.0f}q6-4 12 0t12 0"/>'
        for x, dy in ((26, 10), (70, 22), (width - 60, 12), (width - 110, 26), (width - 40, 32))
    )
    return f'<g opacity=".85">{sun}</g><g opacity=".5">{sea}</g>{waves}{_near(stage)}'


def _near(stage: Stage) -> str:
    """The ground before a view: sand."""
    edge = stage.edge
    return rect("y", edge.left - 5, edge.bottom - 5, edge.width + 10, 17 - edge.bottom)
