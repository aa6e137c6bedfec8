"""Labelled texts: made up here in ten languages, and read from the data set of presidio-research where it lies at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.scan_quality import identifiers
from benchmarks.scan_quality.cultures import CULTURES, WORLD, Culture, filled
from benchmarks.scan_quality.data import read
from benchmarks.scan_quality.personal import plain_ascii

__all__ = ["LabelledText", "made_up", "presidio"]


@dataclass(frozen=True)
class LabelledText:
    """A text and what stands in it.

    Args:
        spans: (start, end, entity) in characters; end is past the last.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]


_SLOT = re.compile(r"\{(\w+)\}")
_LABELLED = frozenset({
    "email", "phone", "iban", "payment_card", "us_ssn", "ip_address", "street_address", "person_name"
})  # fmt: skip


def _mail(random: Random, culture: Culture) -> str:
    given, family = plain_ascii(culture.given(random)), plain_ascii(random.choice(culture.family))
    local = random.choice(
        (f"{given}.{family}", f"{given[0]}{family}", f"{given}_{random.randint(1, 99)}", f"{given}+x@")
    )
    domain = random.choice((*culture.domains, f"mail.{family}.co.uk", f"{family}.museum"))
    return f"{local.rstrip('@')}@{domain}"


def _ssn(random: Random) -> str:
    number, style = identifiers.ssn(random), random.random()
    return number.replace("-", " ") if style < 0.08 else number.replace("-", "") if style < 0.13 else number


def _ip(random: Random) -> str:
    if random.random() < 0.25:
        return f"2001:db8:{random.randrange(65536):x}::{random.randrange(1, 65536):x}"
    return f"{random.randint(11, 223)}." + ".".join(str(random.randrange(256)) for _ in range(3))


def _fillers(random: Random, culture: Culture) -> dict[str, Callable[[], str]]:
    who = WORLD if random.random() < 0.1 and culture.locale not in {"ja_JP", "uk_UA"} else culture
    spaced = random.random() < 0.5

    def grouped(number: str) -> str:
        return identifiers.grouped(number) if spaced else number

    return {
        "email": lambda: _mail(random, culture),
        "phone": lambda: identifiers.phone(random, culture.region),
        "person_name": lambda: who.full(random),
        "street_address": lambda: (
            culture.street(random)
            + (f", {culture.postal(random)} {random.choice(culture.cities)}" if random.random() < 0.3 else "")
        ),
        "iban": lambda: grouped(identifiers.iban(random, culture.region)),
        "payment_card": lambda: grouped(identifiers.card(random)),
        "us_ssn": lambda: _ssn(random),
        "ip_address": lambda: _ip(random),
        "order": lambda: filled(random.choice(("#00000", "2023-#0000", "PO#000000", "#000000000", "A-#000-@")), random),
        "date": lambda: filled(random.choice(("0#.0#.2023", "2023-0#-1#", "1#/0#/2022")), random),
        "amount": lambda: filled(random.choice(("#00.00 EUR", "$#,000.00", "#0,50 \u20ac")), random),
        "version": lambda: filled("#.0.#0", random),
        "wrong_card": lambda: identifiers.wrong_card(random),
        "wrong_iban": lambda: identifiers.wrong_iban(random),
        "isbn": lambda: identifiers.isbn13(random),
        "number": lambda: str(random.randint(10, 9999)),
        "hash": lambda: random.randbytes(8).hex(),
    }


def made_up(count: int, seed: int) -> list[LabelledText]:
    """So many texts, from a line to some paragraphs, one in four without an entity; each seed makes its own.

    Args:
        count: of texts. seed: any whole number.
    """
    random = Random(f"scan texts {seed}")
    told: dict[str, list[str]] = read("texts")["forms"]
    calm: list[str] = read("texts")["calm"]
    cultures = list(CULTURES.values())
    texts = []
    for number in range(count):
        culture = cultures[number % len(cultures)]
        fillers = _fillers(random, culture)
        own = told[culture.language]
        personal = 0 if random.random() < 0.25 else random.randint(1, 3)
        forms = [random.choice(own if random.random() < 0.75 else told["en"]) for _ in range(personal)]
        forms += random.choices(calm, k=random.choice((0, 1, 2, 12)) or (1 if not personal else 0))
        random.shuffle(forms)
        text, spans = "", []
        for form in forms:
            text += (
                random.choice(("", "", " ", "\n", "\u2022 ", "\U0001f4e6 "))
                if not text
                else random.choice((" ", " ", "\n", "\n\n"))
            )
            place = 0
            for slot in _SLOT.finditer(form):
                value = fillers[slot[1]]()
                text += form[place : slot.start()]
                if slot[1] in _LABELLED:
                    spans.append((len(text), len(text) + len(value), slot[1]))
                text += value
                place = slot.end()
            text += form[place:]
        texts.append(LabelledText(text, tuple(spans)))
    return texts


def presidio(folder: Path) -> list[LabelledText]:
    """The 1,500 texts of presidio-research's synthetic data set, with its own names of entities; none where it is absent."""
    path = folder / "synth_dataset_v2.json"
    if not path.is_file():
        return []
    return [
        LabelledText(
            each["full_text"],
            tuple((span["start_position"], span["end_position"], span["entity_type"]) for span in each["spans"]),
        )
        for each in json.loads(path.read_text("utf-8"))
    ]
