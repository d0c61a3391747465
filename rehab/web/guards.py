"""What every answer carries and every request must pass, whatever door it comes through.

Nothing is loaded from another host, no page is framed, and a form on another site cannot act in a
signed-in person's name.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from rehab.wiring import wiring

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""What an answer carries that does not say otherwise itself."""

SECURE_HEADERS = {**HEADERS, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def add_guards(app: Flask) -> None:
    """Guard every request and every answer of `app`."""
    app.before_request(_only_our_own_pages)
    app.after_request(_headed)


def _only_our_own_pages() -> None:
    """Refuse what a browser sends with our cookie from a page that is not ours.

    Browsers say where a request comes from in Sec-Fetch-Site; old ones send Origin. A bearer token
    or a signature is never sent by a browser on its own, so those need no such proof. A password
    in Authorization (Basic) is, and proves nothing here.
    """
    if request.method in SAFE_METHODS or _is_by_token():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403, "this form was sent from another site")
    elif _is_from_a_browser() and request.headers.get("Origin") not in _own_origins():
        abort(403, "this form does not say where it was sent from")


def _is_by_token() -> bool:
    return request.authorization is not None and request.authorization.type == "bearer"


def _is_from_a_browser() -> bool:
    """One without a cookie yet could be signed in as somebody else, who then reads what it does."""
    return bool(request.cookies) or "Origin" in request.headers


def _own_origins() -> tuple[str, str]:
    parts = urlsplit(wiring().settings.public_url)
    return f"{parts.scheme}://{parts.netloc}", request.host_url.rstrip("/")


def _headed(answer: Response) -> Response:
    said = {name.lower() for name, _ in answer.headers}
    wanted = SECURE_HEADERS if wiring().settings.public_url.startswith("https://") else HEADERS
    answer.headers.extend((name, wanted[name]) for name in wanted if name.lower() not in said)
    return answer
