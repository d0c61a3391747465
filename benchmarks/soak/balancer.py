"""A balancer that knows nothing of what it carries: each connection goes to the next host in turn,
or to the one after it when that one does not answer."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

CHUNK = 1 << 16


class Balancer:
    """`async with Balancer(ports) as balancer:` listens at `balancer.url`; nobody is kept with the
    host that they had before."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.carried: dict[int, int] = dict.fromkeys(ports, 0)
        self.lines: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Balancer":
        self.server = await asyncio.start_server(self._begin, "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)

    def _begin(self, asked: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        line = asyncio.get_running_loop().create_task(self._carry(asked, said))
        self.lines.add(line)
        line.add_done_callback(self.lines.discard)

    async def _carry(self, asked: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        line = await self._line()
        if line is not None:
            there, back = line
            await asyncio.gather(_copied(asked, back), _copied(there, said))
        said.close()

    async def _line(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        self.ports.append(self.ports.pop(0))
        for port in tuple(self.ports):
            with suppress(OSError):
                line = await asyncio.open_connection("127.0.0.1", port)
                self.carried[port] += 1
                return line
        return None


async def _copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    target.close()
