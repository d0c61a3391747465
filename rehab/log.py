"""The log: one line an event on standard error, for people or for machines."""

import json
import logging
import sys
from datetime import UTC, datetime

from rehab.settings import Settings

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def set_up_log(settings: Settings) -> None:
    """Send what `rehab` and its libraries log to standard error at the level that is set."""
    handler = logging.StreamHandler(sys.stderr)
    is_json = settings.log_format == "json"
    handler.setFormatter(JsonLines() if is_json else logging.Formatter(TEXT))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for chatty in ("apscheduler", "alembic", "twilio", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
