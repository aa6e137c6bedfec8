"""Street addresses: a house number and a street."""

from __future__ import annotations

from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words

__all__ = ["StreetAddress"]

_NUMBER = r"[0-9]{1,6}(?:[ \-/]?[0-9]{0,4}[A-Za-z]?)?"
_WORDS = r"(?:[\p{L}\p{N}.'\x{2019}\-]+ ){1,4}"
_ENGLISH = (
    r"(?:alley|ave|avenue|blvd|boulevard|bypass|circle|cir|close|court|ct|crescent|cres|drive|dr|freeway|gardens|grove|"
    r"highway|hwy|lane|ln|loop|manor|mews|parade|parkway|pkwy|place|pl|plaza|quay|road|rd|row|square|sq|street|st|terrace|"
    r"trail|turnpike|walk|way)\.?"
)
_TAIL = (
    r"(?:,? ?(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?|"
    r"(?:apt|flat|suite|unit|floor|fl|#)\.? ?[\p{L}\p{N}\-]+))*"
)
_GERMANIC = (
    r"[\p{L}.'\x{2019} \-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm|ufer|chaussee|straat|laan|plein|gracht|"
    r"kade|dijk|gatan|vägen|veien|vej|gade|gaten|katu|tie)"
)
_FRENCH = r"(?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|cours|route|passage|square|faubourg)"
_SOUTHERN = (
    r"(?:calle|c/|avenida|avda\.?|av\.?|plaza|paseo|carrera|camino|carretera|ronda|via|viale|piazza|corso|largo|vicolo|"
    r"rua|r\.|travessa|praça|estrada|alameda)"
)
_PROPER = r"\p{Lu}[\p{L}'\x{2019}\-]+"
_SPELLED = (
    r"Street|Avenue|Boulevard|Road|Lane|Drive|Parkway|Highway|Terrace|Crescent|St\.?|Ave\.?|Blvd\.?|Rd\.?|Ln\.?|Dr\."
)
_POLISH = r"(?:ul\.|ulica|al\.|aleja|pl\.|plac|os\.|osiedle)"


class StreetAddress(Detector):
    """A street with a house number, in English, Germanic, French, Southern European or Polish order."""

    title: ClassVar[str] = "Street address"
    taxonomy = ("HIPAA: geographic subdivisions smaller than a state", "GDPR art. 4(1): location data")
    identifying = True
    patterns = (
        rf"(?i:{_NUMBER},? {_WORDS}{_ENGLISH}{_TAIL})",
        rf"(?i:{_GERMANIC},? {_NUMBER})",
        rf"(?i:{_NUMBER},? ?(?:(?:bis|ter),? )?{_FRENCH} [\p{{L}}.'\x{{2019}} \-]+)",
        rf"(?i:{_SOUTHERN} [\p{{L}}.'\x{{2019}}º \-]+,? (?:n[.º°]* ?)?{_NUMBER})",
        rf"(?i:{_POLISH} ?[\p{{L}}.'\x{{2019}} \-]+ {_NUMBER})",
    )
    chance = 0.01
    in_text = True
    text_patterns = (
        rf"[0-9]{{1,5}}[A-Za-z]? (?:{_PROPER} ){{1,3}}(?:{_SPELLED})",
        r"\p{Lu}[\p{L}.\-]*(?:straße|strasse|gasse|weg|platz|allee|straat|gracht|gatan|vägen|vej|gade|katu) [0-9]{1,4}",
        rf"[0-9]{{1,4}},? (?:rue|boulevard|impasse) (?:d[eu]s? |de la |de l['\x{{2019}}]|d['\x{{2019}}])?{_PROPER}",
        rf"(?:Calle|Rua|Via|Avenida|Viale|Piazza) (?:d\p{{L}}{{1,3}} )?{_PROPER},? (?:n[.º°]* ?)?[0-9]{{1,4}}",
        rf"ul\. ?{_PROPER} [0-9]{{1,4}}",
    )
    tokens: ClassVar[Words] = {
        "en": ("address", "addr", "street", "street address", "address line", "mailing address", "street name",
               "house number", "house no"),
        "de": ("adresse", "anschrift", "straße", "hausnummer"),
        "fr": ("adresse", "rue", "voie"),
        "es": ("dirección", "domicilio", "calle"),
        "it": ("indirizzo", "residenza"),
        "pt": ("endereço", "morada", "rua", "logradouro"),
        "nl": ("adres", "straat", "huisnummer"),
        "pl": ("adres", "ulica"),
    }  # fmt: skip
    negative = frozenset({
        "bitcoin", "blockchain", "btc", "contract", "electronique", "email", "eth", "ip", "mac", "mail", "memory",
        "network", "remote", "url", "wallet", "web",
    })  # fmt: skip
    names_suffice = True
    examples = (
        "1692 Ede Loop",
        "12 High Street, Apt 4",
        "Theodor-Heuss-Straße 34",
        "8, rue Hanovre",
        "Av. Paulista, 2022",
        "ul. Długa 7",
    )
    counterexamples = ("Main Street", "42", "12 Angry Men", "Route 66", "2001: A Space Odyssey", "10 of 12 shipped")
    proposes: ClassVar[tuple[Any, ...]] = ({"fake": {"as": "street_address"}}, {"token": {}}, "null")
