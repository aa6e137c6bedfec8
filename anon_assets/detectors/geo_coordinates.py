"""Places on Earth, given as latitude and longitude."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["GeoCoordinates"]

_FINE = r"[+\-]?[0-9]{1,3}\.[0-9]{3}[0-9]*"
_ANY = r"[+\-]?[0-9]{1,3}(?:\.[0-9]+)?"
_PAIR = rf"{_FINE}°? ?[NSns]?(?: ?[,;] ?| ){_FINE}°? ?[EWOewo]?"
_POINT = (
    rf"(?i:(?:SRID=[0-9]+; ?)?(?:GEOMETRYCOLLECTION ?\( ?)?POINT(?: ?ZM?)? ?\( ?){_ANY} +{_ANY}(?: +{_ANY}){{0,2}} ?\)"
)
_JSON = (
    rf"\{{ ?\"?(?i:lat|latitude)\"?: ?\"?{_ANY}\"?, ?\"?(?i:lng|lon|long|longitude)\"?: ?\"?{_ANY}\"? ?\}}"
    rf"|(?i:lat(?:itude)?)\.? ?[:=]? ?{_FINE}[,;]? ?(?i:lng|lon|long|longitude)\.? ?[:=]? ?{_FINE}|geo:{_ANY},{_ANY}"
)
_DEGREES = (
    r"[0-9]{1,2}° ?[0-9]{1,2}['\x{2032}\x{2019}] ?(?:[0-9]{1,2}(?:\.[0-9]+)?(?:\"|''|\x{2033}|\x{201D}) ?)?[NS][, ]{1,2}"
    r"[0-9]{1,3}° ?[0-9]{1,2}['\x{2032}\x{2019}] ?(?:[0-9]{1,2}(?:\.[0-9]+)?(?:\"|''|\x{2033}|\x{201D}) ?)?[EWO]"
)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_SRID = re.compile(r"SRID=[0-9]+", re.IGNORECASE)


class GeoCoordinates(Detector):
    """A pair of latitude and longitude in one value (WGS 84, ISO 6709, well-known text); or a column named for one.

    Three decimals tell a place to 110 metres: fewer are not looked for. One number alone is a place only where the column
    is called latitude or longitude. Of random pairs of such numbers, written with up to three digits before the point,
    three of a hundred lie on Earth. Pairs within one degree of nowhere in the Gulf of Guinea are vectors of other kinds.
    """

    title: ClassVar[str] = "Geographic coordinates"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("GDPR art. 4(1): location data", "HIPAA: geographic subdivisions smaller than a state")
    patterns = (_PAIR, rf"\( ?{_PAIR} ?\)|\[ ?{_PAIR} ?\]", _POINT, _JSON, _DEGREES, rf"{_FINE}°?")
    needs: ClassVar[str] = r"[0-9]"
    chance = 0.03
    in_text = True
    text_patterns = (
        r"[+\-]?[0-9]{1,3}\.[0-9]{4}[0-9]*°? ?[NSns]?(?: ?[,;] ?)[+\-]?[0-9]{1,3}\.[0-9]{4}[0-9]*°?",
        _POINT,
        _JSON,
        _DEGREES,
    )
    tokens: ClassVar[Words] = {
        "en": ("latitude", "longitude", "lat lng", "lat lon", "lat long", "latlng", "latlon", "gps", "gps coordinates",
               "geo location", "coordinates", "geo point", "geo coordinates", "lng lat", "lon lat", "gps position",
               "gps lat", "gps lon", "gps lng", "gps latitude", "gps longitude", "geo lat", "geo lon", "geo lng",
               "home lat", "home lng", "home lon"),
        "de": ("breitengrad", "längengrad", "koordinaten", "geokoordinaten", "standort koordinaten"),
        "fr": ("latitude", "longitude", "coordonnées gps", "coordonnées géographiques"),
        "es": ("latitud", "longitud", "coordenadas"),
        "it": ("latitudine", "longitudine", "coordinate"),
        "pt": ("latitude", "longitude", "coordenadas"),
        "nl": ("breedtegraad", "lengtegraad", "coördinaten"),
        "pl": ("szerokość geograficzna", "długość geograficzna", "współrzędne"),
    }  # fmt: skip
    weak: ClassVar[Words] = {
        "en": ("lat", "lng", "lon", "geo", "position", "last location", "location"),
        "de": ("position", "standort"),
        "fr": ("position", "localisation"),
        "es": ("posición", "ubicación"),
        "it": ("posizione",),
        "pt": ("posição", "localização"),
        "nl": ("positie", "locatie"),
        "pl": ("pozycja", "lokalizacja"),
    }
    negative = frozenset({
        "airport", "branch", "bbox", "center", "centre", "city", "country", "job", "map", "name", "pixel", "port",
        "precision", "accuracy", "region", "screen", "shop", "site", "station", "store", "system", "warehouse", "zone",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "float", "decimal", "other"})
    names_suffice = True
    examples = (
        "48.85837, 2.294481",
        "-33.856784,151.215297",
        "(40.689247, -74.044502)",
        "POINT(-0.127758 51.507351)",
        "SRID=4326;POINT (13.3777 52.5163)",
        "lat: 48.85837, lng: 2.294481",
        "40°41'21\"N 74°2'40\"W",
        "geo:48.2010,16.3695",
    )
    counterexamples = (
        "48.85837",
        "12.50, 99.99",
        "300.1234, 500.4321",
        "0.1234, 0.5678",
        "120.5000, 95.2500",
        "48, 2",
        "1.234.567, 8.901",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"round": {"to": 1}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Two numbers that are a latitude and a longitude, in the order of the form, not both below 1."""
        return [_on_earth(value) for value in values]


def _on_earth(value: str) -> bool:
    if "°" in value and value.count("°") == 2 and ("'" in value or "\u2032" in value or "\u2019" in value):
        degrees = [float(each) for each in re.findall(r"([0-9]+)°", value)]
        return degrees[0] <= 90 and degrees[1] <= 180
    numbers = [float(each) for each in _NUMBER.findall(_SRID.sub("", value))]
    if len(numbers) < 2:
        return False
    latitude, longitude = (numbers[1], numbers[0]) if "POINT" in value.upper() else (numbers[0], numbers[1])
    return abs(latitude) <= 90 and abs(longitude) <= 180 and max(abs(latitude), abs(longitude)) > 1
