"""Pay and income."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Tier, Words

__all__ = ["Salary"]


class Salary(Detector):
    """An amount in a column named for pay. An amount alone says nothing."""

    title: ClassVar[str] = "Salary or income"
    tier: ClassVar[Tier] = "sensitive"
    taxonomy = ("GDPR art. 4(1): economic identity",)
    patterns = (r"(?:[$€£¥]|[A-Z]{3})? ?[0-9][0-9.,' ]*(?:k|K)?(?: ?(?:[$€£¥]|[A-Z]{3}))?",)
    chance = 1.0
    tokens: ClassVar[Words] = {
        "en": ("base pay", "remuneration",
               "salary", "wage", "income", "hourly rate", "compensation", "net pay", "gross pay", "pay rate",
               "bonus"),
        "de": ("gehalt", "lohn", "einkommen", "brutto gehalt", "vergütung", "monatslohn"),
        "fr": ("salaire", "rémunération", "revenu", "paie"),
        "es": ("salario", "sueldo", "nómina", "ingresos"),
        "it": ("stipendio", "salario", "reddito", "retribuzione"),
        "pt": ("remuneração", "salario", "ordenado", "renda", "rendimento", "vencimento"),
        "nl": ("salaris", "loon", "inkomen"),
        "pl": ("pensja", "wynagrodzenie", "dochód", "zarobki"),
    }  # fmt: skip
    negative = frozenset({"account", "band", "class", "currency", "grade", "month", "period", "statement", "tax"})
    types: ClassVar[frozenset[LogicalType]] = frozenset({"integer", "decimal", "float", "text"})
    names_suffice = True
    examples = ("52000", "€ 52.000,00", "52,000 USD", "52k")
    counterexamples = ("negotiable", "", "A13")
    proposes: ClassVar[tuple[Any, ...]] = ({"noise": {"ratio": 0.1}}, {"token": {}}, "null")
