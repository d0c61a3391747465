"""Requests are counted by all processes of a server together, and by nobody's name."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.core import Metric

from rehab.settings import Settings
from rehab.web.requests_seen import NAME, ROOM, RequestsSeen, add_requests_seen

Counts = dict[tuple[str, ...], float]


def counted(seen: RequestsSeen, what: str = "count") -> Counts:
    found: list[Metric] = list(seen.collect())
    return {
        (s.labels["route"], s.labels["method"], s.labels["status"]): s.value
        for family in found
        for s in family.samples
        if s.name == f"{NAME}_{what}"
    }


@pytest.fixture
def house(tmp_path: Path) -> Flask:
    """A server of two pages, one of which breaks."""
    app = Flask("house")
    app.add_url_rule("/patients/<id>", "patient", lambda id: id)
    app.add_url_rule("/broken", "broken", lambda: str(1 / 0))
    app.extensions["seen"] = add_requests_seen(app, Settings(data_dir=tmp_path))
    return app


def test_a_request_is_counted_by_its_route_and_not_by_whom_it_is_about(house: Flask) -> None:
    client = house.test_client()
    for path in ("/patients/maya", "/patients/leon", "/nowhere/maya"):
        client.get(path)
    client.open("/patients/maya", method="BREW")
    house.config["PROPAGATE_EXCEPTIONS"] = False
    client.get("/broken")
    assert counted(house.extensions["seen"]) == {
        ("/patients/<id>", "GET", "200"): 2,
        ("none", "GET", "404"): 1,
        ("none", "other", "405"): 1,
        ("/broken", "GET", "500"): 1,
    }


def test_a_time_falls_into_the_bucket_that_holds_it(tmp_path: Path) -> None:
    seen = RequestsSeen(tmp_path)
    for seconds in (0.004, 0.005, 0.3, 60.0):
        seen.add(("/", "GET", "200"), seconds)
    (family,) = seen.collect()
    buckets = {s.labels["le"]: s.value for s in family.samples if s.name.endswith("_bucket")}
    assert [buckets[le] for le in ("0.005", "0.25", "0.5", "10.0", "+Inf")] == [2, 2, 3, 3, 4]
    assert counted(seen, "sum") == {("/", "GET", "200"): pytest.approx(60.309)}


def test_what_processes_that_have_ended_counted_is_kept_in_one_file(tmp_path: Path) -> None:
    seen = RequestsSeen(tmp_path)
    seen.add(("/", "GET", "200"), 0.1)
    for status in ("200", "404", "200"):
        ended = os.fork()
        if ended == 0:
            seen.add(("/", "GET", status), 0.3)
            os._exit(0)
        os.waitpid(ended, 0)
        seen.fold(ended)
    assert counted(seen) == {("/", "GET", "200"): 3, ("/", "GET", "404"): 1}
    assert counted(seen, "sum")[("/", "GET", "200")] == pytest.approx(0.7)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_process_that_counted_nothing_leaves_nothing_to_keep(tmp_path: Path) -> None:
    seen = RequestsSeen(tmp_path / "requests")
    seen.fold(1)
    assert not seen.folder.exists()


def test_all_processes_and_threads_of_a_server_count_together(tmp_path: Path) -> None:
    seen = RequestsSeen(tmp_path)
    seen.add(("/", "GET", "200"), 0.1)
    child = os.fork()
    if child == 0:
        seen.add(("/", "GET", "200"), 0.1)
        os._exit(0)
    os.waitpid(child, 0)
    many = [threading.Thread(target=add_some, args=(seen,)) for _ in range(4)]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert counted(seen) == {("/", "GET", "200"): 402}
    assert len(list(tmp_path.iterdir())) == 2


def add_some(seen: RequestsSeen) -> None:
    for _ in range(100):
        seen.add(("/", "GET", "200"), 0.01)


def test_what_a_server_that_has_ended_counted_is_let_go(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    home = tmp_path / "requests"
    gone = home / f"{os.uname().nodename}.{ended.pid}"
    elsewhere = home / f"another-machine.{ended.pid}"
    for folder in (gone, elsewhere):
        folder.mkdir(parents=True)
    seen = add_requests_seen(Flask("house"), Settings(data_dir=tmp_path))
    seen.add(("/", "GET", "200"), 0.1)
    assert (gone.exists(), elsewhere.exists(), seen.folder.exists()) == (False, True, True)


def test_the_operators_own_probes_are_not_counted(app: Flask) -> None:
    client = app.test_client()
    for path in ("/metrics", "/healthz", "/readyz"):
        client.get(path)
    page = client.get("/metrics").text
    assert not [path for path in ('route="/metrics"', "healthz", "readyz") if path in page]


def test_where_nothing_can_be_counted_every_page_is_answered_all_the_same(
    house: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "requests"
    in_the_way.write_text("a file where the folder should be")
    client = house.test_client()
    assert [client.get("/patients/maya").status_code for _ in range(2)] == [200, 200]
    assert caplog.text.count("requests are not counted") == 1
    in_the_way.unlink()
    client.get("/patients/maya")
    assert counted(house.extensions["seen"]) == {("/patients/<id>", "GET", "200"): 1}


def test_the_room_for_the_counts_is_taken_before_anything_is_counted(tmp_path: Path) -> None:
    """A disk that is full later costs the counts nothing, and the process not its life."""
    seen = RequestsSeen(tmp_path)
    seen.add(("/", "GET", "200"), 0.1)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_blocks * 512 >= file.stat().st_size == ROOM
