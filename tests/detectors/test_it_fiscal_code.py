"""Fiscal codes of persons in Italy."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.it_fiscal_code import ItFiscalCode
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(ItFiscalCode(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [ItFiscalCode()]).get("it_fiscal_code", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


# Values of places by the decree of 1976: odd places by this list, even places by rank.
ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23,
), strict=True))  # fmt: skip


def check(fifteen: str) -> str:
    rank = {sign: n for n, sign in enumerate("0123456789")} | {
        sign: n for n, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    }
    total = sum(ODD[sign] if place % 2 == 0 else rank[sign] for place, sign in enumerate(fifteen))
    return chr(ord("A") + total % 26)


def made() -> str:
    names = "".join(random.choices("BCDFGLMNPRSTVZ", k=6))
    day = random.randint(1, 28) + random.choice([0, 40])
    first = f"{names}{digits(2)}{random.choice('ABCDEHLMPRST')}{day:02d}{random.choice('ABCDEFGHIL')}{digits(3)}"
    return first + check(first)


def test_published_codes_are_recognised() -> None:
    assert all(accepted("RCCMNL83S18D969H", "CNTCHR83T41D969D", "rss mra 85t10 a562s".upper(), "rccmnl83s18d969h"))


def test_codes_made_by_the_decree_and_with_letters_for_digits() -> None:
    random.seed(1)
    assert all(accepted(*(made() for _ in range(200))))
    replaced = "RCCMNL83S18D96V"  # the last digit 9 written V: two persons would have shared the code
    assert accepted(replaced + check(replaced)) == [True]


def test_a_wrong_letter_a_day_that_is_none_and_companies_are_refused() -> None:
    wrong = "RCCMNL83S32D969"
    assert not any(accepted("RCCMNL83S18D969Q", wrong + check(wrong), "00743110157", "RCCMNL83S18D969"))
    assert [last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if accepted("RCCMNL83S18D969" + last)[0]] == ["H"]


def test_fourteen_random_texts_in_a_thousand_pass() -> None:
    random.seed(2)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def letters(count: int) -> str:
        return "".join(random.choices(alphabet, k=count))

    values = (
        letters(6) + digits(2) + letters(1) + digits(2) + letters(1) + digits(3) + letters(1) for _ in range(20_000)
    )
    assert 0 < sum(accepted(*values)) <= ItFiscalCode.chance * 20_000


def test_columns(found: Found) -> None:
    random.seed(3)
    good = [made() for _ in range(40)]
    wrong = [each[:-1] + ("A" if each[-1] != "A" else "B") for each in good]
    types = found({"c1": good, "city": [each.lower() for each in good], "c2": wrong, "codice_fiscale": wrong})
    assert types == {"c1": "it_fiscal_code", "city": "it_fiscal_code", "c2": "", "codice_fiscale": "it_fiscal_code"}


def test_names(found: Found) -> None:
    names = ("codice_fiscale", "CodFiscale", "fiscal_code", "fiscal_year", "codice_fiscale_azienda")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "it_fiscal_code"] == list(names[:3])


def test_in_text() -> None:
    assert in_text("nato a Roma, C.F. RCCMNL83S18D969H.", "(CNT CHR 83T41 D969D)", "cf: rccmnl83s18d969h") == 3
    assert in_text("RCCMNL83S18D969Q", "XRCCMNL83S18D969H") == 0
