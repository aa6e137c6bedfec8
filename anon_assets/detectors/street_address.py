"""Street addresses: a house number and a street."""

# ruff: noqa: RUF001 -- words of languages that write them so

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from anon_assets.contracts.detector import Detector, Words
from anon_assets.gazetteer import common_words, fold, vocabulary

__all__ = ["StreetAddress"]

_BEYOND = r"\x{C0}-\x{24F}\x{370}-\x{1FFF}"
_LETTER = rf"[A-Za-z{_BEYOND}'\x{{2019}}.\-]"
_CAPITAL = rf"[A-Z{_BEYOND}]"
_NUMBER = r"(?:[0-9]{1,5}(?:[A-Za-z]| [A-Z])?(?: ?[/\-] ?[0-9]{1,4}(?:[A-Za-z]| [A-Z])?)?|[Ss]/[Nn])"
_SUFFIXES = sorted(vocabulary("street_words"))
_SPELLED = "|".join(
    sorted({word.capitalize() for word in _SUFFIXES} | {"St\\.", "Ave\\.", "Blvd\\.", "Rd\\.", "Ln\\.", "Dr\\."})
)
_DIRECTION = r"(?: (?:[NSEW]|N[EW]|S[EW]|North|South|East|West)\.?)?"
_UNIT = (
    r"(?:,? ?\n? {0,4}(?:(?:- )?(?i:lgh|apt|apartment|flat|suite|ste|unit|floor|room|rm|bldg|piano|piso|puerta|appart"
    r"amento|interno|apto|bloco|"
    r"wohnung|whg|appt|edif|depto|int|bus|box|lok|bl|sc|ap|dept|кв|стр|daire|kat)\.? ?(?:[0-9]{1,4}|[A-Za-z0-9\-]{1,3})\b"
    r"|#[0-9A-Za-z]{1,5})){0,3}"
).replace(r"\b", "")
_TOWN = (
    rf"(?:,? ?\n? {{0,4}}(?:(?:[A-Z]{{1,2}}-)?[0-9]{{4,5}}(?:-[0-9]{{3}})?|[0-9]{{2}}-[0-9]{{3}}|[0-9]{{3}}"
    rf" [0-9]{{2}}|[0-9]{{4}} [A-Z]{{2}})"
    rf" {_CAPITAL}{_LETTER}+(?: {_CAPITAL}{_LETTER}+){{0,2}}"
    rf"|,? ?\n? {{0,4}}{_CAPITAL}{_LETTER}+(?: {_CAPITAL}{_LETTER}+){{0,2}},? [A-Z]{{2}} [0-9]{{5}}(?:-[0-9]{{4}})?"
    rf"|,? ?\n? {{0,4}}{_CAPITAL}{_LETTER}+,? [A-Z]{{1,2}}[0-9][A-Z0-9]? [0-9][A-Z]{{2}})?"
)
_ENDS = (
    "straße|strasse|str\\.|straat|laan|gracht|plein|kade|dijk|singel|dreef|steeg|gasse|weg|platz|allee|allé|allén|"
    "damm|ufer|chaussee|"
    "ring|steig|stieg|pfad|graben|zeile|gatan|gränd|vägen|stigen|torget|backen|gade|vej|stræde|vænget|parken|torv|"
    "plads|bakken|toften|"
    "veien|vegen|gaten|gata|svingen|kroken|ringen|stien|tunet|haugen|åsen|berget|skogen|løkka|lia|katu|kuja|polku|"
    "kaari|väylä|raitti|"
    "promenaden|ova|ého|ská|way|rinne|tie|pad|hof|baan|burgwal|wal|park|berg|markt|boulevard|kamp|rain"
)
_SPACED = (
    "Straße|Strasse|Str\\.|Weg|Platz|Allee|Gasse|Ring|Ufer|Damm|Chaussee|Steig|Markt|Straat|Laan|Plein|Gracht|Kade|"
    "Dijk|Singel|Vej|"
    "Gade|Allé|Gate|Vei|Gatan|Väg|Utca|utca|út|tér|u\\.|körút|köz|tie|katu|kuja|polku|ulice|nábřeží|Sokak|Sokağı|"
    "Sk\\.|Caddesi|Cad\\.|"
    "Cd\\.|Bulvarı|cesta|ulica|trg|gatve|iela|tänav|tee"
)
_BEFORE = (
    "Calle|C/|C\\.|Avenida|Avda\\.?|Av\\.?|Plaza|Pl\\.|Paseo|Pº|Carrera|Camino|Carretera|Ctra\\.|Ronda|Rambla|Alameda|Callejón|"
    "Cuesta|Glorieta|Pasaje|Urbanización|Vial|Via|Acceso|Cañada|Pasadizo|Calzada|Boulevard|Prolongación|Ampliación|"
    "Privada|Cerrada|"
    "Diagonal|Eje vial|Circuito|Corredor|Peatonal|Periférico|Retorno|Viaducto|Andador|Circunvalación|Viale|Piazza|Piazzale|"
    "Corso|Largo|Vicolo|Strada|Contrada|Borgo|Canale|Incrocio|Rotonda|Stretto|Rua|R\\.|Travessa|Praça|Estrada|"
    "Rodovia|Trecho|Viela|"
    "Vila|Morro|Loteamento|Ladeira|Setor|Sítio|Vereda|Esplanada|Favela|Feira|Fazenda|Conjunto|Condomínio|Colônia|Chácara|Campo|"
    "Aeroporto|Área|Distrito|Estação|Jardim|Lago|Lagoa|Núcleo|Parque|Passarela|Pátio|Quadra|Recanto|Residencial|Trevo|Vale|Via|"
    "ul\\.|ulica|Ulica|al\\.|aleja|Aleja|pl\\.|plac|Plac|os\\.|osiedle|Rondo|Strada|Str\\.|Aleea|Bulevardul|Bd\\.|"
    "Șoseaua|Calea|"
    "Intrarea|Jalan|Jl\\.|Gang|Gg\\.|Οδός|Λεωφόρος|ул\\.|улица|пр\\.|просп\\.|проспект|пер\\.|переулок|наб\\.|ш\\.|"
    "шоссе|б-р|бул\\.|"
    "алл\\.|аллея|пл\\.|площадь|бульвар|пров\\.|вулиця|вул\\.|проспект|провулок|набережна|площа|"
    "Aan de|Op de|Náměstí|nám\\.|tř\\.|Třída|třída"
)
_FRENCH = (
    "rue|avenue|av\\.|boulevard|bd|bd\\.|boul\\.|place|chemin|allée|impasse|quai|cours|route|passage|square|"
    "faubourg|ruelle|sentier|"
    "villa|voie|esplanade|montée|rond-point|promenade|venelle|cité"
)
_SMALL = (
    r"(?:d[eaious]s?|de la|de l['\x{2019}]|d['\x{2019}]|del|della|dei|degli|dos?|das?|von|van|der|den|ter|la|le|les|el|los|las|"
    r"y|e|i|im|am|an)"
)
_WORD = rf"(?:{_SMALL} ?){{0,2}}(?:{_CAPITAL}{_LETTER}*|[0-9]{{1,2}}[.ªº]?)"
_WORDS = rf"{_WORD}(?: {_WORD}){{0,4}}"
_STREETS = (
    # 12 High Street, 350 Fifth Avenue
    rf"[0-9]{{1,6}}[A-Za-z]?(?:-[0-9]{{1,4}})?,?(?: [NSEW]\.?| North| South| East| West)?"
    rf"(?: (?:{_CAPITAL}{_LETTER}*|[0-9]{{1,3}}(?:st|nd|rd|th))){{1,4}} (?:{_SPELLED}){_DIRECTION}"
    rf"|[0-9]{{1,5}}[A-Za-z]? {_CAPITAL}[A-Za-z]*way"  # 1934 Broadway
    # Hauptstr. 5a
    rf"|(?:{_CAPITAL}{_LETTER}* (?:(?:van|van der|van de|van den|de|den|von|von der|der|zum|zur) )?){{0,3}}"
    rf"{_CAPITAL}{_LETTER}*(?:{_ENDS}),? {_NUMBER}"
    # Theodor-Heuss-Straße 34
    rf"|{_CAPITAL}{_LETTER}*(?:[ \-]{_CAPITAL}{_LETTER}*){{0,3}}[ \-](?:{_SPACED}),? (?:[Nn]o\.? ?:? ?)?{_NUMBER}\.?"
    # 8 bis, rue de la Paix
    rf"|[0-9]{{1,4}} ?(?:bis|ter|[A-D])?,? ?(?i:{_FRENCH}) (?:{_SMALL} ?){{0,2}}{_CAPITAL}{_LETTER}*"
    rf"(?:[ \-](?:{_SMALL} ?){{0,2}}{_CAPITAL}{_LETTER}*){{0,4}}"
    # Calle Mayor 15, ul. Długa 7
    rf"|(?:{_BEFORE}|(?i:rue|avenue|boulevard|via|viale|rua)) ?{_WORDS},? (?:(?:n[.º°ro]*|nr\.?|No\.?|д\.|буд\.|№) ?)?{_NUMBER}"
    # 10, via Garibaldi
    rf"|[0-9]{{1,5}},? (?i:via|viale|piazza|calle|avenida|rua|travessa|ulica) {_WORDS}(?: [0-9]{{1,4}})?"
)
_TEXT = (
    rf"(?:{_STREETS}){_UNIT}{_TOWN}",
    (
        r"(?i:p\.? ?o\.? box|postfach|boîte postale|apartado(?: de correos)?|casella postale|caixa postal|postbus)"
        r" [0-9]{1,6}"
    ),
    r"(?:PSC [0-9]{3,4}, Box|Unit [0-9]{4} Box) [0-9]{4}(?:,?\n? ?(?:APO|FPO|DPO) (?:AA|AE|AP) [0-9]{5})?",
    r"\p{Han}{2,12}(?:路|街|巷|道)[0-9]{1,4}号?",
    (
        r"[\p{Han}\p{Hiragana}\p{Katakana}ー]{2,14}[0-9]{1,2}(?:丁目|番地?|-[0-9]{1,3})(?:-?[0-9]{1,3}(?:番|号)?){0,3}"
        r"(?: ?[\p{Han}\p{Hiragana}\p{Katakana}ー]+ ?[0-9]{0,4})?"
    ),
    (
        r"(?:\p{Hangul}{2,8} ){1,4}\p{Hangul}{1,8}[0-9]{0,3}(?:로|길|거리)(?:[0-9]{0,3}(?:길|로))? "
        r"(?:지하)?[0-9]{1,4}(?:-[0-9]{1,4})?"
    ),
)  # fmt: skip
_ENGLISH = (
    rf"(?i:(?:(?:flat|studio|unit|apartment|suite) [0-9]{{1,4}}[a-z]?,? ?\n?)?{_NUMBER},? "
    rf"(?:{_LETTER}+ |[0-9]{{1,3}}[a-z]{{0,2}} ){{1,4}}(?:{'|'.join(_SUFFIXES)})\.?{_DIRECTION})"
)
_ANY = r"[^@|<>{}=\\_\t;!?*]"
_LOOSE = (
    rf"{_ANY}{{0,60}}[A-Za-z\x{{80}}-\x{{10FFFF}}]{{2}}{_ANY}{{0,60}}[0-9]{_ANY}{{0,60}}",
    rf"{_ANY}{{0,20}}[0-9]{_ANY}{{0,60}}[A-Za-z\x{{80}}-\x{{10FFFF}}]{{2}}{_ANY}{{0,60}}",
)  # a word and a number in either order; what they are is for ``valid`` to say
_WEAK = re.compile(
    r"[^\W\d_][^\d]*,? (?:(?:n[.º°]*|nr\.?|no\.?) ?)?[0-9]{1,5} ?[a-z]?(?: ?[/-] ?[0-9]{1,4} ?[a-z]?)?|"
    r"[0-9]{1,5}[a-z]?(?:[/-][0-9]{1,4})?,? [^\d]+",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[0-9]+")
_MANY = 12  # distinct values from which a column of plain words with numbers may be streets
_VARIED = 0.6  # share of distinct names among them, and of distinct numbers
_LETTERS = 4  # of a street's name, on average


@cache
def _strict() -> Any:
    import re2

    options = re2.Options()
    options.max_mem = 64 << 20
    shapes = "|".join(f"(?:{shape})" for shape in (*_TEXT, _ENGLISH + _UNIT + _TOWN, *_CELLS))
    return re2.compile(f"(?:{shapes})", options)


_CELLS = (
    (
        rf"(?i:[A-Za-z{_BEYOND}.'\x{{2019}} \-]*(?:{_ENDS}),? {_NUMBER}"
        rf"|{_NUMBER},? ?(?:(?:bis|ter),? )?(?:{_FRENCH}) [A-Za-z{_BEYOND}.'\x{{2019}} \-]+"
        rf"|(?:{_BEFORE}) ?[A-Za-z{_BEYOND}0-9.'\x{{2019}}º \-]+,? (?:(?:n[.º°ro]*|nr\.?|д\.|буд\.) ?)?{_NUMBER}\.?"
        rf"|[A-Za-z{_BEYOND}0-9.'\x{{2019}} \-]+ (?:{_SPACED}),? (?:no\.? ?:? ?)?{_NUMBER}\.?){_UNIT}{_TOWN}"
    ),
)


class StreetAddress(Detector):
    """A street with a house number, in the order of its country, with unit, postal code and town where they follow.

    A plain word with a number (*Dlouhá 12*) is an address only in a column of many of them, each another word that is no
    word of a language, with another number.
    """

    title: ClassVar[str] = "Street address"
    taxonomy = ("HIPAA: geographic subdivisions smaller than a state", "GDPR art. 4(1): location data")
    identifying = True
    patterns = (*_LOOSE, r"[Cc]alle [^0-9]{2,40}, [Ss]/[Nn]")
    chance = 0.01
    in_text = True
    wordy = True
    text_patterns = _TEXT
    tokens: ClassVar[Words] = {
        "en": ("address", "addr", "street", "street address", "address line", "mailing address", "street name",
               "house number", "house no", "home address", "billing address", "shipping address"),
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

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """A street with its kind; plain words with numbers where the whole column is made of varied ones."""
        strict = [_strict().fullmatch(value) is not None and not _quantity(value) for value in values]
        loose = [value for value, sure in zip(values, strict, strict=True) if not sure]
        if len(loose) < _MANY or not _streets(loose):
            return strict
        return [True] * len(values)


def _quantity(value: str) -> bool:
    """Every word beside the number is small: ``10 of 12``, ``50 ways``."""
    return value.islower() and value[0].isdigit() and value.count(" ") < 2


def _streets(values: Sequence[str]) -> bool:
    """Words with numbers that vary like the streets of a country, not like rooms, versions or models."""
    names = [" ".join(_PARTS.sub(" ", fold(value)).split()) for value in values]
    if sum(_WEAK.match(value) is not None for value in values) < 0.9 * len(values):
        return False
    numbers = [int(match.group()) for value in values if (match := _PARTS.search(value))]
    words = sorted({word for name in names for word in name.split() if len(word) > 2})
    if sum(map(len, names)) < _LETTERS * len(names):
        return False
    if len(set(names)) < _VARIED * len(names) or len(set(numbers)) < _VARIED * min(len(numbers), 40):
        return False
    return len(common_words().holds(words)) < 0.3 * max(1, len(words))
