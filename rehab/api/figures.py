"""The picture of an exercise, for who signed in and for programs that show it elsewhere."""

from typing import Any

from flask import Response

from rehab.api.bearer import patients_too
from rehab.api.http import Blueprint
from rehab.api.schemas import In, choice
from rehab.web.figures import as_svg, drawing

blueprint = Blueprint("figures_api", "Pictures of the exercises")

REDUCE = "reduce"
A_DAY = "private, max-age=86400"


class FigureQuery(In):
    """`reduce` asks for the key poses side by side instead of movement."""

    motion = choice(REDUCE, load_default=None)


@blueprint.get("/exercises/<string:id>/figure.svg")
@blueprint.arguments(FigureQuery, location="query")
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="image/svg+xml; charset=utf-8"
)
@patients_too
def figure(wanted: dict[str, Any], id: str) -> Response:
    """The figure of an exercise as SVG: moving, or its key poses side by side."""
    return as_svg(drawing(id, wanted["motion"] == REDUCE), A_DAY)
