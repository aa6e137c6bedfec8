"""Tax numbers of persons in Spain."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.es_nif import EsNif
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(EsNif(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [EsNif()]).get("es_nif", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def made() -> str:
    number = random.randrange(10**8)
    return f"{number:08d}{LETTERS[number % 23]}"


def foreign() -> str:
    first, number = random.choice("XYZ"), random.randrange(10**7)
    return f"{first}{number:07d}{LETTERS[int(f'{chr(ord(first) - 40)}{number:07d}') % 23]}"


def test_published_numbers_are_recognised() -> None:
    assert all(
        accepted("12345678Z", "12345678-Z", "12.345.678-Z", "00000000T", "X1234567L", "x-1234567-l", "54362315k")
    )


def test_numbers_made_by_the_definition() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200)), *(foreign() for _ in range(200))))


def test_one_letter_of_26_is_right() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert [letter for letter in alphabet if accepted(f"87654321{letter}")[0]] == [LETTERS[87654321 % 23]]
    assert [letter for letter in alphabet if accepted(f"Y7654321{letter}")[0]] == [LETTERS[17654321 % 23]]


def test_companies_are_no_persons() -> None:
    assert not any(accepted("B58378431", "A58818501", "J99216582", "1234567Z", "123456789Z"))


def test_four_random_texts_in_a_hundred_pass() -> None:
    random.seed(2)
    values = (digits(8) + random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(20_000))
    assert 0.03 < sum(accepted(*values)) / 20_000 < EsNif.chance


def test_columns(found: Found) -> None:
    random.seed(3)
    mixed = [made() if n % 2 else foreign() for n in range(40)]
    columns = {
        "c1": mixed, "batch": [each[:-1] + "-" + each[-1] for each in mixed],
        "c2": [digits(8) + random.choice("ABCDEFG") for _ in range(40)], "dni": [each[:-1] for each in mixed],
        "c3": [each[:-1] for each in mixed],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "es_nif"] == ["c1", "batch", "dni"]


def test_names(found: Found) -> None:
    names = ("dni", "NIF_cliente", "numeroDNI", "nif_empresa", "dni_verificado", "nie")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "es_nif"] == ["dni", "NIF_cliente", "numeroDNI", "nie"]


def test_in_text() -> None:
    assert in_text("con DNI 12345678Z,", "(12.345.678-Z)", "NIE X-1234567-L", "dni 12345678z") == 4
    assert in_text("ref 12345678A", "12345678ZZ", "B58378431", "pieza 1234567Z") == 0
