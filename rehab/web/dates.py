"""Dates and times of day as people say them, in the language of the page."""

from datetime import date, time

from babel.dates import format_date, format_time

LONG = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}
SHORT = {"en": "EEE d MMM", "es": "EEE d MMM"}
"""The order of day and month in each language; Babel knows their names."""


def day(on: date, language: str) -> str:
    """A date with its weekday: `Monday 3 March`, `lunes 3 de marzo`."""
    return format_date(on, LONG.get(language, "full"), locale=language)


def short_day(on: date, language: str) -> str:
    """A date where there is little room: `Mon 3 Mar`, `lun 3 mar`."""
    return format_date(on, SHORT.get(language, "medium"), locale=language)


def month_day(on: date, language: str) -> str:
    """A date without its weekday: `3 Mar`, `3 mar`."""
    return format_date(on, "d MMM", locale=language)


def weekday(on: date, language: str) -> str:
    """The weekday's name: `Monday`, `lunes`."""
    return format_date(on, "EEEE", locale=language)


def clock_time(at: time, language: str) -> str:
    """A time of day on a clock of 24 hours: `07:30`."""
    return format_time(at, "HH:mm", locale=language)
