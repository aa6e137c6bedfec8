"""Registration numbers of persons in France."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.fr_nir import FrNir
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(FrNir(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [FrNir()]).get("fr_nir", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def made(department: str = "") -> str:
    place = department or f"{random.choice([*range(1, 20), *range(21, 96)]):02d}"
    thirteen = (
        f"{random.choice('12')}{digits(2)}{random.randint(1, 12):02d}{place}{random.randint(1, 990):03d}{digits(3)}"
    )
    number = int(thirteen.replace("2A", "19").replace("2B", "18"))
    return f"{thirteen}{97 - number % 97:02d}"


def test_published_numbers_are_recognised_in_any_grouping() -> None:
    published = ("255081416802538", "2 55 08 14 168 025 38", "2 55 08 14 168 025 / 38", "295109912611193")
    assert all(accepted(*published, "253072B07300470"))


def test_numbers_made_by_the_definition_and_corsica() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200))))
    assert all(accepted(made("2A"), made("2B")))


def test_a_wrong_key_month_or_sex_is_noticed() -> None:
    assert not any(
        accepted("255081416802539", "255131416802538", "555081416802538", "2550814168025", "255082C16802538")
    )


def test_one_random_number_in_a_hundred_passes() -> None:
    random.seed(2)
    values = (f"1{digits(2)}{random.randint(1, 12):02d}{digits(10)}" for _ in range(20_000))
    assert sum(accepted(*values)) / 20_000 <= FrNir.chance + 0.002


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    columns = {
        "c1": good, "color": [int(each) for each in good], "c2": [each[:13] + "00" for each in good],
        "num_secu": [each[:13] for each in good],
        "imei": ["35" + digits(13) for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "fr_nir"] == ["c1", "color", "num_secu"]


def test_names(found: Found) -> None:
    names = ("nir", "numeroSecuriteSociale", "numéro_insee", "caisse_securite_sociale", "insee_commune")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "fr_nir"] == list(names[:3])


def test_in_text() -> None:
    assert in_text("NIR : 2 55 08 14 168 025 38.", "255081416802538", "sécurité sociale 2550814168025") == 3
    assert in_text("255081416802539", "ref 2550814168025", "2550814168025380") == 0
