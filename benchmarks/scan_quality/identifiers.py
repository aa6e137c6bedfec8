"""Identifiers with a check digit, right and wrong ones, each by code of its own or python-stdnum's calc functions."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable
from functools import cache
from random import Random

import phonenumbers
from stdnum import luhn, verhoeff
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.pl import pesel

from benchmarks.scan_quality.cultures import filled

__all__ = [
    "aadhaar", "br_cpf", "bsn", "btc", "card", "codice_fiscale", "driver_license", "ean13", "es_nif", "ethereum", "fr_nir",
    "grouped", "iban", "isbn13", "itin", "mac", "nhs_number", "nino", "pan", "passport", "pesel_number", "phone", "plate",
    "sort_code", "ssn", "steuer_id", "swedish", "vin", "wrong_card", "wrong_iban",
]  # fmt: skip


def _digits(random: Random, count: int) -> str:
    return "".join(random.choice(string.digits) for _ in range(count))


def card(random: Random) -> str:
    """A payment card number with a right check digit, of Visa, Mastercard, American Express or Discover."""
    prefix, length = random.choice((("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16)))
    body = prefix + _digits(random, length - len(prefix) - 1)
    return body + str(luhn.calc_check_digit(body))


def wrong_card(random: Random) -> str:
    """A card number whose check digit is wrong."""
    number = card(random)
    return number[:-1] + str((int(number[-1]) + random.randint(1, 9)) % 10)


_IBAN = {
    "DE": "000000000000000000", "GB": "00000000000000", "FR": "00000000000000000000000", "NL": "0000000000",
    "BE": "000000000000", "AT": "0000000000000000", "CH": "00000000000000000", "SE": "00000000000000000000",
    "PT": "000000000000000000000", "LU": "0000000000000000",
}  # fmt: skip


def _iban_check(country: str, body: str) -> str:
    number = "".join(str(int(letter, 36)) for letter in body + country + "00")
    return f"{98 - int(number) % 97:02d}"


def _national(country: str, random: Random) -> str:
    body = filled(_IBAN[country], random)
    if country == "BE":
        body = random.choice(("001", "363", "734", "068", "979")) + body[3:10]
        return body + f"{int(body) % 97 or 97:02d}"
    if country == "NL":  # eleven test
        while True:
            account = _digits(random, 10)
            if sum(int(digit) * (10 - place) for place, digit in enumerate(account)) % 11 == 0:
                return random.choice(("INGB", "ABNA", "RABO")) + account
    if country == "FR":
        body = body[:21]
        return body + f"{97 - (89 * int(body[:5]) + 15 * int(body[5:10]) + 3 * int(body[10:21])) % 97:02d}"
    if country == "PT":
        bank = body[:19]
        return bank + f"{98 - int(bank + '00') % 97:02d}"
    if country == "GB":
        return random.choice(("BARC", "LOYD", "NWBK", "MIDL")) + body
    return body


def iban(random: Random, country: str = "") -> str:
    """An IBAN with right check digits and, where the country has them, right national ones."""
    country = country if country in _IBAN else random.choice(list(_IBAN))
    body = _national(country, random)
    return country + _iban_check(country, body) + body


def wrong_iban(random: Random) -> str:
    """An IBAN whose check digits are wrong."""
    right = iban(random)
    return right[:2] + f"{2 + (int(right[2:4]) - 2 + random.randint(1, 95)) % 97:02d}" + right[4:]


def grouped(number: str, size: int = 4, by: str = " ") -> str:
    """The text in groups."""
    return by.join(number[start : start + size] for start in range(0, len(number), size))


def ssn(random: Random) -> str:
    """A US social security number of an area that was issued."""
    area = random.choice([n for n in range(1, 772) if n not in {666, 219, 78}])
    return f"{area:03d}-{random.randint(1, 99):02d}-{random.randint(1, 9999):04d}"


def itin(random: Random) -> str:
    """A US individual taxpayer number: 9xx, groups 50-65, 70-88, 90-92, 94-99."""
    group = random.choice([*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100)])
    return f"9{_digits(random, 2)}-{group}-{_digits(random, 4)}"


def nino(random: Random) -> str:
    """A UK national insurance number."""
    first = random.choice("ABCEHJKLMNPRSTWXYZ") + random.choice("ABCEHJKLMNPRSTWXYZ")
    if first in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:
        return nino(random)
    return f"{first}{_digits(random, 6)}{random.choice('ABCD')}"


def nhs_number(random: Random) -> str:
    """An NHS number (modulus 11)."""
    while True:
        body = random.choice("4679") + _digits(random, 8)
        check = -sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        if check < 10:
            return body + str(check)


def steuer_id(random: Random) -> str:
    """A German tax identification number: one digit twice or three times, never three in a row."""
    while True:
        digits = random.sample(string.digits, 9)
        body = [*digits, random.choice(digits)]
        random.shuffle(body)
        text = "".join(body)
        if text[0] != "0":
            number = _iso7064(text)
            if idnr.is_valid(number):
                return number


def _iso7064(body: str) -> str:
    product = 10
    for digit in body:
        product = (((int(digit) + product) % 10 or 10) * 2) % 11
    return body + str((11 - product) % 10)


def fr_nir(random: Random) -> str:
    """A French social security number: sex, year, month, department, commune, order, key."""
    department = random.choice([n for n in range(1, 96) if n != 20])
    body = (
        f"{random.choice('12')}{random.randint(0, 99):02d}{random.randint(1, 12):02d}{department:02d}"
        f"{random.randint(1, 900):03d}{random.randint(1, 999):03d}"
    )
    return body + str(nir.calc_check_digits(body))


def es_nif(random: Random) -> str:
    """A Spanish DNI, or for one in six a NIE."""
    if random.random() < 1 / 6:
        body = random.choice("XYZ") + _digits(random, 7)
        return body + str(nie.calc_check_digit(body))
    body = _digits(random, 8)
    return body + str(dni.calc_check_digit(body))


def codice_fiscale(random: Random) -> str:
    """An Italian tax code: letters of the name, birth, municipality, check letter."""
    consonants = "BCDFGLMNPRSTVZ"
    name = "".join(random.choice(consonants) for _ in range(6))
    day = random.randint(1, 28) + random.choice((0, 40))
    place = random.choice(("H501", "F205", "L219", "A944", "G273", "D612", "C351", "A662"))
    body = f"{name}{random.randint(0, 99):02d}{random.choice('ABCDEHLMPRST')}{day:02d}{place}"
    return body + str(codicefiscale.calc_check_digit(body))


def bsn(random: Random) -> str:
    """A Dutch citizen number (eleven test)."""
    while True:
        body = random.choice("123456789") + _digits(random, 7)
        check = sum(int(digit) * weight for digit, weight in zip(body, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return body + str(check)


def pesel_number(random: Random) -> str:
    """A Polish PESEL of somebody born from 1930 to 2015."""
    year = random.randint(1930, 2015)
    month = random.randint(1, 12) + (20 if year >= 2000 else 0)
    body = f"{year % 100:02d}{month:02d}{random.randint(1, 28):02d}{_digits(random, 4)}"
    return body + str(pesel.calc_check_digit(body))


def swedish(random: Random) -> str:
    """A Swedish personal number, ten or twelve digits."""
    year = random.randint(1935, 2015)
    body = f"{year % 100:02d}{random.randint(1, 12):02d}{random.randint(1, 28):02d}{random.randint(1, 999):03d}"
    number = body + luhn.calc_check_digit(body)
    return f"{number[:6]}-{number[6:]}" if random.random() < 0.5 else f"{year // 100}{number[:6]}-{number[6:]}"


def br_cpf(random: Random) -> str:
    """A Brazilian CPF with points."""
    body = _digits(random, 9)
    number = body + _cpf(body)
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def _cpf(body: str) -> str:
    for _ in range(2):
        total = sum(int(digit) * weight for digit, weight in zip(body, range(len(body) + 1, 1, -1), strict=True))
        body += str(0 if total % 11 < 2 else 11 - total % 11)
    return body[9:]


def aadhaar(random: Random) -> str:
    """An Indian Aadhaar number (Verhoeff)."""
    body = random.choice("23456789") + _digits(random, 10)
    return body + str(verhoeff.calc_check_digit(body))


def pan(random: Random) -> str:
    """An Indian permanent account number of a person."""
    return filled(f"@@@P@{random.randint(1, 9999):04d}@".replace("0", "\0"), random).replace("\0", "0")


_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)


def vin(random: Random) -> str:
    """A vehicle identification number with the North American check digit."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    maker = random.choice(("1HG", "1FT", "2T1", "3VW", "5YJ", "JTD", "KMH", "WBA", "1G1", "4T1"))
    body = maker + "".join(random.choice(letters) for _ in range(5)) + "0"
    body += random.choice("ABCDEFGHJKLMNPR") + random.choice("ABCDEFGH") + _digits(random, 6)
    total = sum(
        (_VIN_VALUES.get(letter) or int(letter)) * weight for letter, weight in zip(body, _VIN_WEIGHTS, strict=True)
    )
    return body[:8] + "0123456789X"[total % 11] + body[9:]


