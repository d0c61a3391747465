"""What the operator may set, read once from the environment and never again.

The only module that reads `os.environ`. A name that starts with `REHAB_` and is not known here
stops the start: a mistyped setting must not pass for a missing one.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "REHAB_"
FILE_SUFFIX = "_FILE"


class SettingsError(Exception):
    """One line for the operator: which name, and what is wrong with it."""


def setting(
    about: str,
    default: Any = MISSING,
    read: Callable[[str], Any] = str,
    secret: bool = False,
) -> Any:
    """A field of Settings: one line about it for the README, and how its text is read."""
    return field(default=default, metadata={"about": about, "read": read, "secret": secret})


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return read


def http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be an http or https address")
    return text.rstrip("/")


def host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("must be HOST:PORT")
    return text


def database_url(text: str) -> str:
    if text.startswith("sqlite:///"):
        return f"sqlite:///{Path(text.removeprefix('sqlite:///')).expanduser().absolute()}"
    if not text.startswith("postgresql+psycopg://"):
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise ValueError("must name its port as a number") from error
    return text


def rate(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise ValueError("must be a number from 0 on, such as 1 or 0.5")
    return float(text)


def count(text: str) -> int:
    if not re.fullmatch("[0-9]", text):
        raise ValueError("must be a number from 0 to 9")
    return int(text)


def e164(text: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise ValueError("must be an E.164 number, such as +442079460100")
    return text


@dataclass(frozen=True)
class Settings:
    """Every setting of a running server; frozen, so that what started is what runs."""

    data_dir: Path = setting(
        "Folder for the database, the secret key and locks.",
        Path("var"),
        read=lambda text: Path(text).expanduser(),
    )
    database_url: str = setting(
        "SQLAlchemy address of the database; the default is a SQLite file in the data folder.",
        "",
        read=database_url,
    )
    secret_key: str = setting(
        "Signs cookies and links; made and kept in the data folder when not given.",
        "",
        secret=True,
    )
    public_url: str = setting(
        "The address at which patients and Twilio reach this server.",
        "http://127.0.0.1:8000",
        read=http_url,
    )
    bind: str = setting(
        "HOST:PORT on which `rehab serve` listens.", "127.0.0.1:8000", read=host_and_port
    )
    trusted_proxies: int = setting(
        "How many proxies of your own stand before the server and say whom they pass on.",
        0,
        read=count,
    )
    scheduler: str = setting(
        "`embedded`: the web server also sends reminders; `off`: `rehab worker` does.",
        "embedded",
        read=one_of("embedded", "off"),
    )
    library: Path | None = setting("Folder with the clinic's own program files.", None, read=Path)
    sms: str = setting(
        "`console` prints texts; `twilio` sends them.", "console", read=one_of("console", "twilio")
    )
    twilio_account_sid: str = setting("Twilio account, AC….", "")
    twilio_auth_token: str = setting(
        "Twilio auth token: signs in and checks webhooks.", "", secret=True
    )
    twilio_auth_token_old: str = setting(
        "The auth token before, while it is being changed: webhooks that it signs still count.",
        "",
        secret=True,
    )
    twilio_from: str = setting("Sending number, E.164.", "", read=e164)
    twilio_messaging_service_sid: str = setting("Messaging Service, MG…, instead of a number.", "")
    twilio_api_url: str = setting(
        "Where the Twilio API is: a region, or an emulator.",
        "https://api.twilio.com",
        read=http_url,
    )
    sms_per_second: float = setting(
        "Texts that leave in a second, all workers together; 0 leaves it to the provider.",
        10.0,
        read=rate,
    )
    log_level: str = setting(
        "How much is logged.", "INFO", read=one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )
    log_format: str = setting(
        "`text` for people, `json` for machines.", "text", read=one_of("text", "json")
    )

    def __post_init__(self) -> None:
        if not self.database_url:
            path = self.data_dir.resolve() / "rehab.sqlite3"
            object.__setattr__(self, "database_url", f"sqlite:///{path}")
        if self.sms == "twilio":
            self._require("twilio_account_sid")
            self._require("twilio_auth_token")
            if bool(self.twilio_from) == bool(self.twilio_messaging_service_sid):
                raise SettingsError(
                    "REHAB_TWILIO_FROM: give it or REHAB_TWILIO_MESSAGING_SERVICE_SID, one of them"
                )

    def _require(self, name: str) -> None:
        if not getattr(self, name):
            raise SettingsError(f"{env_name(name)}: required when REHAB_SMS is twilio")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Settings from `env` (the process environment by default).

        Raises SettingsError, one line, for an unknown name or a value that cannot be read.
        """
        given = {k: v for k, v in (os.environ if env is None else env).items() if k[:6] == PREFIX}
        values = {}
        for spec in fields(cls):
            text = _text_of(spec.name, given, spec.metadata["secret"])
            if text is not None:
                values[spec.name] = _value_of(spec.name, text, spec.metadata["read"])
        if given:
            raise SettingsError(f"{min(given)}: no such setting")
        return cls(**values)


def readable(env: Mapping[str, str] | None = None) -> tuple[Settings, list[SettingsError]]:
    """The settings as far as they can be read, and what is wrong with the others.

    For whoever looks for faults: a wrong one is left out, and REHAB_SMS with it if it was needed.
    """
    given = dict(os.environ if env is None else env)
    faults: list[SettingsError] = []
    while True:
        try:
            return Settings.from_env(given), faults
        except SettingsError as error:
            faults.append(error)
            name = str(error).partition(":")[0]
            found = {n for n in (name, name + FILE_SUFFIX) if given.pop(n, None) is not None}
            if not found:
                del given[env_name("sms")]


def secret_files(env: Mapping[str, str] | None = None) -> list[Path]:
    """The files that `env` names for secrets to be read from."""
    given = os.environ if env is None else env
    names = (env_name(f.name) + FILE_SUFFIX for f in fields(Settings) if f.metadata["secret"])
    return [Path(given[name]) for name in names if name in given]


def env_name(name: str) -> str:
    """The environment name of a field: `data_dir` is REHAB_DATA_DIR."""
    return PREFIX + name.upper()


def _text_of(name: str, given: dict[str, str], secret: bool) -> str | None:
    text = given.pop(env_name(name), None)
    path = given.pop(env_name(name) + FILE_SUFFIX, None) if secret else None
    if text is not None and path is not None:
        raise SettingsError(f"{env_name(name)}: given twice, as a value and as a file")
    if path is None:
        return text
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{env_name(name)}_FILE: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{env_name(name)}_FILE: is not text in UTF-8") from error


def _value_of(name: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text)
    except ValueError as error:
        raise SettingsError(f"{env_name(name)}: {error}") from error
