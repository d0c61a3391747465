"""The log: one line an event on standard error, for people or for machines, about nobody.

Phone numbers, addresses and registered names are masked in whatever is logged, by whoever logs it.
"""

import logging
import sys

import structlog
from structlog.types import Processor

from rehab.redaction import Redactor
from rehab.settings import Settings

redactor = Redactor()
"""Masks the log of this process; `redactor.register` adds a name."""

CHATTY = {
    **dict.fromkeys(("alembic", "twilio", "urllib3", "aiohttp"), logging.WARNING),
    "apscheduler": logging.ERROR,
}
"""What libraries may say. APScheduler warns of each tick that comes while texts are being sent:
that is how it is meant."""

SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


def set_up_log(settings: Settings) -> None:
    """Send what `rehab` and its libraries log to standard error at the level that is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings.log_format == "json", redactor))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name, level in CHATTY.items():
        logging.getLogger(name).setLevel(level)


def formatter(is_json: bool, redact: Redactor) -> logging.Formatter:
    """Puts a record of any library into one masked line, and its traceback after it."""
    render: Processor = structlog.processors.JSONRenderer(default=str) if is_json else _line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact.processor,
            render,
        ],
    )


def _line(_logger: object, _method: str, event: structlog.types.EventDict) -> str:
    """A line for people: when, how grave, who says it, what; and the traceback under it."""
    line = "{at} {level} {logger}: {event}".format_map(event)
    return "\n".join([line, *(event[more] for more in ("exception", "stack") if event.get(more))])
