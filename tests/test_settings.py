"""What the operator may set, and the one line that they get when it is wrong."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from rehab.settings import Settings, SettingsError, env_name

TWILIO = {
    "REHAB_SMS": "twilio",
    "REHAB_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "REHAB_TWILIO_AUTH_TOKEN": "an auth token",
    "REHAB_TWILIO_FROM": "+442079460100",
}


def without(env: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in env.items() if key != name}


def refused(env: dict[str, str]) -> str:
    """What the operator is told of `env`."""
    with pytest.raises(SettingsError) as told:
        Settings.from_env(env)
    return str(told.value)


def test_an_empty_environment_gives_a_server_on_this_machine_that_prints_its_texts() -> None:
    settings = Settings.from_env({})
    assert settings.data_dir == Path("var")
    assert settings.database_url == f"sqlite:///{Path('var').resolve()}/rehab.sqlite3"
    assert settings.is_sqlite
    assert settings.bind == "127.0.0.1:8000"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.scheduler, settings.sms) == ("embedded", "console")
    assert (settings.log_level, settings.log_format) == ("INFO", "text")
    assert settings.library is None


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("REHAB_DATA_DIR", "/srv/rehab", "data_dir", Path("/srv/rehab")),
        ("REHAB_DATA_DIR", "/srv/rehab", "database_url", "sqlite:////srv/rehab/rehab.sqlite3"),
        ("REHAB_DATABASE_URL", "sqlite:////tmp/a.db", "database_url", "sqlite:////tmp/a.db"),
        (
            "REHAB_DATABASE_URL",
            "postgresql+psycopg://rehab@db/rehab",
            "database_url",
            "postgresql+psycopg://rehab@db/rehab",
        ),
        ("REHAB_SECRET_KEY", "s3cret", "secret_key", "s3cret"),
        ("REHAB_PUBLIC_URL", "https://rehab.example/", "public_url", "https://rehab.example"),
        ("REHAB_BIND", "0.0.0.0:80", "bind", "0.0.0.0:80"),
        ("REHAB_BIND", "[::1]:8000", "bind", "[::1]:8000"),
        ("REHAB_SCHEDULER", "off", "scheduler", "off"),
        ("REHAB_LIBRARY", "ours", "library", Path("ours")),
        (
            "REHAB_TWILIO_API_URL",
            "http://localhost:4010",
            "twilio_api_url",
            "http://localhost:4010",
        ),
        ("REHAB_LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
        ("REHAB_LOG_FORMAT", "json", "log_format", "json"),
    ],
)
def test_a_setting_is_read_from_its_name(name: str, text: str, field: str, value: object) -> None:
    assert getattr(Settings.from_env({name: text}), field) == value


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"REHAB_DATABSE_URL": "sqlite:///x"}, "REHAB_DATABSE_URL: no such setting"),
        ({"REHAB_": "x"}, "REHAB_: no such setting"),
        ({"REHAB_data_dir": "x"}, "REHAB_data_dir: no such setting"),
        ({"REHAB_BIND_FILE": "/run/bind"}, "REHAB_BIND_FILE: no such setting"),
        (
            {"REHAB_DATABASE_URL": "mysql://x"},
            "REHAB_DATABASE_URL: must start with sqlite:/// or postgresql+psycopg://",
        ),
        (
            {"REHAB_DATABASE_URL": "postgresql://x"},
            "REHAB_DATABASE_URL: must start with sqlite:/// or postgresql+psycopg://",
        ),
        (
            {"REHAB_PUBLIC_URL": "rehab.example"},
            "REHAB_PUBLIC_URL: must be an http or https address",
        ),
        ({"REHAB_PUBLIC_URL": "https://"}, "REHAB_PUBLIC_URL: must be an http or https address"),
        (
            {"REHAB_TWILIO_API_URL": "ftp://x"},
            "REHAB_TWILIO_API_URL: must be an http or https address",
        ),
        ({"REHAB_BIND": "8000"}, "REHAB_BIND: must be HOST:PORT"),
        ({"REHAB_BIND": ":8000"}, "REHAB_BIND: must be HOST:PORT"),
        ({"REHAB_BIND": "localhost:http"}, "REHAB_BIND: must be HOST:PORT"),
        ({"REHAB_BIND": "localhost:65536"}, "REHAB_BIND: must be HOST:PORT"),
        ({"REHAB_SCHEDULER": "on"}, "REHAB_SCHEDULER: must be one of embedded, off"),
        ({"REHAB_SMS": "Twilio"}, "REHAB_SMS: must be one of console, twilio"),
        (
            {"REHAB_LOG_LEVEL": "debug"},
            "REHAB_LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR",
        ),
        ({"REHAB_LOG_FORMAT": "xml"}, "REHAB_LOG_FORMAT: must be one of text, json"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(env: dict[str, str], told: str) -> None:
    assert refused(env) == told


def test_other_programs_settings_are_none_of_ours() -> None:
    others = {"REHABILITATION": "x", "PATH": "/bin", "rehab_bind": "nonsense"}
    assert Settings.from_env(others) == Settings()


def test_twilio_needs_an_account_a_token_and_one_sender() -> None:
    assert Settings.from_env(TWILIO).twilio_from == "+442079460100"


@pytest.mark.parametrize(
    ("env", "told"),
    [
        (
            without(TWILIO, "REHAB_TWILIO_ACCOUNT_SID"),
            "REHAB_TWILIO_ACCOUNT_SID: required when REHAB_SMS is twilio",
        ),
        (
            without(TWILIO, "REHAB_TWILIO_AUTH_TOKEN"),
            "REHAB_TWILIO_AUTH_TOKEN: required when REHAB_SMS is twilio",
        ),
        (
            without(TWILIO, "REHAB_TWILIO_FROM"),
            "REHAB_TWILIO_FROM: give it or REHAB_TWILIO_MESSAGING_SERVICE_SID, one of them",
        ),
        (
            TWILIO | {"REHAB_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32},
            "REHAB_TWILIO_FROM: give it or REHAB_TWILIO_MESSAGING_SERVICE_SID, one of them",
        ),
    ],
)
def test_half_a_twilio_is_refused(env: dict[str, str], told: str) -> None:
    assert refused(env) == told


SECRETS = [spec.name for spec in fields(Settings) if spec.metadata["secret"]]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_come_from_a_file(name: str, tmp_path: Path) -> None:
    kept = tmp_path / "secret"
    kept.write_text("whispered\n", encoding="utf-8")
    assert getattr(Settings.from_env({f"{env_name(name)}_FILE": str(kept)}), name) == "whispered"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_given_twice_is_refused(name: str, tmp_path: Path) -> None:
    both = {env_name(name): "x", f"{env_name(name)}_FILE": str(tmp_path / "secret")}
    assert refused(both) == f"{env_name(name)}: given twice, as a value and as a file"


def test_a_secrets_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    env = {"REHAB_SECRET_KEY_FILE": str(tmp_path / "nowhere")}
    assert refused(env) == "REHAB_SECRET_KEY_FILE: No such file or directory"


def test_no_secret_is_told_when_it_is_wrong() -> None:
    told = refused(TWILIO | {"REHAB_TWILIO_ACCOUNT_SID": ""})
    assert TWILIO["REHAB_TWILIO_AUTH_TOKEN"] not in told


def test_what_started_is_what_runs() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.sms = "twilio"  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    assert [
        spec.name for spec in fields(Settings) if not spec.metadata["about"].endswith(".")
    ] == []
