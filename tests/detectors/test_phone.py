"""Telephone numbers."""

from __future__ import annotations

import phonenumbers
import pyarrow as pa

from anon_assets.detectors.phone import Phone
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised


def test_the_example_number_of_every_country_is_recognised() -> None:
    """libphonenumber carries one valid number per country; all but its oddest layouts have the shape."""
    style = phonenumbers.PhoneNumberFormat
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for form in (style.INTERNATIONAL, style.E164):
        numbers = [
            phonenumbers.format_number(
                phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE), form
            )
            for region in regions
            if phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        ]
        assert len(numbers) > 200
        assert recognised(Phone(), pa.array(numbers), "t")[1].mean() > 0.95
        assert text_hits(pa.array([f"tel. {number}!" for number in numbers]), [Phone()])["phone"] > 0.95 * len(numbers)


def test_national_numbers_need_their_country_to_allow_them() -> None:
    good, bad = ["(212) 736-5000", "212-736-5000 x12", "030 901820", "01 42 68 53 00"], ["(212) 136-5000", "555-0199"]
    assert recognised(Phone(), pa.array(good), "t")[1].all()
    assert not recognised(Phone(), pa.array(bad), "t")[1].any()


def test_numbers_of_other_kinds_in_text_are_left_alone() -> None:
    texts = [
        "due 2024-01-31 12:30:00", "born 01.02.1980", "SSN 054-28-6917", "card 4111 1111 1111 1111", "from 10.12.0.5",
        "ISBN 978-3-16-148410-0", "order 0000123456", "1,234,567.89 EUR", "id 550e8400-e29b-41d4-a716-446655440000",
    ]  # fmt: skip
    assert text_hits(pa.array(texts), [Phone()]) == {}
