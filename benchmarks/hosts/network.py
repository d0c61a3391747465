"""Hosts of their own network on this machine: namespaces on one bridge, which lies in a namespace
too. Nothing of it is seen from outside. Needs root and iproute2."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NETWORK = "10.77.0"
HUB = "hub"
CLONE_NEWNET = 0x40000000


class Network:
    """`hosts` by name, the first at .1 and so on; the hub with whatever is outside is at .254."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self.hosts = hosts
        self.prefix = f"rehab{os.getpid()}"

    def space(self, host: str) -> str:
        return f"{self.prefix}-{host}"

    def address(self, host: str) -> str:
        number = 254 if host == HUB else 1 + self.hosts.index(host)
        return f"{NETWORK}.{number}"

    def inside(self, host: str, *command: str) -> list[str]:
        """The command, to be run on that host."""
        return ["ip", "netns", "exec", self.space(host), *command]

    def enter(self, host: str) -> None:
        """From now on this thread, and the threads that it starts, speak from that host."""
        with Path(f"/run/netns/{self.space(host)}").open() as space:
            if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def cut(self, host: str) -> None:
        """Take its plug out of the switch: packets are lost without a word, both ways."""
        self._in_hub("link", "set", f"to-{host}", "nomaster")

    def heal(self, host: str) -> None:
        self._in_hub("link", "set", f"to-{host}", "master", "bridge")

    def _build(self) -> None:
        ip("netns", "add", self.space(HUB))
        self._in_hub("link", "add", "name", "bridge", "type", "bridge")
        self._in_hub("addr", "add", f"{self.address(HUB)}/24", "dev", "bridge")
        for line in ("bridge", "lo"):
            self._in_hub("link", "set", line, "up")
        for host in self.hosts:
            ip("netns", "add", self.space(host))
            peer = ("peer", "name", "eth0", "netns", self.space(host))
            self._in_hub("link", "add", "name", f"to-{host}", "type", "veth", *peer)
            self._in_hub("link", "set", f"to-{host}", "master", "bridge", "up")
            there = ("-n", self.space(host))
            ip(*there, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
            for line in ("eth0", "lo"):
                ip(*there, "link", "set", line, "up")

    def _in_hub(self, *words: str) -> None:
        ip("-n", self.space(HUB), *words)

    def _remove(self) -> None:
        for name in (*self.hosts, HUB):
            subprocess.run(  # noqa: S603
                ["ip", "netns", "del", self.space(name)],  # noqa: S607
                check=False,
                stderr=subprocess.DEVNULL,
            )


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)  # noqa: S603, S607


@contextmanager
def network(*hosts: str) -> Iterator[Network]:
    """The network for as long as the block lasts; this thread comes back to where it was."""
    built = Network(hosts)
    with Path("/proc/thread-self/ns/net").open() as home:
        try:
            built._build()
            built.enter(HUB)
            yield built
        finally:
            ctypes.CDLL(None).setns(home.fileno(), CLONE_NEWNET)
            built._remove()
