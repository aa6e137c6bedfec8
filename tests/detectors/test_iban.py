"""International bank account numbers."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.iban import Iban
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.text_shapes import text_shape

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(Iban(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [Iban()]).get("iban", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


# Examples of the IBAN registry (SWIFT), grouped as there or as the country's banks print them.
PUBLISHED = [
    "AD12 0001 2030 2003 5910 0100", "AE07 0331 2345 6789 0123 456", "AT61 1904 3002 3457 3201", "BE68 5390 0754 7034",
    "BR18 0036 0305 0000 1000 9795 493C 1", "CH93 0076 2011 6238 5295 7", "CZ65 0800 0000 1920 0014 5399",
    "DE89 3704 0044 0532 0130 00", "DE89 37040044 0532013000", "DK50 0040 0440 1162 43", "EE38 2200 2210 2014 5685",
    "ES91 2100 0418 4502 0005 1332", "ES91 2100 0418 45 0200051332", "FI21 1234 5600 0007 85",
    "FR14 2004 1010 0505 0001 3M02 606", "FR14 20041 01005 0500013M026 06", "GB29 NWBK 6016 1331 9268 19",
    "GR16 0110 1250 0000 0001 2300 695", "HU42 1177 3016 1111 1018 0000 0000", "IE29 AIBK 9311 5212 3456 78",
    "IT60 X054 2811 1010 0000 0123 456", "IT60 X 05428 11101 000000123456", "LC55 HEMM 0001 0001 0012 0012 0002 3015",
    "LT12 1000 0111 0100 1000", "LU28 0019 4006 4475 0000", "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "NL91 ABNA 0417 1643 00", "NO93 8601 1117 947", "PL61 1090 1014 0000 0712 1981 2874",
    "PT50 0002 0123 1234 5678 9015 4", "RO49 AAAA 1B31 0075 9384 0000", "SA03 8000 0000 6080 1016 7519",
    "SE45 5000 0000 0583 9825 7466", "SI56 2633 0001 2039 086", "TR33 0006 1005 1978 6457 8413 26",
]  # fmt: skip


def made(country: str, account: str) -> str:
    """With the check digits of ISO 13616, computed from the definition."""
    rest = int("".join(str(int(sign, 36)) for sign in account + country + "00")) % 97
    return f"{country}{98 - rest:02d}{account}"


def test_examples_of_the_registry_are_recognised_in_any_grouping() -> None:
    joined = [number.replace(" ", "") for number in PUBLISHED]
    for form in (PUBLISHED, joined, [each.lower() for each in joined], [each.replace(" ", "-") for each in PUBLISHED]):
        assert all(accepted(*form)), [each for each, good in zip(form, accepted(*form), strict=True) if not good]


def test_national_check_digits_are_not_asked_for() -> None:
    assert accepted(
        made("ES", "21000418990200051332"), made("BE", "539007547099"), made("FR", "20041010050500013M02699")
    )


def test_one_changed_digit_a_wrong_length_and_an_unknown_country_are_noticed() -> None:
    joined = [number.replace(" ", "") for number in PUBLISHED]
    wrong = [number[:3] + str((int(number[3]) + 1) % 10) + number[4:] for number in joined]
    assert not any(accepted(*wrong, *(number[:-1] for number in joined), *(number + "0" for number in joined)))
    assert not any(accepted(made("ZZ", "370400440532013000"), made("DE", "37040044053201300A")))


def test_one_random_number_in_97_passes() -> None:
    random.seed(1)
    share = sum(accepted(*(f"DE{digits(20)}" for _ in range(20_000)))) / 20_000
    assert abs(share - 1 / 97) < 0.003


def test_the_lengths_are_those_of_the_library() -> None:
    from stdnum import iban
    from stdnum.numdb import get

    random.seed(2)
    countries = {"".join(pair) for pair in itertools.product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=2)}
    known = {country for country in countries if get("iban").info(country + "00")[0][1]}
    assert len(known) > 80
    fill = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJ"}
    for country in sorted(known):
        parts = re.findall("([0-9]+)!([nac])", get("iban").info(country + "00")[0][1]["bban"])
        number = made(country, "".join("".join(random.choices(fill[sort], k=int(size))) for size, sort in parts))
        assert iban.is_valid(number, check_country=False)
        assert accepted(number) == [True], country


def test_columns_are_typed_by_values_whatever_their_name(found: Found) -> None:
    random.seed(3)
    good = [made("DE", digits(18)) for _ in range(40)]
    wrong = [number[:2] + f"{(int(number[2:4]) + 1) % 97:02d}" + number[4:] for number in good]
    types = found({"c17": good, "city": good, "order_code": wrong, "hash": [f"{n:032x}" for n in range(40)]})
    assert types == {"c17": "iban", "city": "iban", "order_code": "", "hash": ""}


def test_names_type_a_column_without_values(found: Found) -> None:
    names = ("iban", "IBAN_Nr", "customerIban", "codice_iban", "iban_verified", "iban_country", "urban_area")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "iban"] == list(names[:4])


def test_in_text_a_following_word_is_left_out() -> None:
    shape = text_shape(Iban())
    for number in PUBLISHED:
        for text in (f"pay {number} NOW or later", f"IBAN:{number}.", f"({number})", f"{number} 12 EUR"):
            assert [text[start:end] for start, end in shape.spans(text)] == [number], text
    assert in_text("my iban is gb29nwbk60161331926819") == 1
    assert in_text("pay DE88 3704 0044 0532 0130 00", "XDE89370400440532013000", "DE89 3704 0044") == 0
