"""Settings that can be read and yet do not fit together."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from rehab.services.doctor.examination import Verdict, fail, ok, warn
from rehab.settings import Settings, SettingsError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ACCOUNT = re.compile("AC[0-9a-fA-F]{32}")


def look(settings: Settings, faults: Sequence[SettingsError]) -> Iterator[Verdict]:
    """What stops the start, and then what does not but is hardly meant."""
    yield from (fail(f"{fault}; the server does not start") for fault in faults)
    advice = [*_address(settings), *_texts(settings), *_machines(settings)]
    yield from advice
    if not faults and not advice:
        yield ok("all can be read, and they fit together")


def _address(settings: Settings) -> Iterator[Verdict]:
    parts = urlsplit(settings.public_url)
    is_here = parts.hostname in LOOPBACK
    if parts.scheme == "http" and not is_here:
        yield fail("REHAB_PUBLIC_URL is without https: put a proxy with a certificate before it")
    if parts.path or parts.query:
        yield fail("REHAB_PUBLIC_URL has a path: give the server a name of its own")
    if parts.scheme == "https" and not settings.trusted_proxies:
        yield warn(
            "https ends at a proxy, but REHAB_TRUSTED_PROXIES is 0: everybody seems to come from"
            " one address, and shares its limits; set it to 1"
        )


def _texts(settings: Settings) -> Iterator[Verdict]:
    if settings.sms == "console":
        yield warn("REHAB_SMS is console: texts are printed, nobody gets one; set it to twilio")
        return
    if not ACCOUNT.fullmatch(settings.twilio_account_sid):
        yield fail("REHAB_TWILIO_ACCOUNT_SID is not AC and 32 hexadecimal digits: copy it anew")
    if urlsplit(settings.public_url).hostname in LOOPBACK:
        yield warn("REHAB_PUBLIC_URL is this machine's own: Twilio cannot reach it there")
    if settings.twilio_auth_token == settings.twilio_auth_token_old:
        yield warn("REHAB_TWILIO_AUTH_TOKEN_OLD is the token itself: take it away")


def _machines(settings: Settings) -> Iterator[Verdict]:
    if not settings.is_sqlite and not settings.secret_key:
        yield warn(
            "the secret key is this machine's own: set REHAB_SECRET_KEY_FILE on every machine that"
            " shares the database"
        )
