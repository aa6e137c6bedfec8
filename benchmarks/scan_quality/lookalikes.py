"""Columns that are not personal, many of which look as if they were: in their values, in their names, or in both."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.scan_quality import identifiers
from benchmarks.scan_quality.cultures import filled
from benchmarks.scan_quality.data import listed, read

__all__ = ["LOOKALIKES", "Lookalike"]

Style = Callable[[Random], Callable[[], Any]]


@dataclass(frozen=True)
class Lookalike:
    """One kind of impersonal column.

    Args:
        name: what it is. names: that say so. misleading: names that seem to say another thing.
        style: fixes a column's style and gives the maker of one value.
        where: ``thing`` (not in tables about persons), ``person`` (only there), ``any``.
    """

    name: str
    names: tuple[str, ...]
    misleading: tuple[str, ...]
    style: Style
    where: str


def _each(make: Callable[[Random], Any]) -> Style:
    return lambda random: lambda: make(random)


def _form(*forms: str) -> Style:
    def style(random: Random) -> Callable[[], str]:
        form = random.choice(forms)
        return lambda: filled(form, random)

    return style


def _words(text: str) -> Style:
    words = listed(text)

    def style(random: Random) -> Callable[[], str]:
        case = random.choice((str, str, str.upper, str.lower))
        return lambda: case(random.choice(words))

    return style


def _whole(low: int, high: int) -> Style:
    return lambda random: lambda: random.randint(low, high)


def _count_from(start: int, step: int = 1) -> Style:
    def style(random: Random) -> Callable[[], int]:
        number = start + random.randint(0, start)

        def make() -> int:
            nonlocal number
            number += random.randint(1, step)
            return number

        return make

    return style


def _moments(form: str) -> Style:
    def style(random: Random) -> Callable[[], Any]:
        begin = dt.datetime(2019, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=random.randint(0, 900))

        def make() -> Any:
            moment = begin + dt.timedelta(seconds=random.randint(0, 3 * 365 * 86400))
            if form == "date":
                return moment.date()
            if form == "timestamp":
                return moment.replace(tzinfo=None)
            if form == "epoch":
                return int((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds())
            if form == "millis":
                return int((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds() * 1000)
            return moment.strftime(form)

        return make

    return style


def _masked(random: Random) -> Callable[[], str]:
    forms: tuple[Callable[[], str], ...] = (
        lambda: "****" + f"{random.randrange(10000):04d}",
        lambda: "XXX-XX-" + f"{random.randrange(10000):04d}",
        lambda: "************" + f"{random.randrange(10000):04d}",
        lambda: random.choice(("[REDACTED]", "[REDACTED]", "<removed>")),
        lambda: "+49 *** *** " + f"{random.randrange(100):02d}",
        lambda: "*" * random.randint(5, 9),
    )
    return random.choice(forms)


def _masked_mail(random: Random) -> Callable[[], str]:
    host = random.choice(("x.com", "e****.com", "gmail.com", "***.de"))
    return lambda: f"{random.choice(string.ascii_lowercase)}***@{host}"


def _token(random: Random) -> Callable[[], str]:
    head = random.choice(("tok_", "anon_", "tkn-", "v1:"))
    return lambda: head + base64.b32encode(random.randbytes(10)).decode().lower()


def _lorem(random: Random) -> Callable[[], str]:
    words = listed(read("words")["lorem"])
    return lambda: " ".join(random.choice(words) for _ in range(random.randint(6, 25))).capitalize() + "."


def _review(random: Random) -> Callable[[], str]:
    forms: list[str] = read("words")["reviews"]
    return lambda: " ".join(random.choice(forms).format(n=random.randint(2, 60)) for _ in range(random.randint(1, 3)))


def _log(random: Random) -> Callable[[], str]:
    forms: list[str] = read("words")["log_lines"]
    return lambda: random.choice(forms).format(n=random.randint(1, 9), m=random.randint(10, 99999))


def _hash(random: Random) -> Callable[[], str]:
    how = random.choice((hashlib.md5, hashlib.sha1, hashlib.sha256))
    return lambda: how(random.randbytes(8)).hexdigest()


def _paths(random: Random) -> Callable[[], str]:
    forms = (
        "/var/data/in/#0#/part-00000.parquet",
        "C:\\export\\run#0\\out.csv",
        "s3://bucket-#/raw/2023/0#/f0000.json.gz",
    )
    return lambda: filled(random.choice(forms), random)


def _shop_urls(random: Random) -> Callable[[], str]:
    host = random.choice(
        ("https://shop.example-store.com/p/", "https://www.buymore.de/artikel/", "https://cdn.assets.net/img/")
    )
    products = read("words")["products"].split()
    return lambda: f"{host}{random.choice(products).lower().replace('.', '')}-{random.randint(100, 99999)}"


def _price(random: Random) -> Callable[[], Any]:
    text = random.random() < 0.3

    def make() -> Any:
        price = round(random.lognormvariate(3, 1), 2)
        return f"{price:.2f}" if text else price

    return make


def _card_text(random: Random) -> Callable[[], Any]:
    return (
        (lambda: int(identifiers.wrong_card(random)))
        if random.random() < 0.3
        else (lambda: identifiers.wrong_card(random))
    )


def _random_16(random: Random) -> Callable[[], str]:
    return lambda: f"{random.randint(4 * 10**15, 6 * 10**15)}"


def _flags(random: Random) -> Callable[[], Any]:
    style = random.choice(("bool", "bool", "int", "YN", "text"))
    return lambda: {"bool": random.random() < 0.6, "int": int(random.random() < 0.6), "YN": random.choice("YN"),
                    "text": random.choice(("true", "false"))}[style]  # fmt: skip


def _measure(random: Random) -> Callable[[], Any]:
    unit = random.choice((" kg", " cm", " mm", "°C", " kWh", " mg/dl"))
    bare = random.random() < 0.5
    mean = random.choice((5, 37, 120, 900))
    return lambda: round(random.gauss(mean, mean / 9), 2) if bare else f"{abs(random.gauss(mean, mean / 9)):.1f}{unit}"


def _json(random: Random) -> Callable[[], str]:
    def make() -> str:
        a, b = random.randint(1, 99), random.randint(1000, 99999)
        meta = {"rev": f"1.{a}.0", "active": True}
        state = random.choice(("ok", "late", "open"))
        return json.dumps({"v": a, "sku": f"AB-{b}", "state": state, "dims": [a, b % 97], "meta": meta})

    return make


def _query(random: Random) -> Callable[[], str]:
    return lambda: (
        f"SELECT a{random.randint(1, 9)}, sum(x) FROM t{random.randint(1, 40)} WHERE k > {random.randint(1, 10**6)} GROUP BY 1"
    )


_MADE: dict[str, Style] = {
    "hash": _hash,
    "uuid": _each(lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4))),
    "price": _price,
    "isbn": _each(identifiers.isbn13),
    "ean": _each(lambda r: identifiers.ean13(f"{r.randint(10**11, 10**12 - 1)}")),
    "ean_number": _each(lambda r: int(identifiers.ean13(f"{r.randint(4 * 10**11, 5 * 10**11)}"))),
    "wrong_iban": _each(identifiers.wrong_iban),
    "card_text": _card_text,
    "random_16": _random_16,
    "flags": _flags,
    "masked": _masked,
    "masked_mail": _masked_mail,
    "token": _token,
    "lorem": _lorem,
    "review": _review,
    "log": _log,
    "measure": _measure,
    "percentage": _each(lambda r: round(r.random() * 100, 1)),
    "paths": _paths,
    "shop_urls": _shop_urls,
    "json": _json,
    "query": _query,
    "hex_colour": _each(lambda r: f"#{r.randrange(1 << 24):06x}"),
    "time_of_day": _each(lambda r: f"{r.randint(0, 23):02d}:{r.choice((0, 15, 30, 45)):02d}"),
    "base64": _each(lambda r: base64.b64encode(r.randbytes(18)).decode()),
    "decimal": _each(lambda r: round(r.uniform(-60, 60), 5)),
}


def _style(told: dict[str, Any]) -> Style:
    makers: dict[str, Callable[[Any], Style]] = {
        "words": _words,
        "list": lambda name: _words(read("words")[name]),
        "forms": lambda forms: _form(*forms),
        "whole": lambda ends: _whole(*ends),
        "count_from": lambda pair: _count_from(*pair),
        "moments": _moments,
        "make": lambda name: _MADE[name],
    }
    return next(makers[key](told[key]) for key in makers if key in told)


LOOKALIKES = tuple(
    Lookalike(
        name,
        tuple(told["names"].split()),
        tuple(told.get("misleading", "").split()),
        _style(told),
        told.get("where", "any"),
    )
    for name, told in read("lookalikes").items()
)
"""Every kind of impersonal column."""
