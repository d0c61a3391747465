"""The app on a phone: what makes it installable, and what it is without a network.

Nothing here is about anybody, so nobody has to be signed in.
"""

import json
from functools import cache, partial
from hashlib import blake2b

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from rehab.web.cookies import Cookie, name_of
from rehab.web.sign_in.page import language_asked_for, unlisted
from rehab.web.skeleton import FOLDER, VERSION, assets
from rehab.web.words import LANGUAGES, words

blueprint = Blueprint("offline", __name__)

AREA = "offline"
TODAY = "/me"
"""Where the app starts. It is also the worker's scope: no page outside of it is kept."""

PATIENCE_MS = 3_000
"""How long a page may take to come where the phone has a copy of it."""

WORKER = ("offline/worker.js", "offline/worker_pages.js")
NOT_ON_THE_PHONE = ("clinic/", "icons/", "keep.js", *WORKER)
"""Assets that no page of the patient's app asks for by itself."""

ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)
PAPER = "#f7f3ec"
"""The theme's page in the light, while the app opens."""

EVERYTHING = '"cache", "storage"'


@blueprint.get("/sw.js")
def worker() -> Response:
    """The worker, with the files that it keeps. It changes with any of them, and so browsers take
    it for a new one."""
    source = [
        f"const APP = {json.dumps(_app())};",
        *((FOLDER / n).read_text("utf-8") for n in WORKER),
    ]
    answer = make_response("\n".join(source))
    answer.mimetype = "text/javascript"
    answer.headers["Service-Worker-Allowed"] = TODAY
    return answer


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone has to know to put the app on its home screen, in the patient's language."""
    language = _language()
    say = words(AREA, language)
    answer = jsonify(
        id=TODAY,
        name=say["app_name"],
        short_name=say["app_short_name"],
        description=say["app_description"],
        lang=language,
        dir="auto",
        start_url=TODAY,
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=PAPER,
        icons=[_icon(*icon) for icon in ICONS],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/me/offline")
def page() -> Response:
    """What is shown in the place of a page that needs the network."""
    return _alone("offline", _language())


@blueprint.get("/me/kept")
def kept() -> Response:
    """What is kept on this phone and was not sent yet; the phone alone knows what that is."""
    return _alone("kept", _language())


@blueprint.after_app_request
def forget(answer: Response) -> Response:
    """With the sign-in's cookie the browser gives back all that the app has kept in it."""
    name = name_of(Cookie.SIGN_IN)
    if any(line.startswith(f"{name}=;") for line in answer.headers.getlist("Set-Cookie")):
        answer.headers["Clear-Site-Data"] = EVERYTHING
    return answer


@blueprint.app_context_processor
def parts() -> dict[str, object]:
    """What the templates of other rooms need for this one's parts in them."""
    return {"offline_words": partial(words, AREA)}


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else language_asked_for()


def _alone(template: str, language: str) -> Response:
    return unlisted(make_response(_rendered(template, language)))


def _rendered(template: str, language: str) -> str:
    say = words(AREA, language)
    return render_template(f"patient/{template}.html", language=language, say=say)


@cache
def _app() -> dict[str, object]:
    """What the worker is told: the version covers its pages, which are no assets, too."""
    pages = [_rendered(name, language) for name in ("offline", "kept") for language in LANGUAGES]
    version = blake2b("\0".join([VERSION, *pages]).encode(), digest_size=6).hexdigest()
    names = [name for name in assets() if not name.startswith(NOT_ON_THE_PHONE)]
    files = [url_for("web.static", filename=name) for name in names]
    where = url_for("web.static", filename="")
    return {"version": version, "assets": where, "files": files, "patience": PATIENCE_MS}


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    where = url_for("web.static", filename=name)
    return {"src": where, "sizes": sizes, "type": "image/png", "purpose": purpose}
