"""Family names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words
from anon_assets.gazetteer import alike

__all__ = ["LastName"]


class LastName(Detector):
    """One to four words that are family names or spelled like them, with particles; the column as a whole decides."""

    title: ClassVar[str] = "Family name"
    taxonomy = ("HIPAA: names", "GDPR art. 4(1): name")
    patterns = (r"\p{L}[\p{L}\p{M}'\x{2019}\-]*\.?(?: \p{L}[\p{L}\p{M}'\x{2019}\-]*\.?){0,3}",)
    chance = 0.05
    tokens: ClassVar[Words] = {
        "en": ("last name", "surname", "family name", "lname", "second name"),
        "de": ("nachname", "familienname", "zuname"),
        "fr": ("nom de famille", "nom patronymique", "nom usuel"),
        "es": ("apellido", "apellidos", "primer apellido", "segundo apellido"),
        "it": ("cognome",),
        "pt": ("sobrenome", "apelido", "último nome"),
        "nl": ("achternaam", "familienaam", "tussenvoegsel"),
        "pl": ("nazwisko",),
    }
    names_suffice = True
    examples = ("Schneider", "GARCIA", "van der Berg", "Smith-Jones", "O'Brien")
    counterexamples = ("Warehouse", "Comedy", "Smith7", "Academy Dinosaur")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "last_name"}}, {"token": {}}, "null")

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The values together are more like family names than like anything else, and this one is, too."""
        return [bool(each) for each in alike("family", values)]
