"""Postal codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["PostalCode"]


_LETTERED = tuple(
    re.compile(form)
    for form in (
        (
            r"GIR 0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKS-UW]|[A-HK-Y][0-9][ABEHMNPRV-Y]) "
            r"[0-9][ABD-HJLNP-UW-Z]{2}"
        ),
        r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] [0-9][ABCEGHJ-NPRSTV-Z][0-9]",
        r"[1-9][0-9]{3} ?(?:[A-RT-Z][A-Z]|S[BCE-RT-Z])",
        r"[ACDEFHKNPRTVWXY][0-9][0-9W] ?(?=[0-9]{0,3}[A-Z])[0-9ACDEFHKNPRTVWXY]{4}",
        r"(?:D|A|CH|F|I|E|NL|B|L|DK|S|SE|N|FIN|FI|PL|CZ|PT|LT|LV|EE|SI|SK|HR|RO|BG|MD)-[0-9]{4,6}(?:-[0-9]{3})?",
    )
)
"""United Kingdom (Royal Mail PAF), Canada, Netherlands, Ireland (Eircode), and codes with a country's mark."""
_GROUPED = tuple(
    re.compile(form)
    for form in (r"[0-9]{2}-[0-9]{3}", r"[0-9]{5}-[0-9]{3}", r"[1-9][0-9]{3}-[0-9]{3}", r"[0-9]{5}-[0-9]{4}")
)
"""Poland, Brazil, Portugal, USA (ZIP+4)."""
_MANY = 12  # distinct codes that groups of digits need to be proof
_SAME = 0.9  # share of values that keep to one form


class PostalCode(Detector):
    """A postal code with a form of its own (*SW1A 1AA*, *T5K 2N1*, *1016 GV*, *00-950*), or one by the column's name.

    Bare digits say nothing. What shows a column of codes is that nearly all its values keep to one country's form; the
    chance rate is that of random letters and digits in the British and the Canadian form.
    """

    title: ClassVar[str] = "Postal code"
    tier: ClassVar[Tier] = "quasi"
    taxonomy = ("HIPAA: ZIP codes", "GDPR art. 4(1): location data")
    patterns = (r"[A-Za-z]{0,3}[ \-]?[0-9][A-Za-z0-9 \-]{2,9}", r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}")
    chance = 0.5
    tokens: ClassVar[Words] = {
        "tr": ("posta kodu",),
        "sv": ("postnummer",),
        "fi": ("postinumero",),
        "cs": (
            "psč",
            "poštovní směrovací číslo",
        ),
        "en": ("postal code", "post code", "postcode", "zip code", "zip", "eircode"),
        "de": ("postleitzahl", "plz"),
        "fr": ("code postal",),
        "es": ("código postal",),
        "it": ("codice postale", "codice avviamento postale"),
        "pt": ("cep", "código postal"),
        "nl": ("postcode",),
        "pl": ("kod pocztowy",),
    }
    weak: ClassVar[Words] = {
        "en": ("postal",),
        "de": ("leitzahl",),
        "fr": ("cp",),
        "es": ("cp",),
        "it": ("cap",),
        "pt": ("cp",),
        "nl": ("pc",),
        "pl": ("kod",),
    }
    negative = frozenset({"archive", "file", "market", "max", "size"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer"})
    names_suffice = True
    examples = ("T5K 2N1", "12227-000", "SW1A 1AA", "D-70174", "1016 GV")
    counterexamples = ("Stuttgart", "12", "70174", "D5K 2U1", "2024/01/31", "")
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "postal_code"}},
        {"mask": {"first": 2}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A code in the form that nearly all values of the column keep to."""
        for form in _LETTERED + (_GROUPED if len(values) >= _MANY or len(values) == 1 else ()):
            fits = [form.fullmatch(value.upper()) is not None for value in values]
            if sum(fits) >= _SAME * len(fits):
                return fits
        lettered = [any(form.fullmatch(value.upper()) for form in _LETTERED) for value in values]
        grouped = [any(lettered) and any(form.fullmatch(value) for form in _GROUPED) for value in values]
        return [one or other for one, other in zip(lettered, grouped, strict=True)]
