"""The exercises' pictures, drawn once and served to everybody: they show no patient's data.

An exercise of a clinic's own may show the picture of a shared one. It has no picture at an address
of its own: these addresses are open, and nobody's clinic is there.
"""

from dataclasses import dataclass
from hashlib import blake2b

from flask import Blueprint, Flask, Response, current_app, request, url_for

from rehab.errors import NotFound
from rehab.figures.picture import Caption, moving, still
from rehab.programs.translation import SOURCE
from rehab.wiring import library, wiring

blueprint = Blueprint("figures", __name__, url_prefix="/figures")

KEPT = "rehab.figures"
FOR_GOOD = "public, max-age=31536000, immutable"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A drawing brings its own style sheet and needs nothing else."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as it is served; its version changes with any stroke of it."""

    svg: bytes
    version: str


def drawing(exercise_id: str, at_rest: bool) -> Drawing:
    """The moving picture of an exercise, or its strip of poses. Raises NotFound without one."""
    lender, shared = shown_by(exercise_id), wiring().library
    if lender not in shared.figures:
        raise NotFound(f"there is no figure of {exercise_id}")
    kept: dict[tuple[str, str, bool], Drawing] = current_app.extensions.setdefault(KEPT, {})
    key = (shared.version, lender, at_rest)
    if key not in kept:
        kept[key] = _drawn(lender, at_rest)
    return kept[key]


def shown_by(exercise_id: str) -> str:
    """Whose picture an exercise shows: its own, unless it has borrowed one."""
    return library().borrowed.get(exercise_id, exercise_id)


def _drawn(exercise_id: str, at_rest: bool) -> Drawing:
    shared = wiring().library
    known, figure = shared.exercises[exercise_id], shared.figures[exercise_id]
    caption = Caption(known.name, known.movement, SOURCE)
    svg = (still if at_rest else moving)(figure, caption, known.muscles).encode()
    return Drawing(svg, blake2b(svg, digest_size=6).hexdigest())


def figure_url(exercise_id: str, still: bool = False) -> str | None:
    """Where an exercise's picture is, its strip of poses if `still`; None if it has none."""
    lender = shown_by(exercise_id)
    if lender not in wiring().library.figures:
        return None
    return _address(drawing(lender, still), lender, still)


def _address(found: Drawing, exercise_id: str, at_rest: bool) -> str:
    endpoint = "figures.at_rest" if at_rest else "figures.in_motion"
    return url_for(endpoint, version=found.version, id=exercise_id)


@blueprint.get("/<version>/<id>.svg")
def in_motion(version: str, id: str) -> Response:
    """The moving picture."""
    return _served(version, id, False)


@blueprint.get("/<version>/<id>.still.svg")
def at_rest(version: str, id: str) -> Response:
    """The strip of key poses, where motion is not wanted."""
    return _served(version, id, True)


def _served(version: str, id: str, at_rest: bool) -> Response:
    """The drawing, to be kept for good; under another version's address the way to it."""
    found = drawing(id, at_rest)
    if version != found.version:
        headers = {"Location": _address(found, id, at_rest), "Cache-Control": "no-cache"}
        return Response(status=302, headers=headers)
    return as_svg(found, FOR_GOOD)


def as_svg(found: Drawing, kept_for: str) -> Response:
    """The answer that carries a drawing; nothing if the browser has it."""
    answer = Response(found.svg, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Cache-Control"] = kept_for
    answer.headers["Content-Security-Policy"] = POLICY
    answer.set_etag(found.version)
    answer.make_conditional(request.environ)
    return answer


def add_figures(app: Flask) -> None:
    """Serve the pictures from `app`, and tell its templates where they are."""
    app.jinja_env.globals["figure_url"] = figure_url
    app.register_blueprint(blueprint)
