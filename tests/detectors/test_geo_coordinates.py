"""Latitude and longitude."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa
import pytest

from anon_assets.detectors.geo_coordinates import GeoCoordinates
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

MADE = random.Random(10)
FORMS: list[Callable[[float, float], str]] = [
    lambda lat, lon: f"{lat:.5f},{lon:.5f}",
    lambda lat, lon: f"{lat:.4f}, {lon:.4f}",
    lambda lat, lon: f"({lat:.6f}, {lon:.6f})",
    lambda lat, lon: f"{lat:.6f} {lon:.6f}",
    lambda lat, lon: f"{lat:.6f};{lon:.6f}",
    lambda lat, lon: f"POINT({lon:.6f} {lat:.6f})",
    lambda lat, lon: f"SRID=4326;POINT({lon} {lat})",
    lambda lat, lon: f"geo:{lat:.5f},{lon:.5f}",
    lambda lat, lon: (
        f"{abs(int(lat))}°{MADE.randrange(60)}'{MADE.randrange(60)}\"N {abs(int(lon))}°{MADE.randrange(60)}'7\"W"
    ),
]


def places(form: Callable[[float, float], str], count: int = 60) -> list[str]:
    return [form(MADE.uniform(-80, 80), MADE.uniform(-170, 170)) for _ in range(count)]


@pytest.mark.parametrize("form", FORMS)
def test_pairs_are_known_by_their_values(form: Callable[[float, float], str], found) -> None:
    assert found({"c6": places(form)}, table="t")["c6"] == "geo_coordinates"


@pytest.mark.parametrize(
    "make",
    [
        lambda: f"{MADE.uniform(0, 1):.4f}, {MADE.uniform(0, 1):.4f}",  # shares, vectors
        lambda: f"{MADE.uniform(100, 999):.3f},{MADE.uniform(100, 999):.3f}",
        lambda: f"{MADE.uniform(1, 99):.2f}, {MADE.uniform(1, 99):.2f}",  # prices
        lambda: f"{MADE.uniform(-80, 80):.6f}",  # one measurement
        lambda: f"{MADE.randint(0, 1920)},{MADE.randint(0, 1080)}",  # pixels
        lambda: f"{MADE.randint(1, 999)}.{MADE.randint(100, 999)}.{MADE.randint(100, 999)},{MADE.randint(10, 99)}",
    ],
)
def test_other_numbers_are_not(make: Callable[[], str], found) -> None:
    assert found({"c6": [make() for _ in range(60)]}, table="t")["c6"] == ""


def test_the_chance_rate_is_that_of_random_pairs() -> None:
    made = random.Random(1)

    def number() -> str:
        return f"{made.randrange(10 ** made.randint(1, 3))}.{made.randrange(10**6):06d}"

    values = sorted({f"{made.choice('-+')}{made.randrange(1000)}.{made.randrange(10**6):06d},{made.randrange(1000)}.123"
                     for _ in range(4000)})  # fmt: skip
    shape, accepted = recognised(GeoCoordinates(), pa.array(values), "t")
    assert shape.all()
    assert abs(accepted.mean() - 90 / 1000 * 180 / 1000) < 0.01 < GeoCoordinates.chance


def test_numbers_are_places_where_the_column_is_called_so(found) -> None:
    columns = {
        name: [MADE.uniform(-80, 80) for _ in range(40)] for name in ("latitude", "longitude", "gps_lat", "value")
    }
    assert found(columns, table="t") == {
        "latitude": "geo_coordinates",
        "longitude": "geo_coordinates",
        "gps_lat": "geo_coordinates",
        "value": "",
    }
    alone = [MADE.uniform(-80, 80) for _ in range(40)]
    assert found({"lat": alone}, table="t")["lat"] == ""
    assert found({"lat": alone}, table="users")["lat"] == "geo_coordinates"


def test_places_of_things_are_not_personal(found) -> None:
    alone = [MADE.uniform(-80, 80) for _ in range(40)]
    for name in ("store_latitude", "station_longitude", "latitude_accuracy", "city_latitude"):
        assert found({name: alone}, table="t")[name] == "", name


def test_pairs_in_text() -> None:
    texts = ["seen at 48.85837, 2.29448 today", "at POINT(2.29448 48.85837).", "lat: 48.858, lng: 2.294"]
    assert text_hits(pa.array(texts), [GeoCoordinates()]) == {"geo_coordinates": 3}
    assert text_hits(
        pa.array(["from 12.5, 13.7 to 14.2", "v 1.2345, 0.1234567 in [0.1234, 0.5678]"]), [GeoCoordinates()]
    ) == {"geo_coordinates": 1}
