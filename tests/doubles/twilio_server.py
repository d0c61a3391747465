"""The double's doors: Twilio's API for a clinic, and one of its own for a test that watches it."""

import asyncio
import base64
import json
import socket
import struct
import threading
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from tests.doubles.twilio_account import Answer, Double, answered, fault
from tests.doubles.twilio_post import signed, status_form

KNOBS = frozenset(
    {
        *("fault_rate", "retry_after", "delay", "slowness", "hidden_for", "keeps_opt_outs"),
        *("advanced_opt_out", "refusing", "failing", "delivering", "shuffled", "doubled"),
        "dropping",
    }
)


class Doors:
    """What answers the requests to one account, and carries its reports to the clinic."""

    def __init__(self, double: Double) -> None:
        self.double = double
        pair = f"{double.account}:{double.token}".encode()
        self.key = "Basic " + base64.b64encode(pair).decode()
        self.home = f"/2010-04-01/Accounts/{double.account}/Messages"
        self.under_way: set[asyncio.Task[None]] = set()
        self.clinic: ClientSession | None = None

    async def settle(self) -> None:
        await asyncio.gather(*self.under_way)

    async def close(self) -> None:
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
        if self.clinic:
            await self.clinic.close()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/double/"):
            return await self._double(request)
        if request.headers.get("Authorization") != self.key:
            return told(fault(401, 20003, "authenticate"))
        if request.path == f"{self.home}.json" and request.method == "POST":
            return await self._create(request)
        if request.method == "GET" and request.path.startswith(self.home):
            return await self._question(request)
        return told(fault(404, 20404, "the requested resource was not found"))

    async def _create(self, request: web.BaseRequest) -> web.StreamResponse:
        double = self.double
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        trouble = double.trouble()
        if double.delay:
            await asyncio.sleep(double.delay / 2)
        if trouble in ("429", "401", "500_before", "503_before", "reset_before"):
            return await self._trouble(request, trouble.removesuffix("_before"))
        answer = double.create(form)
        if answer[0] == 201 and double.delivering:
            self._soon(answer[1])
        if double.delay:
            await asyncio.sleep(double.delay / 2)
        if trouble == "slow":
            await asyncio.sleep(double.slowness)
        elif trouble:
            return await self._trouble(request, trouble.removesuffix("_after"))
        return told(answer)

    async def _question(self, request: web.BaseRequest) -> web.StreamResponse:
        faults = self.double.question_faults
        trouble = faults.popleft() if faults else ""
        if trouble:
            return await self._trouble(request, trouble)
        if request.path == f"{self.home}.json":
            return told(self.double.listed(dict(request.query)))
        return told(self.double.fetched(request.path.rpartition("/")[2].removesuffix(".json")))

    async def _trouble(self, request: web.BaseRequest, kind: str) -> web.StreamResponse:
        if kind == "429":
            wait = {"Retry-After": str(self.double.retry_after)}
            return told(fault(429, 20429, "too many requests"), wait)
        if kind == "401":
            return told(fault(401, 20003, "authenticate"))
        if kind in ("500", "503"):
            return told(fault(int(kind), 20500, "internal server error"))
        if kind == "garbled":
            status = 201 if request.method == "POST" else 200
            return web.Response(status=status, text='{"sid": "SM', content_type="application/json")
        if kind == "hang":
            await self._released(30)
        return cut(request)

    async def _released(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.02)):
            if self.double.released.is_set():
                return
            await asyncio.sleep(0.02)

    def _soon(self, message: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._report(message))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _report(self, message: dict[str, Any]) -> None:
        """Post the reports of one message; one that nobody hears is lost, as with Twilio."""
        self.clinic = self.clinic or ClientSession(
            connector=TCPConnector(limit=16), timeout=ClientTimeout(15)
        )
        statuses, code = self.double.fate(message)
        for status in statuses:
            form = status_form(message, status, code if status == "undelivered" else None)
            headers = signed(self.double.token, message["callback"], form)
            try:
                async with self.clinic.post(message["callback"], data=form, headers=headers):
                    pass
            except (ClientError, OSError, TimeoutError):
                continue

    async def _double(self, request: web.BaseRequest) -> web.StreamResponse:
        """The double's own door: no part of Twilio."""
        double = self.double
        match request.method, request.path:
            case "GET", "/double/messages":
                return told((200, {"messages": double.messages, "received": double.received}))
            case "GET", "/double/counts":
                found = {"asked": len(double.asked), "met": double.met}
                return told((200, {"per_callback": double.per_callback(), **found}))
            case "POST", "/double/faults":
                return told(set_knobs(double, await request.json()))
            case "POST", "/double/texts":
                text = await request.json()
                work = asyncio.to_thread(double.text, text["from"], text["body"])
                return told((200, {"answered": await work}))
        return told(fault(404, 20404, "no such door"))


def set_knobs(double: Double, knobs: dict[str, Any]) -> Answer:
    """Set what the double does from now on; a list of `faults` is added to those that wait."""
    for name, value in knobs.items():
        if name in ("faults", "question_faults"):
            getattr(double, name).extend(value)
        elif name == "fault_kinds":
            double.fault_kinds = tuple(value)
        elif name == "seed":
            double.chance.seed(value)
        elif name in KNOBS:
            setattr(double, name, value)
        else:
            return fault(400, 20001, f"no such knob: {name}")
    return 200, {name: getattr(double, name) for name in sorted(KNOBS)}


def told(answer: Answer, headers: dict[str, str] | None = None) -> web.Response:
    status, body = answer
    text = json.dumps(answered(body), default=list)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def cut(request: web.BaseRequest) -> web.Response:
    """Cut the line without a word: the other end sees a reset."""
    if request.transport is not None:
        line: socket.socket = request.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=500)


class Server:
    """`with Server(Double()) as server:` serves it at `server.url` until the block is left."""

    def __init__(self, double: Double, port: int = 0) -> None:
        self.double = double
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.listening = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def __enter__(self) -> "Server":
        self.thread.start()
        self._wait_for(self._open())
        return self

    async def _open(self) -> None:
        self.doors = Doors(self.double)
        self.runner = web.ServerRunner(web.Server(self.doors.answer, access_log=None))
        await self.runner.setup()
        await web.SockSite(self.runner, self.listening, backlog=1024).start()

    def __exit__(self, *_: object) -> None:
        self.double.released.set()
        self._wait_for(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _close(self) -> None:
        await self.doors.close()
        await self.runner.cleanup()

    def settle(self) -> None:
        """Wait until each report that is under way has been posted."""
        self._wait_for(self.doors.settle())

    def _wait_for(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)
