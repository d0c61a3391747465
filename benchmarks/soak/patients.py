"""Patients with a phone: they sign in by a texted code, open the app, report sessions and mornings,
answer texts, and now and then say STOP. What fails is tried again with the same id, as the app
does.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import ClientError, ClientSession, ClientTimeout

from benchmarks.soak.diary import Diary
from benchmarks.soak.fast import Fast
from tests.doubles.twilio import Double

PATIENCE = ClientTimeout(total=15)
TRIES = (0.3, 0.6, 1.2, 2.4, 4.8, 9.6)
"""Seconds until the next try; after the last one it is given up."""

CODE = re.compile(r"\b(\d{6})\b is your code")
OTHER_WORDS = ("thanks!", "ok", "what is this", "see you tuesday", "it was raining", "\U0001f44d")


@dataclass
class World:
    """What they share: the address, the time, the double that carries their texts."""

    url: str
    fast: Fast
    double: Double
    http: ClientSession
    diary: Diary
    ended: asyncio.Event
    pace: float


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    cookies: Mapping[str, str]


@dataclass
class Someone:
    """One patient; everything that chance decides is decided by their own seed."""

    number: int
    phone: str
    zone: ZoneInfo
    plan_id: UUID
    world: World
    cookies: dict[str, str] = field(default_factory=dict)
    heard: int = 0
    done: set[date] = field(default_factory=set)
    woke: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = Random(self.number)  # noqa: S311
        self.prefers_texts = self.chance.random() < 0.4
        self.will_stop = self.chance.random() < 0.06

    async def live(self) -> None:
        """Until the end: sign in, then look into the app and at the phone in turn."""
        await self._pause(0.0, 2 * self.world.pace)
        while not self.is_over and not await self._signed_in():
            await self._pause(6.0, 12.0)
        while not self.is_over:
            await self._read_texts()
            await self._open_app()
            await self._pause(0.5 * self.world.pace, 1.5 * self.world.pace)

    @property
    def is_over(self) -> bool:
        return self.world.ended.is_set()

    def today(self) -> date:
        return self.world.fast.now().astimezone(self.zone).date()

    async def _signed_in(self) -> bool:
        asked = await self._ask("POST", "/enter", data={"phone": self.phone})
        if asked is None or "rehab_code" not in asked.cookies:
            return False
        self.cookies |= asked.cookies
        code = await self._code()
        if code is None:
            return False
        entered = await self._ask("POST", "/enter/code", data={"code": code})
        if entered is not None:
            self.cookies |= entered.cookies
        return "rehab_sign_in" in self.cookies

    async def _code(self) -> str | None:
        """The last code that was texted, waited for as long as it would be good."""
        for _ in range(80):
            texts = self.world.double.by_number.get(self.phone, [])[self.heard :]
            found = [m for text in texts if (m := CODE.search(text["body"]))]
            if found:
                self.heard += len(texts)
                return found[-1][1]
            await asyncio.sleep(0.1)
        return None

    async def _open_app(self) -> None:
        if self.chance.random() < 0.15:
            await self._ask("GET", "/me")
            return
        found = await self._ask("GET", f"/api/v1/plans/{self.plan_id}/today")
        if found is not None and found.status == 401:
            await self._signed_in()
            return
        is_awake = self.world.fast.now().astimezone(self.zone).hour >= 8
        if found is not None and found.status == 200 and is_awake and not self.prefers_texts:
            if found.body["status"] == "due" and self.chance.random() < 0.3:
                await self._report_session()
            if self.today() not in self.woke and self.chance.random() < 0.3:
                await self._report_morning()

    async def _report_session(self) -> None:
        now, on = self.world.fast.now(), self.today()
        if on in self.done:
            return
        self.done.add(on)
        id_ = UUID(int=self.chance.getrandbits(128), version=4)
        before = self.chance.randint(0, 5)
        after = min(10, before + self.chance.choice((-1, 0, 0, 0, 1, 2, 4)))
        said = {
            "id": str(id_),
            "performed_at": now.isoformat(),
            "before": before,
            "during": max(before, after),
            "after": max(0, after),
        }
        await self._tell(f"/api/v1/plans/{self.plan_id}/sessions", said, id_)

    async def _tell(self, path: str, said: dict[str, Any], id_: UUID) -> None:
        """Report, and every third time once more with the same id: that must change nothing."""
        first = await self._ask("POST", path, json=said)
        if first is None:
            return
        if first.status != 201:
            self.world.diary.wrong.append(f"session {first.status}: {first.body}")
            return
        self.world.diary.reported[id_] = said
        if self.chance.random() < 0.33:
            again = await self._ask("POST", path, json=said)
            if again is not None and (again.status, again.body["id"]) != (201, str(id_)):
                self.world.diary.wrong.append(f"session again {again.status}: {again.body}")
            self.world.diary.twice += again is not None

    async def _report_morning(self) -> None:
        on = self.today()
        self.woke.add(on)
        said = {"on": on.isoformat(), "pain": self.chance.randint(0, 7)}
        path = f"/api/v1/plans/{self.plan_id}/mornings"
        told = await self._ask("POST", path, json=said)
        if told is not None and told.status not in (201, 409):
            self.world.diary.wrong.append(f"morning {told.status}: {told.body}")

    async def _read_texts(self) -> None:
        texts = self.world.double.by_number.get(self.phone, [])
        fresh, self.heard = texts[self.heard :], len(texts)
        for text in fresh:
            if self.phone not in self.world.diary.stopped:
                await self._answer(text["body"])

    async def _answer(self, text: str) -> None:
        """A reply to one text, if it is one that this patient replies to."""
        if self.will_stop and "ready for" in text and self.chance.random() < 0.5:
            await self._text(self.chance.choice(("STOP", "stop please", "Unsubscribe")))
        elif "session is ready" in text:
            await self._answer_reminder()
        elif "Pain right now" in text or "number from 0 to 10" in text:
            await self._text(self.chance.choice(("2", "3", "4/10", "five", "0")))
        elif "Reply pain during and now" in text:
            await self._text("3 2")
        elif "Reply 1 sore" in text:
            await self._text("2")

    async def _answer_reminder(self) -> None:
        if self.prefers_texts or self.chance.random() < 0.2:
            words = ("DONE", "DONE", "done 3", "done 4 2", "LATER", "later 45", "SKIP")
            await self._text(self.chance.choice((*words, self.chance.choice(OTHER_WORDS))))

    async def _text(self, body: str) -> None:
        double, diary = self.world.double, self.world.diary
        status = await asyncio.to_thread(double.text, self.phone, body)
        diary.texted[str(status)] += 1
        if body.lower().startswith(("stop", "unsub")) and status in (200, 204):
            diary.stopped[self.phone] = time.time()

    async def _ask(self, method: str, path: str, **given: Any) -> Answer | None:
        """The answer of whichever host the balancer chooses; None when it was given up."""
        for wait in (*TRIES, None):
            try:
                found = await self._tried(method, path, **given)
            except (ClientError, OSError, TimeoutError) as error:
                fault = type(error).__name__
            else:
                if found.status < 500 and found.status != 429:
                    return found
                fault = str(found.status)
            self.world.diary.failed.append((time.time(), fault))
            if wait is None or self.is_over:
                break
            await asyncio.sleep(wait)
        self.world.diary.given_up.append(f"{method} {path.partition('?')[0][-24:]}: {fault}")
        return None

    async def _tried(self, method: str, path: str, **given: Any) -> Answer:
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": f"10.0.{self.number // 250}.{self.number % 250 + 1}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        asking = self.world.http.request(
            method,
            self.world.url + path,
            headers=headers,
            allow_redirects=False,
            timeout=PATIENCE,
            **given,
        )
        async with asking as answer:
            is_json = "json" in answer.headers.get("Content-Type", "")
            body = await (answer.json(content_type=None) if is_json else answer.text())
            cookies = {name: morsel.value for name, morsel in answer.cookies.items()}
            self.world.diary.answers[str(answer.status)] += 1
            return Answer(answer.status, body, cookies)

    async def _pause(self, least: float, most: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.world.ended.wait(), self.chance.uniform(least, most))