def isbn13(random: Random) -> str:
    """A book number with a right check digit (EAN-13)."""
    return ean13(random.choice(("978", "979")) + _digits(random, 9))


def ean13(body: str) -> str:
    """Twelve digits and their check digit."""
    total = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(body))
    return body + str(-total % 10)


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def btc(random: Random) -> str:
    """A Bitcoin address: version byte and 20 bytes in base 58 with their double SHA-256 checksum."""
    raw = bytes([random.choice((0, 5))]) + random.randbytes(20)
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def ethereum(random: Random) -> str:
    """An Ethereum address in lower case, which carries no checksum."""
    return "0x" + random.randbytes(20).hex()


_PASSPORT = {
    "en_US": "@00000000|#00000000", "en_GB": "#00000000", "fr_FR": "00@@00000", "en_IN": "@#000000", "it_IT": "@@0000000",
    "es_ES": "@@@000000", "pl_PL": "@@0000000", "pt_BR": "@@000000", "nl_NL": "@@0@00@@0", "de_DE": "C00@0@0@0",
}  # fmt: skip
_PLATE = {
    "en_US": "#@@@000|@@@-0000", "en_GB": "@@00 @@@", "de_DE": "B-@@ #000|M-@@ #00|HH-@ #000", "fr_FR": "@@-000-@@",
    "it_IT": "@@000@@", "es_ES": "0000 BCD|0000 FGH|0000 JKL", "nl_NL": "@@-000-@|0-@@@-00", "pl_PL": "WA 0000@|KR 00000",
    "sv_SE": "@@@ 000", "pt_BR": "@@@0@00", "en_IN": "MH 0# @@ 0000|DL 0#C@ 0000",
}  # fmt: skip
_LICENSE = {
    "en_US": "@0000000|@000-0000-0000", "en_GB": "MORGA#0#0#0SM#@@|JONES#0#0#0AB#@@", "de_DE": "B0#2RRE2I#0",
    "it_IT": "@@0000000@", "en_IN": "MH#0 20#00000000",
}  # fmt: skip


