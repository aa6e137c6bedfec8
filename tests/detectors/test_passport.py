"""Numbers of passports and identity cards."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.passport import Passport
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(Passport(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [Passport()]).get("passport", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


# The specimen of ICAO Doc 9303, part 4, and that of the German ministry.
ICAO = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_specimens_are_recognised() -> None:
    assert all(accepted(ICAO[1], "\n".join(ICAO), "".join(ICAO), "C01X00T47"))


def test_wrong_check_digits_are_noticed() -> None:
    assert not any(accepted(ICAO[1][:9] + "5" + ICAO[1][10:], ICAO[1][:19] + "3" + ICAO[1][20:]))


def test_plain_numbers_and_words_prove_nothing() -> None:
    assert not any(accepted("123456789", "AB1234567", "A12345678", "C01X00T4", "CHOCOLATE", "C01A00T47", "D01X00T47"))


def test_one_random_code_in_fourteen_passes() -> None:
    random.seed(1)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    codes = pa.array([random.choice(signs[:26]) + "".join(random.choices(signs, k=8)) for _ in range(10_000)])
    shape, good = recognised(Passport(), codes, "t")
    assert abs(good.sum() / shape.sum() - Passport.chance) < 0.015


def test_columns(found: Found) -> None:
    random.seed(2)
    signs = "CFGHJKLMNPRTVWXYZ0123456789"
    german = [random.choice("CFGHJK") + "".join(random.choices(signs, k=8)) for _ in range(60)]
    columns = {
        "c1": german, "color": german, "passport_no": [digits(9) for _ in range(60)],
        "c2": [digits(9) for _ in range(60)], "c3": ["AB" + digits(7) for _ in range(60)],
        "c4": ["".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=9)) for _ in range(60)],
        "passport_country": ["DEU", "FRA"] * 30, "has_passport": ["yes", "no"] * 30,
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "passport"] == ["c1", "color", "passport_no"]


def test_names(found: Found) -> None:
    names = (
        "passport", "PassportNumber", "reisepass_nr", "numero_de_passeport", "personalausweis", "dowod_osobisty",
        "paspoortnummer", "carta_identita", "passport_expiry", "passport_issued", "passport_scan", "passportal",
    )  # fmt: skip
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "passport"] == list(names[:8])


def test_in_text_a_word_must_name_it() -> None:
    assert (
        in_text("passport no. C01X00T47,", "Reisepass: C01X00T47", "passport AB1234567", "passport number is 123456789")
        == 4
    )
    assert in_text("\n".join(ICAO), f"scan: {ICAO[1]}") == 2
    assert in_text("order C01X00T47", "AB1234567", "passport OFFICE", "her passport expires in 2031") == 0
