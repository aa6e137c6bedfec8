"""Numbers of patients in hospitals and health insurance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["MedicalRecord"]

_LETTER, _EITHER = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
_MEDICARE = rf"[1-9]{_LETTER}{_EITHER}[0-9]-{_LETTER}{_EITHER}[0-9]-{_LETTER}{{2}}[0-9]{{2}}"
_MEDICARE_SHAPE = r"[A-Z0-9]{4}-[A-Z0-9]{3}-[A-Z0-9]{4}"
_LABELLED = r"(?:MRN|mrn|Mrn|PAT|EMR|EHR|UHID)[ \-:#/_]{0,2}[A-Z]{0,2}[0-9]{4,12}"


class MedicalRecord(Detector):
    """A number labelled in itself (``MRN-0048213``), a Medicare number, or what a word for patients' numbers speaks of.

    Hospitals number as they like, so that bare digits prove nothing. Medicare's eleven places (MBI) have letters and
    digits at fixed places: one random text in thousands of that grouping has them.
    """

    title: ClassVar[str] = "Medical record or health insurance number"
    tier: ClassVar[Tier] = "direct"
    taxonomy = ("HIPAA: medical record numbers", "HIPAA: health plan beneficiary numbers")
    identifying = True
    patterns = (_LABELLED, _MEDICARE_SHAPE)
    needs = "[0-9]{2}"
    chance = 0.01
    in_text = True
    text_patterns = (_LABELLED, _MEDICARE)
    named_patterns = (
        r"(?:[A-Z]{1,4}-?)?[0-9]{4,12}",
        r"[0-9]{1,4}(?:[\-.][0-9]{2,6}){1,3}",
        r"[0-9]{1,4}[A-Z]{1,2}[A-Z0-9]{5,8}",
    )
    tokens: ClassVar[Words] = {
        "en": ("mrn", "medical record number", "medical record no", "medical record", "health record number",
               "patient number", "patient no", "patient mrn", "chart number", "medicare number", "mbi",
               "health insurance number", "health plan number", "beneficiary number", "health card number"),
        "de": ("patientennummer", "patientennr", "krankenversichertennummer", "versichertennummer",
               "krankenversicherungsnummer", "krankenaktennummer", "kvnr"),
        "fr": ("numéro de dossier médical", "dossier médical", "numéro patient", "numéro de patient", "ipp"),
        "es": ("historia clínica", "número de historia clínica", "expediente médico", "número de paciente", "nhc"),
        "it": ("cartella clinica", "numero cartella clinica", "numero paziente", "tessera sanitaria"),
        "pt": ("prontuário", "número do prontuário", "processo clínico", "número de utente", "cartão sus"),
        "nl": ("patiëntnummer", "medisch dossiernummer", "zorgverzekeringsnummer"),
        "pl": ("numer pacjenta", "numer historii choroby", "numer kartoteki", "nr pacjenta"),
    }  # fmt: skip
    negative = frozenset({"department", "facility", "hospital", "plan", "provider", "system", "url", "visits"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = ("MRN-0048213", "MRN 4821345", "1EG4-TE5-MK73")
    counterexamples = ("0048213", "MRN", "1SG4-TE5-MK73", "ABCD-123-4567", "ORD-0048213")
    proposes: ClassVar[tuple[Any, ...]] = ({"fpe": {"as": "digits", "else": "token"}}, {"token": {}}, "null",
                                           {"constant": {"value": 0}})  # fmt: skip

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """The letters and digits of a Medicare number stand where they belong."""
        return [not re.fullmatch(_MEDICARE_SHAPE, value) or bool(re.fullmatch(_MEDICARE, value)) for value in values]
