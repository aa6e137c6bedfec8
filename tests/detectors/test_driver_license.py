"""Numbers of driving licences."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.driver_license import DriverLicense
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(DriverLicense(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [DriverLicense()]).get("driver_license", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def made() -> str:
    """A British number: five letters of the surname, decade, month (50 more for women), day, year, initials."""
    name = "".join(random.choices("ABCDEFGHIJKLMNOPRSTUVW", k=random.choice([3, 5]))).ljust(5, "9")
    month = random.randint(1, 12) + random.choice([0, 50])
    return f"{name}{digits(1)}{month:02d}{random.randint(1, 28):02d}{digits(1)}{random.choice('JSM')}9{digits(1)}AB"


def test_published_numbers_are_recognised() -> None:
    """The specimens of the DVLA and of the departments of Florida and Wisconsin."""
    assert all(
        accepted("MORGA657054SM9IJ", "MORGA 657054 SM9IJ", "F255-921-50-094-0", "J525-4209-0465-05", "D400-7836-0001")
    )
    random.seed(1)
    assert all(accepted(*(made() for _ in range(100))))


def test_a_month_or_day_that_is_none_is_refused() -> None:
    assert not any(
        accepted("MORGA613054SM9IJ", "MORGA600054SM9IJ", "MORGA657004SM9IJ", "MORGA657324SM9IJ", "MO9GA657054SM9IJ")
    )


def test_few_random_texts_pass() -> None:
    random.seed(2)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    values = ("".join(random.choices(letters, k=5)) + digits(6) + "AB" + digits(1) + "XY" for _ in range(5_000))
    assert sum(accepted(*values)) / 5_000 < DriverLicense.chance


def test_columns(found: Found) -> None:
    random.seed(3)
    columns = {
        "c1": [made() for _ in range(40)], "color": [made() for _ in range(40)],
        "c2": [f"{random.choice('ABCDEF')}{digits(7)}" for _ in range(40)],
        "drivers_license": [f"{random.choice('ABCDEF')}{digits(7)}" for _ in range(40)],
        "c3": [digits(8) for _ in range(40)], "license_class": ["B", "C"] * 20, "license_state": ["CA", "NY"] * 20,
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "driver_license"] == [
        "c1",
        "color",
        "drivers_license",
    ]


def test_names(found: Found) -> None:
    names = (
        "driver_license", "DrivingLicenceNo", "dl_number", "fuehrerschein_nr", "permis_de_conduire", "rijbewijsnummer",
        "prawo_jazdy", "carta_de_conducao", "license_number", "driver_license_state", "software_license_no",
    )  # fmt: skip
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "driver_license"] == list(names[:9])
    assert found({"license_number": pa.array([None] * 5, pa.string())}, table="products") == {"license_number": ""}


def test_in_text() -> None:
    texts = ("driver's license number is 2270-66-1551", "My driver's license is F162823540116", "DL number 6940579")
    assert in_text(*texts, "licence MORGA657054SM9IJ", "Führerschein: B072RRE2I55", "(F255-921-50-094-0)") == 6
    assert in_text("order 6940579", "F162823540116", "MORGA613054SM9IJ", "driver's license expired") == 0
