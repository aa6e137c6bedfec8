"""Number plates of vehicles."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.license_plate import LicensePlate
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(LicensePlate(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [LicensePlate()]).get("license_plate", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SPANISH = "BCDFGHJKLMNPRSTVWXYZ"


def text(count: int, alphabet: str = ALL) -> str:
    return "".join(random.choices(alphabet, k=count))


def german() -> str:
    return f"{random.choice(['B', 'HH', 'M', 'KA', 'LEV', 'ROW', 'DD'])}-{text(random.randint(1, 2))} {random.randint(1, 9999)}"


def test_plates_of_five_countries_are_recognised() -> None:
    assert all(accepted("B-MW 1234", "HH-AB-123", "LEV E 7", "M-X 1E", "AA-001-AA", "AB-123-CD", "1234 BCD", "0000BBB"))
    assert all(accepted("AB12 CDE", "LB71XYZ", "16-RSL-9", "XX-99-XX", "1-KBB-00"))


def test_letters_never_given_out_are_refused() -> None:
    assert not any(
        accepted("AI-123-CD", "AB-123-OU", "SS-123-AB", "1234 ABC", "1234 BQC", "AB99 CDE", "IQ12 CDE", "16-AEI-9")
    )
    assert not any(accepted("QQX-MW 1234", "ABC-1234", "SKU-12345", "AB-1234", "A1", "2024-AB"))


def test_the_chance_rate_is_that_of_the_weakest_shape() -> None:
    random.seed(1)
    shapes = {
        0.61: lambda: f"{text(2)}-{digits(3)}-{text(2)}", 0.455: lambda: f"{digits(4)} {text(3)}",
        0.36: lambda: f"{text(2)}{digits(2)} {text(3)}", 0.77: lambda: f"{text(1)}-{text(2)} {digits(3)}",
        0.01: lambda: f"{text(3)}-{text(2)} {digits(3)}",
    }  # fmt: skip
    for expected, make in shapes.items():
        share = sum(accepted(*(make() for _ in range(4_000)))) / 4_000
        assert abs(share - expected) < 0.03, (expected, share)
        assert share <= LicensePlate.chance + 0.03


def test_columns(found: Found) -> None:
    random.seed(2)
    french = [f"{text(2, 'ABCDEFGH')}-{digits(3)}-{text(2, 'JKLMN')}" for _ in range(80)]
    american = [f"{text(3)}-{digits(4)}" for _ in range(80)]
    columns = {
        "c1": [german() for _ in range(80)],
        "color": french,
        "c2": [f"{digits(4)} {text(3, SPANISH)}" for _ in range(80)],
        "c3": [f"{text(2)}-{digits(3)}-{text(2)}" for _ in range(80)],
        "c4": american,
        "c5": [f"{digits(4)} {text(3)}" for _ in range(80)],
        "plate_number": american,
        "plate_state": ["CA", "NY"] * 40,
    }
    typed = [name for name, kind in found(columns).items() if kind == "license_plate"]
    assert typed == ["c1", "color", "c2", "plate_number"]


def test_names(found: Found) -> None:
    names = (
        "license_plate", "PlateNumber", "kfz_kennzeichen", "immatriculation", "numero_de_matricula", "targa", "kenteken",
        "numer_rejestracyjny", "plate_state", "template", "kennzeichen", "plate",
    )  # fmt: skip
    types = found({name: pa.array([None] * 5, pa.string()) for name in names[:10]})
    assert [name for name in names if types.get(name) == "license_plate"] == list(names[:8])
    weak = {name: pa.array([None] * 5, pa.string()) for name in names[10:]}
    assert set(found(weak).values()) == {""}
    beside = found({"vin": ["WVWZZZ1JZ3W386752", "5GZCZ43D13S812715"], **{name: [None, None] for name in names[10:]}})
    assert beside["vin"] == "vin"


def test_in_text_a_word_must_name_it() -> None:
    assert in_text("license plate B-MW 1234", "Kenteken: 16-RSL-9.", "plate number 7ABC123", "targa AB123CD") == 4
    assert in_text("B-MW 1234", "AB-123-CD", "LICENSE PLATE OF THE CAR") == 0
