"""Telephone numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import phonenumbers
import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column, Table
from anon_assets.detectors.phone import _CHANCE, Phone, _fits
from anon_assets.stages.scan import scan_batches, text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.stages.weighing import Clue

STYLE = phonenumbers.PhoneNumberFormat
KINDS = phonenumbers.PhoneNumberType
_CALLED = {KINDS.MOBILE, KINDS.FIXED_LINE, KINDS.FIXED_LINE_OR_MOBILE}


def numbers_of(region: str, count: int = 120) -> list[phonenumbers.PhoneNumber]:
    """Random fixed and mobile numbers that libphonenumber holds to be valid: dialled by nobody that we know of."""
    made = random.Random(region)
    plan: Any = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    lengths = {"DE": [10, 11], "AT": [10, 11], "IT": [9, 10]}.get(region, list(plan.general_desc.possible_length))
    found: dict[str, phonenumbers.PhoneNumber] = {}
    while len(found) < count:
        digits = "".join(made.choices("0123456789", k=made.choice(lengths)))
        number = phonenumbers.PhoneNumber(
            plan.country_code, int(digits), italian_leading_zero=digits[0] == "0" if region == "IT" else None
        )
        kind = phonenumbers.number_type(number)  # unknown for what no plan has
        if (region == "IT" or digits[0] != "0") and kind in _CALLED:
            found[digits] = number
    return list(found.values())


def typed(values: list[str]) -> bool:
    """The values alone make a column one of phones."""
    detector = Phone()
    shape, accepted = recognised(detector, pa.array(sorted(set(values))), "t")
    return Clue(detector, looked=len(shape), shaped=int(shape.sum()), accepted=int(accepted.sum())).proven


def digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


LOCALES = ["US", "GB", "DE", "FR", "ES", "IT", "BR", "PT", "NL", "PL", "SE", "CZ", "TR", "IN", "JP", "KR", "AU", "CA"]


@pytest.mark.parametrize("region", LOCALES)
def test_columns_of_a_country_are_typed_in_every_form(region: str) -> None:
    numbers = numbers_of(region)
    e164 = [phonenumbers.format_number(number, STYLE.E164) for number in numbers]
    national = [phonenumbers.format_number(number, STYLE.NATIONAL) for number in numbers]
    assert typed(e164)
    assert typed([phonenumbers.format_number(number, STYLE.INTERNATIONAL) for number in numbers])
    assert typed(national)
    assert typed([number[1:] for number in e164])
    assert typed(["00" + number[1:] for number in e164])
    assert typed([f"{number} ext. {place}" for place, number in enumerate(national)])


@pytest.mark.parametrize("region", ["US", "CA", "GB", "FR", "ES", "PT", "NL", "PL", "CZ", "IN", "JP", "AU", "BR", "TR"])
def test_bare_national_digits_of_a_country_are_typed(region: str) -> None:
    assert typed([digits(phonenumbers.format_number(number, STYLE.NATIONAL)) for number in numbers_of(region, 200)])


def test_bare_digits_are_typed_under_no_name_and_under_a_wrong_one(found) -> None:
    """Unless it speaks of numbers that are given out in order, as those of orders and tickets are."""
    numbers = [number.national_number for number in numbers_of("US", 200)]
    assert found({"c17": numbers, "shelf": [str(number) for number in numbers], "order_no": numbers}) == {
        "c17": "phone",
        "shelf": "phone",
        "order_no": "",
    }


def test_invented_numbers_are_phones_by_their_form() -> None:
    """Not one of these is assigned; people and generators write them all the same."""
    made = random.Random(3)
    forms: list[Callable[[], str]] = [
        lambda: f"(555) {made.randint(200, 999)}-{made.randint(0, 9999):04d} x{made.randint(1, 99)}",
        lambda: f"+1-555-{made.randint(200, 999)}-{made.randint(0, 9999):04d}",
        lambda: f"555-{made.randint(200, 999)}-{made.randint(0, 9999):04d}",
        lambda: f"555.{made.randint(200, 999)}.{made.randint(0, 9999):04d}",
    ]
    for form in forms:
        values = [form() for _ in range(60)]
        assert not any(phonenumbers.is_valid_number(phonenumbers.parse(value, "US")) for value in values)
        assert typed(values), values[0]
    assert typed([made.choice(forms)() for _ in range(60)])


RANDOM = random.Random(9)
LOOKALIKES: dict[str, Callable[[int], str]] = {
    "ten digits": lambda _: str(RANDOM.randrange(10**9, 10**10)),
    "nine digits": lambda _: str(RANDOM.randrange(10**8, 10**9)),
    "eight digits": lambda _: str(RANDOM.randrange(10**7, 10**8)),
    "eleven digits": lambda _: str(RANDOM.randrange(10**10, 10**11)),
    "zero-padded": lambda _: f"{RANDOM.randrange(10**9):010d}",
    "running": lambda n: str(2_125_550_000 + n),
    "running in steps": lambda n: str(6_000_000_000 + 37 * n),
    "year and number": lambda _: f"{RANDOM.randint(2015, 2026)}{RANDOM.randrange(10**6):06d}",
    "purchase order": lambda _: f"45{RANDOM.randrange(10**8):08d}",
    "one first digit": lambda _: f"7{RANDOM.randrange(10**9):09d}",
    "epoch": lambda _: str(RANDOM.randrange(1_500_000_000, 1_790_000_000)),
    "epoch in ms": lambda _: str(RANDOM.randrange(1_500_000_000_000, 1_790_000_000_000)),
    "date": lambda _: f"{RANDOM.randint(1950, 2026)}-{RANDOM.randint(1, 12):02d}-{RANDOM.randint(1, 28):02d}",
    "dotted date": lambda _: f"{RANDOM.randint(1, 28):02d}.{RANDOM.randint(1, 12):02d}.{RANDOM.randint(1950, 2026)}",
    "plain date": lambda _: f"{RANDOM.randint(1950, 2026)}{RANDOM.randint(1, 12):02d}{RANDOM.randint(1, 28):02d}",
    "groups 3-3-4": lambda _: f"{RANDOM.randint(100, 999)}-{RANDOM.randint(100, 999)}-{RANDOM.randint(1000, 9999)}",
    "groups 3-3-3": lambda _: f"{RANDOM.randint(100, 999)}-{RANDOM.randint(100, 999)}-{RANDOM.randint(100, 999)}",
    "groups with 0": lambda _: f"0{RANDOM.randint(10, 99)}-{RANDOM.randint(100, 999)}-{RANDOM.randint(100, 999)}",
    "groups 4-4": lambda _: f"{RANDOM.randint(1000, 9999)}-{RANDOM.randint(1000, 9999)}",
    "card": lambda _: " ".join(f"{RANDOM.randint(1000, 9999)}" for _ in range(4)),
    "aadhaar": lambda _: " ".join(f"{RANDOM.randint(2000, 9999)}" for _ in range(3)),
    "ssn": lambda _: f"{RANDOM.randint(100, 899)}-{RANDOM.randint(10, 99)}-{RANDOM.randint(1000, 9999)}",
    "nhs": lambda _: f"{RANDOM.choice('467')}{RANDOM.randint(0, 99):02d} {RANDOM.randint(0, 999):03d} 4011",
    "ip": lambda _: ".".join(str(RANDOM.randint(1, 255)) for _ in range(4)),
    "thousands": lambda _: f"{RANDOM.randint(10**7, 10**9):,}".replace(",", " "),
    "price": lambda _: f"{RANDOM.randint(10**5, 10**7)}.{RANDOM.randint(0, 99):02d}",
    "signed": lambda _: f"+{RANDOM.randint(10**6, 10**9)}",
    "isbn": lambda _: f"978-{RANDOM.randint(0, 9)}-{RANDOM.randint(10, 99)}-{RANDOM.randint(10**5, 10**6 - 1)}-4",
    "barcode": lambda _: f"{RANDOM.randint(400, 440)}{RANDOM.randrange(10**10):010d}",
    "pesel": lambda _: f"{RANDOM.randint(40, 99)}{RANDOM.randint(1, 12):02d}{RANDOM.randint(1, 28):02d}"
    f"{RANDOM.randrange(10**5):05d}",
    "version": lambda _: f"{RANDOM.randint(10, 20)}.{RANDOM.randint(10, 40)}.{RANDOM.randint(1000, 9999)}",
}  # fmt: skip


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_other_numbers_are_not(kind: str) -> None:
    assert not typed([LOOKALIKES[kind](place) for place in range(300)])


def test_the_measured_chances_are_those_of_the_plans() -> None:
    for (region, length, zero), chance in list(_CHANCE.items())[::7]:
        made = random.Random(length)
        first = "0" if zero else ""
        tried = [
            first + str(made.randint(0 if zero else 1, 9)) + "".join(made.choices("0123456789", k=length - 1 - zero))
            for _ in range(400)
        ]
        assert abs(sum(_fits(region, each) for each in tried) / len(tried) - chance) < 0.09, (region, length, zero)


def test_plans_agree_with_libphonenumber() -> None:
    made = random.Random(5)
    for region in ("US", "GB", "FR", "ES", "PL", "NL", "CH", "AU"):
        for _ in range(100):
            number = "".join(made.choices("23456789", k=1) + made.choices("0123456789", k=made.choice([8, 9])))
            parsed = phonenumbers.parse(number, region)
            assert _fits(region, number) == phonenumbers.is_valid_number_for_region(parsed, region), (region, number)


def test_the_example_number_of_every_country_is_recognised() -> None:
    """libphonenumber carries one valid number per country; all but its oddest layouts have the shape."""
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for form in (STYLE.INTERNATIONAL, STYLE.E164):
        numbers = [
            phonenumbers.format_number(phonenumbers.example_number_for_type(region, KINDS.MOBILE), form)
            for region in regions
            if phonenumbers.example_number_for_type(region, KINDS.MOBILE)
        ]
        assert len(numbers) > 200
        assert recognised(Phone(), pa.array(numbers), "t")[1].mean() > 0.95
        assert text_hits(pa.array([f"tel. {number}!" for number in numbers]), [Phone()])["phone"] > 0.95 * len(numbers)


def test_national_numbers_need_their_country_to_allow_them() -> None:
    good, bad = (
        ["(212) 736-5000", "212-736-5000 x12", "030 901820", "01 42 68 53 00"],
        ["(212) 136-5000", "0000 123456"],
    )
    assert recognised(Phone(), pa.array(good), "t")[1].all()
    assert not recognised(Phone(), pa.array(bad), "t")[1].any()


def test_numbers_of_other_kinds_in_text_are_left_alone() -> None:
    texts = [
        "due 2024-01-31 12:30:00", "born 01.02.1980", "SSN 054-28-6917", "card 4111 1111 1111 1111", "from 10.12.0.5",
        "ISBN 978-3-16-148410-0", "order 0000123456", "1,234,567.89 EUR", "id 550e8400-e29b-41d4-a716-446655440000",
        "IBAN DE89 3704 0044 0532 0130 00", "12 345 678 rows", "at 52.5163, 13.3777", "VAT 123456789", "since 1643221197",
    ]  # fmt: skip
    assert text_hits(pa.array(texts), [Phone()]) == {}


def test_numbers_in_text_are_found_in_the_forms_of_many_countries() -> None:
    numbers = [
        "+49 30 901820", "+442079460958", "(212) 736-5000", "212-736-5000", "212.736.5000", "+1 (212) 736-5000 x44",
        "01 42 68 53 00", "030/901820", "020 7946 0958", "07700 900123", "06-12345678", "03-1234-5678", "(11) 98765-4321",
        "612 34 56 78", "138 1234 5678", "98765 43210", "0049 30 901820", "08-123 456 78", "0171/1234567", "333 1234567",
        "8 (912) 345-67-89", "+33 (0)1 42 68 53 00",
    ]  # fmt: skip
    for number in numbers:
        assert text_hits(pa.array([f"Please use {number}, or write."]), [Phone()]) == {"phone": 1}, number


def test_groups_of_another_kind_in_many_texts_are_not_found() -> None:
    made = random.Random(2)
    groups = [f"{made.randint(100, 999)}-{made.randint(100, 999)}-{made.randint(1000, 9999)}" for _ in range(200)]
    for values in (groups, [f"order {group} is paid" for group in groups]):
        table = Table("public", "t", (Column("c3"),))
        (verdict,) = scan_batches(table, iter([pa.record_batch({"c3": values})]))
        assert verdict.verdict == "none"


def test_plain_digits_in_text_need_a_word_before() -> None:
    assert text_hits(pa.array(["Telefon: 2127365000", "phone no. 736-5000"]), [Phone()]) == {"phone": 2}
    assert text_hits(pa.array(["order: 2127365000", "lot 736-5000"]), [Phone()]) == {}


def test_names(found) -> None:
    opaque = [f"n{number}" for number in range(30)]
    for name in ("phone", "telefonnummer", "mobile_number", "telefono", "numer_telefonu", "tel_no"):
        assert found({name: [None]})[name] == "phone", name
    for name in ("phone_verified", "phone_model", "telephone_count", "tel_prefix"):
        assert found({name: opaque})[name] == "", name
