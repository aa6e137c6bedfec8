"""Telephone and fax numbers. The file is long because the forms and what each of them proves belong together."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from anon_assets.columns import LogicalType
from anon_assets.contracts.detector import Detector, Words

__all__ = ["Phone"]

_S = r"[ .\-\x{00A0}\x{2010}\x{2011}]"
_EXT = r"(?:,? ?(?:x|[Ee]xt\.?|#) ?[0-9]{1,6})?"
_PLUS = rf"\(?(?:\+|00) ?[1-9][0-9]{{0,2}}\)?(?:(?:{_S}|/){{0,2}}\(?[0-9]{{1,5}}\)?){{2,8}}"
_AMERICAN = rf"(?:(?:\+|00)?1{_S}?)?(?:\([0-9]{{3}}\){_S}?|[0-9]{{3}}{_S})[0-9]{{3}}{_S}[0-9]{{4}}"
_TRUNK = rf"\(?0[0-9]{{1,4}}\)?(?:(?:{_S}|/){{0,3}}[0-9]{{2,8}}){{1,4}}"
_AREA = rf"\([1-9][0-9]{{1,3}}\){_S}?(?:[0-9]{{6,9}}|[0-9]{{2,5}}(?:{_S}[0-9]{{2,4}}){{1,3}})"
_RUSSIAN = rf"8{_S}?\(?[0-9]{{3}}\)?{_S}[0-9]{{3}}{_S}(?:[0-9]{{2}}{_S}[0-9]{{2}}|[0-9]{{4}})"
_GROUPS = rf"[1-9][0-9]{{1,4}}(?:{_S}[0-9]{{2,7}}){{1,4}}"

_EXTENSION = re.compile(r",? ?(?:x|[Ee]xt\.?|#) ?[0-9]{1,6}$")
_NANP = re.compile(r"(\+1|001|1)?[^0-9]*([0-9]{3})[^0-9]*([0-9]{3})[^0-9]+([0-9]{4})")
_OTHER = re.compile(
    r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{2}){1,2}"  # a date
    r"|(?:19|20)[0-9]{2}([./ -])[0-9]{1,2}\2[0-9]{1,2}(?:[ .\-][0-9]{2})*"
    r"|[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}"  # a US SSN
    r"|[0-9]{4}([ -])[0-9]{4}\3[0-9]{4}(?:\3[0-9]{4})?"  # a card, an Aadhaar
    r"|97[89][ -].+|(?:0|[1-9][0-9]*)\.[0-9]+|[0-9](?:[ .-]?0){6,}"
    r"|(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
)
_PAIRS = re.compile(r"[1-9][0-9](?:\.[0-9]{2}){3}")  # Danish and Norwegian numbers
_NOT_DIGIT = re.compile(r"[^0-9]")
_PROPER_DIGITS = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")
_EPOCH = re.compile(r"1[0-9]{9}|1[0-9]{12}(?:[0-9]{3})?")  # since 1970, in s, ms or µs
_DIALLED = re.compile(r"\(?00 ?[1-9]")
_RUN = re.compile(r"(?:\+|00)[0-9]+")
_RUSSIAN_FORM = re.compile(r"8[^0-9]{0,2}[0-9]{3}[^0-9]{1,2}[0-9]{3}[^0-9](?:[0-9]{2}[^0-9][0-9]{2}|[0-9]{4})")
_GROUPED = re.compile(r"[1-9][0-9]{1,4}(?:[^0-9][0-9]{2,7}){1,4}")
_OWN_FORM = re.compile(  # mobile numbers of Japan and Korea, Swedish numbers, a slash after the area code
    r"0[15789]0-[0-9]{4}-[0-9]{4}|0[0-9]{1,2}-[0-9]{2,3} [0-9]{2} [0-9]{2}|0[1-9][0-9]{1,4} ?/ ?[0-9][0-9 -]{4,9}"
)
_LAYOUTS = (  # written so in one country and hardly elsewhere
    (re.compile(r"[67][0-9]{2}(?:[^0-9][0-9]{2}){3}"), "ES"),
    (re.compile(r"1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}"), "CN"),
    (re.compile(r"[6-9][0-9]{4} [0-9]{5}"), "IN"),
    (re.compile(r"3[2-9][0-9] [0-9]{7}"), "IT"),
)
_WRITTEN = ("DE", "GB", "FR", "NL", "IT", "AU", "JP", "SE", "ZA", "TR", "IN", "KR", "CH", "BE", "RO")
"""Countries that write a 0 before national numbers."""

_CHANCE: dict[tuple[str, int, bool], float] = {
    ("US", 10, False): 0.35, ("US", 11, False): 0.03, ("GB", 10, False): 0.32, ("GB", 11, True): 0.28,
    ("FR", 10, True): 0.84, ("DE", 8, True): 0.69, ("DE", 9, True): 0.7, ("DE", 10, True): 0.7, ("DE", 11, True): 0.72,
    ("DE", 12, True): 0.73, ("ES", 9, False): 0.34, ("IT", 9, False): 0.1, ("IT", 10, False): 0.12,
    ("IT", 8, True): 0.68, ("IT", 9, True): 0.67, ("IT", 10, True): 0.68, ("IT", 11, True): 0.68,
    ("PT", 9, False): 0.15, ("NL", 9, False): 0.6, ("NL", 10, True): 0.53, ("PL", 9, False): 0.74,
    ("BR", 10, False): 0.37, ("BR", 11, False): 0.07, ("BR", 11, True): 0.33, ("MX", 10, False): 0.5,
    ("IN", 10, False): 0.71, ("IN", 11, True): 0.63, ("SE", 8, False): 0.62, ("SE", 8, True): 0.28,
    ("SE", 9, True): 0.54, ("SE", 10, True): 0.65, ("DK", 8, False): 0.76, ("NO", 8, False): 0.55,
    ("FI", 8, True): 0.68, ("FI", 9, True): 0.69, ("FI", 10, True): 0.71, ("CZ", 9, False): 0.45,
    ("CH", 9, False): 0.34, ("CH", 10, True): 0.32, ("BE", 8, False): 0.64, ("BE", 9, False): 0.06,
    ("BE", 9, True): 0.57, ("BE", 10, True): 0.05, ("AU", 9, False): 0.47, ("AU", 10, True): 0.41,
    ("JP", 10, True): 0.71, ("JP", 11, True): 0.06, ("ZA", 9, True): 0.04, ("ZA", 10, True): 0.68,
    ("KR", 9, False): 0.38, ("KR", 10, False): 0.28, ("KR", 9, True): 0.09, ("KR", 10, True): 0.34,
    ("KR", 11, True): 0.25, ("CN", 10, False): 0.42, ("CN", 11, False): 0.11, ("CN", 11, True): 0.38,
    ("TR", 10, False): 0.16, ("TR", 11, True): 0.14, ("RU", 10, False): 0.23, ("RU", 11, False): 0.02,
    ("GR", 10, False): 0.09, ("RO", 9, False): 0.22, ("RO", 10, True): 0.21, ("HU", 9, False): 0.08,
    ("UA", 9, False): 0.52, ("UA", 10, True): 0.48, ("AT", 9, True): 0.31, ("AT", 10, True): 0.33,
    ("AT", 11, True): 0.34, ("AT", 12, True): 0.33, ("AT", 13, True): 0.34, ("NZ", 8, False): 0.51,
    ("NZ", 9, False): 0.15, ("NZ", 10, False): 0.21, ("NZ", 9, True): 0.45, ("NZ", 10, True): 0.14,
    ("NZ", 11, True): 0.19, ("AR", 10, False): 0.04, ("AR", 11, True): 0.04, ("IE", 9, False): 0.41,
    ("IE", 10, True): 0.37, ("CO", 10, False): 0.03,
}  # fmt: skip
"""By country, digits and whether a 0 comes first: how many random digits of that form its plan allows, measured. Forms
that it allows nearly always (nine French digits, ten German ones, without the 0) are left out: they prove nothing."""

_ABROAD = 0.21  # the same for 7 to 15 digits as a country code with its number; eleven of them pass most often
_PROPER = 0.71  # of ten random digits that begin with 1 to 9: area and exchange both begin with 2 to 9
_SURE = math.log(1e6)  # a plan is believed when random digits would fit so well once in a million columns
_FEW, _SEVERAL = 5, 20  # numbers from which a class is judged as a whole; from which one layout tells
_CONSISTENT = 0.9
_MOST = 0.8  # of the other values that are phones: then plain digits among them are, too

_Form = Literal["abroad", "american", "trunk", "plain", "local", ""]


class Phone(Detector):
    """A number in a form that telephones have, judged by numbering plans and by what the other values look like.

    Three things are told apart. Forms that hardly anything else has (a plus or parentheses, an extension) count when a
    number of that length and beginning is possible; many numbers that people invent are not assigned, and are phones to
    whoever reads them. Plain forms (``030 901820``) count when a country's plan allows them. Bare digits and plain groups
    count only together: nearly all must fit one plan, much better than random digits would (39 % of ten random digits fit
    the American plan, 79 % the German one), and their beginnings must be spread, as those of running numbers are not.

    The chance rate is that of digits filled into a mix of American, trunk and international forms.
    """

    title: ClassVar[str] = "Telephone or fax number"
    taxonomy = ("HIPAA: telephone numbers", "HIPAA: fax numbers", "GDPR art. 4(1): identifier")
    identifying = True
    patterns = (
        *(f"(?:{each}){_EXT}" for each in (_PLUS, _AMERICAN, _TRUNK, _AREA, _RUSSIAN)),
        rf"(?:{_GROUPS}){_EXT}",
        "[0-9]{7,15}",
    )
    needs: ClassVar[str] = r"(?:[0-9][^0-9]*){5}"
    chance = 0.68
    in_text = True
    text_patterns = (
        rf"(?:\(\+[1-9][0-9]{{0,2}}\)|\+[1-9][0-9]{{0,2}}){_S}?(?:\(0?[0-9]{{0,4}}\))?(?:(?:{_S}|/)?[0-9]){{6,13}}{_EXT}",
        rf"(?:\+?1{_S}?|001{_S})?\([2-9][0-9]{{2}}\){_S}?[2-9][0-9]{{2}}{_S}[0-9]{{4}}{_EXT}",
        rf"(?:\+?1[.\-]|001[.\-])?[1-9][0-9]{{2}}[.\-][0-9]{{3}}[.\-][0-9]{{4}}{_EXT}",
        rf"[1-9][0-9]{{2}} [0-9]{{3}}-[0-9]{{4}}{_EXT}",
        rf"00[1-9][0-9]{{0,2}}{_S}(?:\(0\){_S}?)?[0-9]{{1,4}}(?:{_S}[0-9]{{2,8}}){{1,4}}",
        rf"\+[1-9][0-9]{{0,2}}{_S}?\([0-9]{{1,4}}\){_S}?[0-9]{{2,4}}(?:{_S}?[0-9]{{2,4}}){{1,3}}{_EXT}",
        rf"0[1-9](?:{_S}[0-9]{{2}}){{4}}",
        rf"\(0[1-9][0-9]{{0,4}}\){_S}?[0-9]{{3,8}}(?:{_S}[0-9]{{2,4}}){{0,3}}",
        rf"0[1-9][0-9]{{1,4}}(?:{_S}[0-9]{{2,4}}){{2,3}}",
        r"0[1-9][0-9]{1,4}(?: ?/ ?|[ \-])[0-9]{5,8}(?:-[0-9]{1,4})?",
        r"0[1-9][0-9]{0,2}-[0-9]{2,3} [0-9]{2,3} [0-9]{2}",
        r"0[1-9]-[0-9]{3,4}-[0-9]{4}|06[ \-][0-9]{8}|0[1-9] [0-9]{4} [0-9]{4}",
        rf"\([1-9][0-9]\) ?9?{_S}?[0-9]{{4}}[ \-][0-9]{{4}}",
        _RUSSIAN,
        rf"[67][0-9]{{2}}(?:{_S}[0-9]{{2}}){{3}}",
        r"[2-9][0-9](?:(?:-[0-9]{2}){3}|(?: [0-9]{2}){3})",
        r"1[3-9][0-9][ \-][0-9]{4}[ \-][0-9]{4}|[6-9][0-9]{4} [0-9]{5}|3[2-9][0-9] [0-9]{7}",
    )
    named_patterns = (
        rf"(?:\([0-9]{{1,5}}\)|[0-9]{{1,5}})(?:(?:{_S}|/|_){{1,2}}(?:\([0-9]{{2,8}}\)|[0-9]{{2,8}})){{1,4}}{_EXT}",
        "[0-9]{7,13}",
    )
    tokens: ClassVar[Words] = {
        "en": ("phone", "phone number", "telephone", "tel", "mobile", "mobile number", "cell", "cellphone", "fax",
               "msisdn", "landline", "whatsapp", "phone no", "call me at", "call me on", "call me back", "reach me at",
               "reached at", "reach me on", "ring me on", "text me at", "telephone number", "contact number",
               "answering at", "message me at", "my number is",
               "cell phone", "tel no", "telno", "call us at", "call us on"),
        "de": ("telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon",
               "rufnummer", "telefax", "faxnummer", "festnetz", "telefon nr", "erreichbar unter", "tel nr"),
        "fr": ("téléphone", "numéro de téléphone", "télécopie", "portable", "no de téléphone", "joignable au",
               "appelez moi au"),
        "es": ("teléfono", "móvil", "celular", "número de teléfono", "teléfono móvil", "llámame al", "llamar al"),
        "it": ("telefono", "cellulare", "numero di telefono", "chiamami al"),
        "pt": ("telefone", "telemóvel", "celular", "número de telefone", "ligue para"),
        "nl": ("telefoon", "telefoonnummer", "mobiel", "gsm", "bereikbaar op", "mobiele nummer"),
        "pl": ("telefon", "komórka", "numer telefonu", "nr telefonu", "telefon komórkowy"),
        "sv": ("telefonnummer", "mobilnummer"),
        "tr": ("cep telefonu", "telefon no"),
        "ja": ("denwa", "denwa bango"),
    }  # fmt: skip
    negative = frozenset({
        "order", "ticket", "invoice", "case", "serial", "batch", "tracking", "imei",
        "app", "brand", "call", "calls", "carrier", "code", "device", "extension", "line", "model", "os",
        "plan", "platform", "portal", "prefix", "provider", "screen", "version", "view",
    })  # fmt: skip
    types: ClassVar[frozenset[LogicalType]] = frozenset({"text", "integer", "decimal"})
    names_suffice = True
    examples = (
        "+1 (780) 428-9482",
        "+49 30 901820",
        "+442083661177",
        "030 901820",
        "(212) 736-5000",
        "212-736-5000 x12",
        "01 42 68 53 00",
        "(11) 98765-4321",
    )
    counterexamples = (
        "2024-01-31",
        "192.168.10.1",
        "1234567890",
        "12:30",
        "123-45-6789",
        "054-28-6917",
        "01/02/2003",
        "+1 000 000 0000",
        "3.14159",
        "4111 1111 1111 1111",
        "978-3-16-148410-0",
        "0000123456",
    )
    proposes: ClassVar[tuple[Any, ...]] = (
        {"fake": {"as": "phone"}},
        {"token": {}},
        "null",
        {"constant": {"value": 0}},
    )

    def valid(self, values: Sequence[str]) -> Sequence[bool]:
        """Each by its form and country's plan; bare digits, groups and invented numbers by all of them together.

        Numbering plans are those of libphonenumber (ITU-T E.164, the American NANP and national ones).
        """
        numbers = [_read(value) for value in values]
        accepted = [number.valid or number.strong for number in numbers]
        of: dict[_Form, list[int]] = {form: [] for form in ("abroad", "american", "trunk", "plain", "local", "")}
        for position, number in enumerate(numbers):
            of[number.form].append(position)
        for those in (of["abroad"], of["american"]):
            plausible = [position for position in those if numbers[position].plausible]
            if len(those) < _FEW or len(plausible) >= _CONSISTENT * len(those):
                _accept(accepted, plausible)
        if sum(numbers[position].marked for position in of["american"]) >= max(_FEW, len(of["american"]) / 4):
            _accept(accepted, of["american"])  # whoever writes parentheses and extensions writes phones
        plain = of["plain"]
        unproven = [position for position in of["american"] if not (accepted[position] and numbers[position].valid)]
        if len(unproven) >= _FEW and not all(accepted[position] for position in of["american"]):
            plain = plain + of["american"]  # three, three and four digits, but not American ones
        trunk = [position for position in of["trunk"] if not numbers[position].strong]
        if _in_one_layout([numbers[position] for position in trunk]):
            plain = plain + trunk
        rest = [accepted[position] for position in set(range(len(numbers))).difference(of[""], plain)]
        if len(rest) >= max(_FEW, len(plain) / 3) and sum(rest) >= _MOST * len(rest):
            _accept(accepted, (position for position in plain if 7 <= len(numbers[position].digits) <= 13))
        elif len(plain) < _FEW:
            _accept(accepted, (position for position in plain if numbers[position].plausible))
        else:
            one_plan = _together([numbers[position] for position in plain])
            for position, fits in zip(plain, one_plan, strict=True):
                american = numbers[position].form == "american" and accepted[position]
                accepted[position] = fits or american or numbers[position].strong
        return accepted


def _accept(accepted: list[bool], positions: Iterable[int]) -> None:
    for position in positions:
        accepted[position] = True


@dataclass(frozen=True, slots=True)
class _Number:
    """A value taken apart.

    Args:
        form: how it is written; empty for something else (a date, a card). digits: all of them, without an extension.
        valid: a plan allows it, and so much is enough. plausible: of a length and beginning that a plan has. strong:
            plausible, in a form that only phones have. marked: with parentheses, extension or prefix. layout: the value
            with every digit as 0.
    """

    form: _Form = ""
    digits: str = ""
    valid: bool = False
    plausible: bool = False
    strong: bool = False
    marked: bool = False
    layout: str = ""


def _read(value: str) -> _Number:
    number = _EXTENSION.sub("", value)
    digits = _NOT_DIGIT.sub("", number)
    other = _OTHER.fullmatch(number) and not _PAIRS.fullmatch(number)
    if not 7 <= len(digits) <= 16 or len(set(digits)) < 3 or other:
        return _Number()
    layout = re.sub("[0-9]", "0", number)
    marked = number != value or "(" in number
    if number.isdigit():
        assigned = len(digits) == 10 and _fits("US", digits)
        plausible = (
            assigned or (digits[0] == "0" and _written_at_home(digits)) or (len(digits) > 10 and _fits_abroad(digits))
        )
        return _Number("plain", digits, plausible=plausible, layout=layout)
    if (found := _NANP.fullmatch(number)) and (digits[0] != "0" or found[1]):
        proper = found[2][0] > "1" and found[3][0] > "1"
        valid = proper and _fits_abroad("1" + digits[-10:])
        marked = marked or bool(found[1])
        return _Number("american", digits[-10:], valid, proper, proper and marked, marked, layout)
    if "+" in number or _DIALLED.match(number):
        dialled = _NOT_DIGIT.sub("", number.replace("(0)", "")).removeprefix("00")
        possible = _possible_abroad(dialled)
        written = possible and not _RUN.fullmatch(number)
        return _Number("abroad", dialled, _fits_abroad(dialled), possible, written, marked, layout)
    return _read_national(number, digits, marked=marked, layout=layout)


def _read_national(number: str, digits: str, *, marked: bool, layout: str) -> _Number:
    if digits[0] == "0":
        plausible = 9 <= len(digits) <= 12 and digits[1] != "0"
        valid = _written_at_home(digits)
        written = bool(_OWN_FORM.fullmatch(number)) or (plausible and marked)
        return _Number("trunk", digits, valid, plausible, written, marked, layout)
    if marked or _RUSSIAN_FORM.fullmatch(number):
        return _Number("local", digits, plausible=True, strong=8 <= len(digits) <= 12, marked=marked, layout=layout)
    for shape, region in _LAYOUTS:
        if shape.fullmatch(number) and _fits(region, digits):
            return _Number("local", digits, True, True, layout=layout)
    if _GROUPED.fullmatch(number):
        return _Number("plain", digits, plausible=True, layout=layout)
    return _Number("local", digits, True, True, layout=layout)  # such a form is asked for behind a naming word only


def _in_one_layout(numbers: Sequence[_Number]) -> bool:
    """Many numbers with a 0 before, nearly all written alike: codes of another kind are, so that a plan must agree."""
    layouts = Counter(number.layout for number in numbers)
    return len(numbers) >= _SEVERAL and max(layouts.values()) >= _CONSISTENT * len(numbers)


def _together(numbers: Sequence[_Number]) -> list[bool]:
    """Which of these plain numbers fit the one plan that nearly all of them fit; none when there is no such plan."""
    texts = [number.digits for number in numbers]
    if sum(bool(_EPOCH.fullmatch(each)) for each in texts) > _CONSISTENT * len(texts):
        return [False] * len(texts)
    for region in _regions_of(texts):
        fits = [(region, len(each), each[0] == "0") in _CHANCE and _fits(region, each) for each in texts]
        chances = [_CHANCE.get((region, len(each), each[0] == "0"), 0.0) for each in texts]
        starts = [each.removeprefix(_prefix(region)) for each in texts]
        spread = _spread(starts, 4 if texts[0][0] != "0" else 1)
        if spread and _beyond_chance(fits, max(sum(chances) / len(chances), _by_beginning(region, numbers))):
            return fits
    abroad = [each.removeprefix("00") for each in texts]
    fits = [_fits_abroad(each) for each in abroad]
    if _beyond_chance(fits, _ABROAD) and _spread([each[len(_country(each)) :] for each in abroad], 2):
        return fits
    fits = [bool(_PROPER_DIGITS.fullmatch(each)) for each in texts]
    if _beyond_chance(fits, _PROPER, 0.97) and _spread(texts, 8):
        return fits
    return [False] * len(texts)


def _by_beginning(region: str, numbers: Sequence[_Number]) -> float:
    """Share of random digits that fit when they begin as bare ones of a column do that all begin alike; else 0."""
    prefix = _prefix(region)
    starts = Counter(number.digits.removeprefix(prefix)[:1] for number in numbers if number.layout.isdigit())
    if not starts or starts.most_common(1)[0][1] < 0.97 * len(numbers):
        return 0.0
    first, rolls = starts.most_common(1)[0][0], random.Random(0)  # noqa: S311 -- a measurement, nothing secret
    kept = [number.digits[: number.digits.index(first) + 1] for number in numbers if first in number.digits]
    tried = [
        begun + "".join(rolls.choices("0123456789", k=len(number.digits) - len(begun)))
        for begun, number in zip(kept, numbers, strict=False)
    ]
    return sum(_fits(region, each) for each in tried) / len(tried)


def _regions_of(texts: Sequence[str]) -> list[str]:
    """Countries of whose plan the first numbers are, so that most columns of other digits cost little."""
    forms = {(len(each), each[0] == "0") for each in texts}
    regions = dict.fromkeys(region for region, length, zero in _CHANCE if (length, zero) in forms)
    first = texts[:16]
    return [region for region in regions if sum(_fits(region, each) for each in first) >= 0.8 * len(first)]


def _beyond_chance(fits: Sequence[bool], chance: float, least: float = 0.9) -> bool:
    """Nearly all fit, and so many of as many random numbers hardly ever would (Chernoff's bound)."""
    share = min(sum(fits) / len(fits), 1 - 1e-9)
    if share < max(least, 1 - (1 - chance) / 5):
        return False
    chance = max(chance, 1e-3)
    distance = share * math.log(share / chance) + (1 - share) * math.log((1 - share) / (1 - chance))
    return len(fits) * distance >= _SURE


def _spread(starts: Sequence[str], least: int) -> bool:
    """Numbers begin in many ways, as running numbers, dates and clock times do not."""
    threes = Counter(start[:3] for start in starts)
    twos = {start[:2] for start in starts}
    return len(threes) >= 5 and len(twos) >= least and max(threes.values()) <= 0.6 * len(starts)


@cache
def _plan(region: str, code: int = 0) -> tuple[re.Pattern[str], frozenset[int], str]:
    """Of a country's plan: what its numbers look like, how long they may be, what is dialled before them at home."""
    import phonenumbers

    asked = phonenumbers.PhoneMetadata
    plan = asked.metadata_for_region_or_calling_code(code, region) if code else asked.metadata_for_region(region, None)
    if plan is None or plan.general_desc is None:
        return re.compile(r"[^\s\S]"), frozenset(), ""
    kinds = (
        plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.personal_number,
        plan.voip, plan.pager, plan.uan, plan.voicemail,
    )  # fmt: skip
    shapes = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    lengths = frozenset(plan.general_desc.possible_length)
    return re.compile("|".join(f"(?:{shape})" for shape in shapes)), lengths, plan.national_prefix or ""


def _prefix(region: str) -> str:
    return _plan(region)[2]


def _fits(region: str, digits: str, code: int = 0) -> bool:
    """The country's plan has this number, with or without what is dialled before it at home."""
    shape, _, prefix = _plan(region, code)
    return bool(
        shape.fullmatch(digits) or (prefix and digits.startswith(prefix) and shape.fullmatch(digits[len(prefix) :]))
    )


def _written_at_home(digits: str) -> bool:
    """A number with a 0 before that one of the larger plans has."""
    return digits[1] != "0" and any(
        (region, len(digits), True) in _CHANCE and _fits(region, digits) for region in _WRITTEN
    )


def _country(dialled: str) -> str:
    """The country code that an international number begins with; empty without one."""
    import phonenumbers

    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next((dialled[:size] for size in (1, 2, 3) if dialled[:size].isdigit() and int(dialled[:size]) in codes), "")


@cache
def _regions(country: str) -> tuple[str, ...]:
    import phonenumbers

    return tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(country)])


def _fits_abroad(dialled: str) -> bool:
    country = _country(dialled)
    rest = dialled[len(country) :]
    return bool(country) and any(_fits(region, rest, int(country)) for region in _regions(country))


def _possible_abroad(dialled: str) -> bool:
    """A country code and a number as long as one there may be; an American one begins as those do."""
    country = _country(dialled)
    rest = dialled[len(country) :]
    if country == "1":
        return bool(_PROPER_DIGITS.fullmatch(rest))
    return bool(country) and any(len(rest) in _plan(region, int(country))[1] for region in _regions(country))
