"""The browsable page of the API; every file of it is served from here."""

from pathlib import Path

import swagger_ui
from flask import Blueprint, Response, render_template, send_from_directory

blueprint = Blueprint(
    "api_docs",
    __name__,
    url_prefix="/api/docs",
    template_folder="templates",
    static_folder="static",
    static_url_path="/ours",
)

ASSETS = Path(swagger_ui.__file__).parent / "static"


@blueprint.get("")
def page() -> str:
    """The OpenAPI document, to read and to try."""
    return render_template("api_docs.html")


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    return send_from_directory(ASSETS, name, max_age=86400)
