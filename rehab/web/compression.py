"""Pages and what they are made of leave packed: a quarter of their size on a slow network."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

WORTH_IT = 1024
"""Bytes: what is shorter fits into one packet as it is."""

PACKED = (
    "text/",
    "application/javascript",
    "application/manifest+json",
    "image/svg+xml",
)
LEVEL = 6


def add_compression(app: Flask) -> None:
    """Pack the texts that `app` answers with for who can unpack them."""
    app.after_request(_packed)


def _packed(answer: Response) -> Response:
    if not _is_text(answer):
        return answer
    answer.vary.add("Accept-Encoding")
    body = answer.get_data()
    if len(body) < WORTH_IT or request.accept_encodings["gzip"] <= 0:
        return answer
    answer.set_data(_kept(body) if _is_public(answer) else gzip.compress(body, LEVEL, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    _weaken(answer)
    return answer


def _is_text(answer: Response) -> bool:
    return (
        answer.status_code == 200
        and request.method == "GET"
        and (answer.mimetype or "").startswith(PACKED)
        and not answer.is_streamed
        and "Content-Encoding" not in answer.headers
    )


def _is_public(answer: Response) -> bool:
    """An asset or a figure: the same bytes again and again, kept for long by who asked."""
    return answer.cache_control.public is True


def _weaken(answer: Response) -> None:
    """A packed body is not byte for byte what the tag was made of."""
    tag, weak = answer.get_etag()
    if tag is not None and not weak:
        answer.set_etag(tag, weak=True)


@lru_cache(maxsize=512)
def _kept(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
