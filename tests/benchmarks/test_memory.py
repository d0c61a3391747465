"""What is weighed and timed has answered: no other answer than 200 counts as one."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from benchmarks.memory import free_port, until_answered

TOKEN = "rehab_only_for_tests"


class Door(BaseHTTPRequestHandler):
    """Lets in who has the token."""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Authorization"] == f"Bearer {TOKEN}" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_an_answer_of_200_ends_the_waiting(door: str) -> None:
    until_answered(door, TOKEN)


def test_an_answer_of_401_is_a_fault_and_not_a_figure(door: str) -> None:
    with pytest.raises(RuntimeError, match="answered 401"):
        until_answered(door)


def test_where_nobody_listens_the_waiting_ends() -> None:
    with pytest.raises(RuntimeError, match="did not answer"):
        until_answered(f"http://127.0.0.1:{free_port()}/", TOKEN, patience=0.05)
