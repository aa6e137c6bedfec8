"""Taxpayer numbers of persons in Brazil."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.br_cpf import BrCpf
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(BrCpf(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [BrCpf()]).get("br_cpf", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def check(nine: str) -> str:
    def digit(numbers: str) -> str:
        rest = sum(int(each) * weight for each, weight in zip(reversed(numbers), range(2, 12), strict=False)) % 11
        return "0" if rest < 2 else str(11 - rest)

    first = digit(nine)
    return first + digit(nine + first)


def made() -> str:
    nine = digits(9)
    return nine + check(nine)


def shown(number: str) -> str:
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def test_published_numbers_are_recognised() -> None:
    assert all(accepted("529.982.247-25", "52998224725", "111.444.777-35", "529982247-25", "390.533.447-05"))


def test_numbers_made_by_the_definition_with_lost_zeros_beside_whole_ones() -> None:
    random.seed(1)
    numbers = [made() for _ in range(300)]
    assert all(accepted(*numbers))
    assert all(accepted(*(shown(each) for each in numbers)))
    assert all(accepted(*(str(int(each)) for each in numbers if int(each) >= 10**8)))


def test_wrong_repeated_and_companies_numbers_are_refused() -> None:
    repeated = [str(n) * 11 for n in range(10)]
    assert not any(accepted("529.982.247-24", "52998224752", "11.222.333/0001-81", *repeated))


def test_one_random_number_in_a_hundred_passes() -> None:
    random.seed(2)
    assert abs(sum(accepted(*(digits(11) for _ in range(20_000)))) / 20_000 - BrCpf.chance) < 0.003


def test_books_are_no_persons(found: Found) -> None:
    """The last digit of an ISBN-10 is that of a CPF with a leading zero: one in eleven would pass."""
    random.seed(3)
    books = []
    while len(books) < 300:
        nine = digits(9)
        rest = -sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
        books.append(nine + ("X" if rest == 10 else str(rest)))
    assert found({"c1": books}) == {"c1": ""}
    assert not any(accepted(*(each for each in books if each[-1] != "X")))


def test_columns(found: Found) -> None:
    random.seed(4)
    good = [made() for _ in range(60)]
    columns = {
        "c1": good, "color": [shown(each) for each in good], "c2": [int(each) for each in good],
        "c3": [digits(11) for _ in range(60)], "c4": list(range(52_998_224_700, 52_998_224_760)),
        "cpf": [digits(11) for _ in range(60)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "br_cpf"] == ["c1", "color", "c2", "cpf"]


def test_names(found: Found) -> None:
    names = ("cpf", "CPF_cliente", "numeroDoCpf", "cpf_cnpj", "cpf_valid", "cpfx")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "br_cpf"] == list(names[:4])


def test_in_text() -> None:
    assert in_text("CPF: 529.982.247-25.", "cpf 52998224725", "(529982247-25)") == 3
    assert in_text("529.982.247-24", "pedido 52998224724", "1529.982.247-25", "529982247251") == 0
