"""What no answer of the server can be faster than: a bare Flask route of a JSON document, on the
same web server with as many processes and threads.

`bytes` is the length of the document, so that both send as much.
"""

import argparse
import gc

from flask import Flask, Response, jsonify

from rehab.cli.serve import Server
from rehab.settings import Settings


def bare(size: int) -> Flask:
    app = Flask("bare")

    @app.get("/api/v1/plans/<uuid:id>/today")
    def today(id: str) -> Response:
        return jsonify(plan_id=id, said="x" * max(0, size - 70))

    return app


class BareServer(Server):
    """The web server as `rehab serve` sets it up, without the app behind it."""

    def __init__(self, settings: Settings, workers: int, size: int) -> None:
        self.size = size
        super().__init__(settings, workers)

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("post_worker_init", _freeze)

    def load(self) -> Flask:
        return bare(self.size)


def _freeze(_worker: object) -> None:
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bind")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--bytes", type=int, default=2600)
    given = parser.parse_args()
    BareServer(Settings(bind=given.bind), given.workers, given.bytes).run()
