"""What every page stands on: the base template, the one theme and the scripts, served from here.

An asset's address holds the version of all of them, so that a browser may keep each for good, and
a script that imports its neighbour imports the one it was written with.
"""

import mimetypes
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Answer

FOLDER = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"

ASSETS = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.rglob("*"))
    if path.is_file()
}
"""Every file that is served, by its name under the folder: read once, at the start."""

blueprint = Blueprint("web", "rehab.web", template_folder="templates")


def assets() -> list[str]:
    """The names of all files that are served."""
    return list(ASSETS)


def _version() -> str:
    """Twelve hex digits that change with any byte of any asset."""
    digest = blake2b(digest_size=6)
    for name, content in ASSETS.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


VERSION = _version()


@blueprint.app_url_defaults
def _of_this_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "web.static":
        values.setdefault("version", VERSION)


@blueprint.get("/assets/<version>/<path:filename>")
def static(version: str, filename: str) -> Answer:
    """An asset; under an old version's address the new one, which is then asked for each time."""
    if filename not in ASSETS:
        abort(404)
    kind, _ = mimetypes.guess_type(filename)
    answer = Response(ASSETS[filename], content_type=kind or "application/octet-stream")
    answer.headers["Cache-Control"] = FOR_GOOD if version == VERSION else "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request.environ)