def _by_locale(forms: dict[str, str]) -> Callable[[Random, str], str]:
    def make(random: Random, locale: str) -> str:
        return filled(random.choice(forms.get(locale, forms["en_US"]).split("|")), random)

    return make


passport, plate, driver_license = _by_locale(_PASSPORT), _by_locale(_PLATE), _by_locale(_LICENSE)
"""Of the shape that the locale's state uses; they carry no check that a reader could make."""


def mac(random: Random) -> str:
    """A hardware address."""
    return ":".join(f"{byte:02x}" for byte in random.randbytes(6))


def sort_code(random: Random) -> str:
    """A UK sort code and account number."""
    return f"{grouped(_digits(random, 6), 2, '-')} {_digits(random, 8)}"


_FORMATS = (
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.RFC3966,
)
_KINDS = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)


@cache
def _example(region: str, kind: int) -> tuple[int, str]:
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None
    assert number.country_code is not None
    return number.country_code, phonenumbers.national_significant_number(number)


def phone(random: Random, region: str, form: str = "") -> str:
    """A valid number of a region: its example number with other digits.

    Args:
        form: e164, international, national, digits (national without separators), dotted, extension, uri; any otherwise.
    """
    country, example = _example(region, random.choice(_KINDS))
    for _ in range(200):
        keep = len(example) - random.randint(4, 7)
        text = f"+{country}{example[:keep]}{_digits(random, len(example) - keep)}"
        number = phonenumbers.parse(text)
        if phonenumbers.is_valid_number(number):
            break
    form = form or random.choice(("e164", "international", "national", "national", "international", "dotted"))
    national, international, e164, uri = (phonenumbers.format_number(number, each) for each in _FORMATS)
    digits = "".join(letter for letter in national if letter.isdigit())
    dotted = international.replace(" ", ".").replace("-", ".")
    return {
        "e164": e164, "digits": digits, "national": national, "dotted": dotted, "uri": uri, "international": international,
        "extension": f"{national} ext. {random.randint(10, 999)}",
    }[form]  # fmt: skip
