"""Time zones as people look for them: by country, and by city where a country has several."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from rehab.programs.timezones import names

CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe")
SEAS = ("Arctic", "Indian", "Pacific")


@dataclass(frozen=True, slots=True)
class Place:
    """A time zone (IANA) under the name by which people know it."""

    zone: str
    name: str


@cache
def places(language: str) -> tuple[Place, ...]:
    """Every inhabited place's zone once, in the order of its name in `language`."""
    older = get_global("zone_aliases")
    kept = [zone for zone in names() if zone.startswith(_REGIONS) and zone not in older]
    found = (Place(zone, place_name(zone, language)) for zone in kept)
    return tuple(sorted(found, key=lambda place: _alphabetical(place.name)))


def place_name(zone: str, language: str) -> str:
    """What a zone is called: `Spain (Madrid)`, `India`."""
    current = get_global("zone_aliases").get(zone, zone)
    country = _country_of(current)
    city = get_timezone_location(current, locale=language, return_city=True).rpartition("/")[2]
    named = Locale.parse(language).territories.get(country or "")
    if named is None:
        return city or zone
    return named if _zones_in()[country] == 1 else f"{named} ({city})"


_REGIONS = tuple(f"{name}/" for name in (*CONTINENTS, *SEAS))
_NOWHERE = ("001", "ZZ")
"""How CLDR writes the whole world and an unknown country."""


def _country_of(zone: str) -> str | None:
    country: str | None = get_global("zone_territories").get(zone)
    return None if country in _NOWHERE else country


@cache
def _zones_in() -> Counter[str | None]:
    """How many zones each country has."""
    older = get_global("zone_aliases")
    current = (z for z in get_global("zone_territories") if z not in older and z in names())
    return Counter(_country_of(zone) for zone in current)


def _alphabetical(name: str) -> str:
    """Without accents, so that Åland stands among the A."""
    split = unicodedata.normalize("NFKD", name)
    return "".join(c for c in split if not unicodedata.combining(c)).casefold()
