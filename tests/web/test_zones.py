"""Time zones by names that people look for."""

import pytest

from rehab.programs.timezones import is_zone
from rehab.web.words import LANGUAGES
from rehab.web.zones import place_name, places


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Europe/London", "en", "United Kingdom"),
        ("Europe/London", "es", "Reino Unido"),
        ("Europe/Madrid", "en", "Spain (Madrid)"),
        ("Atlantic/Canary", "es", "España (Canarias)"),
        ("America/New_York", "es", "Estados Unidos (Nueva York)"),
        ("America/Argentina/Buenos_Aires", "en", "Argentina (Buenos Aires)"),
        ("America/Buenos_Aires", "en", "Argentina (Buenos Aires)"),
        ("Asia/Calcutta", "en", "India"),
        ("UTC", "en", "UTC"),
        ("Etc/GMT+5", "es", "GMT+5"),
    ],
)
def test_a_zone_is_called_by_its_country_and_where_that_has_several_by_its_city(
    zone: str, language: str, name: str
) -> None:
    assert place_name(zone, language) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_a_zone_and_none_is_listed_twice(language: str) -> None:
    found = places(language)
    assert all(is_zone(place.zone) for place in found)
    assert len({place.zone for place in found}) == len({place.name for place in found})
    assert {"Europe/London", "Asia/Kolkata", "America/Mexico_City"} < {p.zone for p in found}
    assert len(found) == len({place.name for place in found}) > 400


def test_places_stand_in_the_order_of_the_alphabet_accents_or_not() -> None:
    english = [place.name for place in places("en")]
    assert english[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    spanish = [place.name for place in places("es")]
    assert spanish.index("España (Madrid)") < spanish.index("Estados Unidos (Nueva York)")
