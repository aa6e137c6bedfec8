"""Given names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words
from anon_assets.gazetteer import alike

__all__ = ["FirstName"]


class FirstName(Detector):
    """One to three words that are given names, or spelled like them; the column as a whole decides.

    One city in five is a given name, too, and so are flowers and months: a column of them is more like cities or words.
    """

    title: ClassVar[str] = "Given name"
    taxonomy = ("HIPAA: names", "GDPR art. 4(1): name")
    patterns = (r"\p{L}[\p{L}\p{M}'\x{2019}\-]*\.?(?: \p{L}[\p{L}\p{M}'\x{2019}\-]*\.?){0,2}",)
    chance = 0.05
    tokens: ClassVar[Words] = {
        "en": ("first name", "given name", "forename", "fname", "middle name", "nickname", "preferred name",
               "christian name", "given names"),
        "de": ("vorname", "vornamen", "rufname", "zweitname"),
        "fr": ("prénom", "prénoms", "deuxième prénom"),
        "es": ("nombre de pila", "primer nombre", "segundo nombre"),
        "it": ("nome di battesimo", "primo nome", "secondo nome"),
        "pt": ("primeiro nome", "nome próprio", "nome do meio"),
        "nl": ("voornaam", "voornamen", "roepnaam"),
        "pl": ("imię", "imiona", "drugie imię"),
    }  # fmt: skip
    names_suffice = True
    examples = ("Maria", "JENNIFER", "Jean-Pierre", "Anna Lena", "François")
    counterexamples = ("Warehouse", "Comedy", "Ada7", "New York", "maria@example.com")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "first_name"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The values together are more like given names than like anything else, and this one is, too."""
        return [bool(each) for each in alike("given", values)]
