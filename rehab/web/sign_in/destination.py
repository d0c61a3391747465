"""Where somebody was going when they were asked to sign in first: a path of ours, or nowhere."""

import re
from typing import Any

from flask import request, url_for

LONGEST = 500
LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", re.ASCII)
"""One slash, then no second one and no backslash, which browsers read as a slash, anywhere."""

NAME = "next"
DOOR = "/sign-in"


def local(text: str | None) -> str | None:
    """`text` when it is a path on this server; None for anything that could lead elsewhere."""
    if text is None or len(text) > LONGEST or not LOCAL.fullmatch(text):
        return None
    return text


def wanted() -> str | None:
    """Where this request says that it was going."""
    return local(request.values.get(NAME))


def here() -> str | None:
    """This page, for after the sign-in; a form that was on its way is not sent again."""
    if request.method not in ("GET", "HEAD") or request.path.startswith(DOOR):
        return None
    return local(request.full_path.rstrip("?"))


def to(endpoint: str) -> str:
    """The address of a page of sign-in that passes on where somebody was going."""
    return address(endpoint, wanted())


def address(endpoint: str, onward: str | None) -> str:
    """The address of a page after which somebody goes `onward`, when that is anywhere."""
    query: dict[str, Any] = {NAME: onward} if onward else {}
    return url_for(endpoint, **query)
