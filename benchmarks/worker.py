"""One worker process as it runs in earnest, but for its jobs: it only sends. It says when it is
ready, ends with SIGTERM, and says then what CPU that took."""

import argparse
import cProfile
import gc
import json
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.provider import ACCOUNT, NUMBER, TOKEN
from rehab import create_app
from rehab.notifications.senders import twilio_wire
from rehab.services.delivery import Desk, Pace
from rehab.settings import Settings
from rehab.worker import DISPATCH, EXPIRE, RECONCILE, Ticker


class Paced(Ticker):
    """A scheduler with so many texts in flight."""

    window = Pace().window
    profile: cProfile.Profile | None = None

    def desk(self) -> Desk:
        return replace(super().desk(), pace=Pace(window=self.window))

    def dispatch(self) -> Counter[str]:
        if self.profile is None:
            return super().dispatch()
        return self.profile.runcall(super().dispatch)


def settings_for(database: str, api_url: str, folder: str) -> Settings:
    return Settings(
        data_dir=Path(folder),
        database_url=database,
        sms="twilio",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_from=NUMBER,
        twilio_api_url=api_url,
        sms_per_second=0.0,
        log_level="WARNING",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("api_url")
    parser.add_argument("folder")
    parser.add_argument("--window", type=int, default=Pace().window)
    parser.add_argument("--profile", help="where the profile of the sending thread goes")
    given = parser.parse_args()
    twilio_wire.CONNECTIONS = max(twilio_wire.CONNECTIONS, given.window)
    ticker = Paced(create_app(settings_for(given.database, given.api_url, given.folder)))
    ticker.window = given.window
    ticker.jobs = {name: ticker.jobs[name] for name in (DISPATCH, RECONCILE, EXPIRE)}
    ticker.profile = cProfile.Profile() if given.profile else None
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ticker.start()
    gc.collect()
    say({"ready": True})
    cpu = time.process_time()
    ended.wait()
    ticker.stop()
    if ticker.profile:
        ticker.profile.dump_stats(given.profile)
    say({"cpu": round(time.process_time() - cpu, 3)})


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
