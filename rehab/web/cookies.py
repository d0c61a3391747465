"""The cookies of sign-in. On https they are the host's own, and leave only over https."""

from datetime import timedelta
from enum import StrEnum

from flask import Response, request

from rehab.services.access import codes, sign_ins
from rehab.services.access.links import LIFE, Purpose
from rehab.wiring import wiring

HOST = "__Host-"
"""The prefix by which browsers refuse a cookie from another host, another path or plain http."""


class Cookie(StrEnum):
    """SIGN_IN: who is signed in. CODE: the browser that asked for a code. DEVICE: a browser in
    which a clinician has signed in before."""

    SIGN_IN = "rehab_sign_in"
    CODE = "rehab_code"
    DEVICE = "rehab_device"


KEPT_FOR: dict[Cookie, timedelta] = {
    Cookie.SIGN_IN: sign_ins.PATIENT_LONGEST,
    Cookie.CODE: codes.LIFE,
    Cookie.DEVICE: LIFE[Purpose.DEVICE],
}


def is_https() -> bool:
    """Whether people reach this server over https."""
    return wiring().settings.public_url.startswith("https://")


def name_of(cookie: Cookie) -> str:
    """The cookie's name here: plain on http, where browsers refuse the prefix."""
    return f"{HOST}{cookie}" if is_https() else str(cookie)


def given(cookie: Cookie) -> str | None:
    """What the browser has sent of this cookie."""
    return request.cookies.get(name_of(cookie)) or None


def put(answer: Response, cookie: Cookie, token: str, until_closed: bool = False) -> None:
    """Give the browser a cookie, for as long as it is kept or until the browser is closed."""
    kept_for = None if until_closed else KEPT_FOR[cookie]
    answer.set_cookie(
        name_of(cookie),
        token,
        max_age=kept_for,
        secure=is_https(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop(answer: Response, cookie: Cookie) -> None:
    """Take a cookie back."""
    answer.delete_cookie(
        name_of(cookie), path="/", secure=is_https(), httponly=True, samesite="Lax"
    )
