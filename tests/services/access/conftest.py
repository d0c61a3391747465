"""The doors of Riverside: Ana with a password and an app, and hashes that are quick to make."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
import pytest
from argon2 import PasswordHasher

from rehab.models.clinic import Clinician
from rehab.services.access import credentials, hashing, staff
from rehab.services.access.sign_ins import Entered
from tests.conftest import NOON

HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "three wet herons"


class CountingHasher(PasswordHasher):
    """A real argon2 with next to no cost, that counts how often it worked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.worked = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.worked += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.worked += 1
        return super().verify(hash, password)


@pytest.fixture(autouse=True)
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    quick = CountingHasher()
    monkeypatch.setattr(hashing, "PASSWORDS", quick)
    monkeypatch.setattr(hashing, "CODES", quick)
    return quick


@pytest.fixture
def ana_with_password(ana: Clinician, hasher: CountingHasher) -> Clinician:
    credentials.set_password(ana.id, PASSWORD, NOON)
    hasher.worked = 0
    return ana


@dataclass
class App:
    """The app on Ana's phone, and the codes on her paper."""

    secret: str
    on_paper: list[str]

    def shows(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(now.timestamp()) // 30)


@pytest.fixture
def app_of_ana(ana_with_password: Clinician) -> App:
    """Enrolled at noon, by the code of noon."""
    entered = come_in(NOON)
    offered = credentials.offer_second_factor(entered.sign_in, NOON)
    phone = App(offered.secret, [])
    _, phone.on_paper = credentials.confirm_second_factor(entered.sign_in, phone.shows(NOON), NOON)
    return phone


def come_in(now: datetime, password: str = PASSWORD, **more: str) -> Entered:
    """Ana's password, said at home."""
    said = {"address": HOME, "agent": AGENT, **more}
    return staff.sign_in("ana@riverside.example", password, now=now, **said)
