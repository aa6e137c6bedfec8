"""What the values of a column are most like: given names, family names, full names, places, countries, jobs, or words.

Each kind is a generative model of short texts, word by word (``spelling.WordModel``); a column is the kind under which its
values together are most probable. So a word that is a name, a city and a flower at once is judged by its neighbours.
"""

# ruff: noqa: RUF001 -- words of languages that write them so

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np

from anon_assets.gazetteer.heads import JOB_HEAD
from anon_assets.gazetteer.lists import common_words, countries, family_names, given_names, occupations, places
from anon_assets.gazetteer.spelling import WordModel
from anon_assets.gazetteer.words import fold, name_words

__all__ = ["FIRMS", "PARTICLES", "TITLES", "Kind", "Scores", "alike"]

Kind = Literal["given", "family", "person", "place", "country", "job", "word", "firm"]
_KINDS: tuple[Kind, ...] = ("given", "family", "person", "place", "country", "job", "word", "firm")

PARTICLES = frozenset({
    "af", "al", "av", "bin", "bint", "ben", "d", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "des",
    "di", "do", "dos", "du", "e", "el", "het", "ibn", "in", "la", "las", "le", "les", "los", "mac", "op", "of", "st",
    "ten", "ter", "the", "t", "van", "vom", "von", "y", "zu", "zum", "zur",
})  # fmt: skip
"""Words between or before names, folded."""

TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "madam", "mister", "rev", "hon", "capt", "herr", "frau",
    "dipl", "ing", "univ", "mag", "hr", "fr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "sr", "sra", "srta",
    "don", "dona", "dott", "dottssa", "sig", "signor", "signora", "dhr", "mevr", "drs", "ir", "pan", "pani", "inz", "jr",
    "ii", "iii", "iv", "phd", "md", "dds", "dvm", "cpa", "esq", "bc", "mudr", "mgr", "judr", "bsc", "msc", "mba",
    "माननीय", "सम्मानसूचक", "श्री", "श्रीमती", "sayin", "bay", "bayan", "shri", "smt", "shrimati", "kumari", "haji",
    "hajji", "sheikh",
})  # fmt: skip
"""Titles and suffixes that go with a full name, folded and without points."""

FIRMS = re.compile(
    r"(?i)(?:^|[\s,])(?:inc|llc|ltd|limited|plc|corp|corporation|co|company|group|grupo|gruppo|groep|gruppe|gmbh|mbh|ag|kg|"
    r"kgaa|ohg|ug|e\.?v|gbr|stiftung|s\.?a\.?s?|s\.?r\.?l|s\.?a\.?r\.?l|s\.?p\.?a|s\.?l\.?u?|s\.?n\.?c|eurl|b\.?v|n\.?v|"
    r"vof|stichting|a[/.]?s|ab|oy|hb|asa|aps|ltda|lda|eireli|s\.?c\.?|sp\.? ?[zj]\.?(?: ?o\.?o)?|s\.r\.o|a\.s|pvt|pty|"
    r"holdings?|partners?|sons|brothers|bros|fils|frères|hijos|figli|söhne|zonen|associates|associati|asociados|"
    r"株式会社|有限会社|合同会社|有限公司|ооо|оао|зао|пао|ип|şti|tic|α\.?ε|ε\.?π\.?ε)\.?(?:$|[\s,&])|"
    r"株式会社|有限会社|有限公司|公司$|주식회사|\(주\)|^(?:ооо|ип|зао|оао|пао|rao|нпо) |"
    r"(?-i: (?:&|and|und|et|och|og|en|i|και|и|та|ve) [^\W\d_a-zа-яα-ω])"
)
"""Marks of the name of a firm."""

_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,6}")
_MADE_PLACE = re.compile(
    r"(?:north|south|east|west|new|port|lake|saint|st|sainte|san|santa|sankt|bad|sant|los|las|el|nova|novo|nueva|vieja|nuevo|"
    r"vila|villa|fort|mount|monte|alt|neu|nieder|ober|sint|velke|male|nowy|nowa|wielki|stary|stara|borgo|quarto|sesto|settimo|"
    r"г|д|с|п|к|ст|клх|пгт|пос|станица|хутір|місто|село|селище|tp|thanh pho|kota|kab) [^ ]{2,}(?: .*)?|"
    r"[^ ]{3,}(?:ville|town|ton|burgh?|boro(?:ugh)?|bury|mouth|port|shire|furt|haven|chester|stad|berg|dorf|hausen|heim|"
    r"stedt|holm|grad|polis|abad|pur|land|view|side|ford|borg|fjell|fjord|havn|hamn|sund|foss|haza|hida|varad|falva|boeuf)|"
    r".+[市县縣区區町村郡시군구]|.* (?:upon|sur|sous|les?|la|am|an der|a[an]? d[eo]n?|de minas|(?:do|da|de|das|dos) [^ ]+|"
    r"grande|verde|alegre|paulista|veneto|umbro|calabro|lido|salentino|terme|sardo|laziale|ligure|nell'emilia|"
    r"los (?:altos|bajos))(?: .*)?"
)
_MIDDLE = frozenset(
    {
        "sur",
        "sous",
        "les",
        "la",
        "upon",
        "under",
        "am",
        "an",
        "aan",
        "nad",
        "pod",
        "do",
        "da",
        "de",
        "dos",
        "das",
        "los",
    }
)
_FLOOR = -60.0
_OUTLIER = -6.0  # how far one value can speak against a kind
_SURE = 10.0  # natural logarithm of odds that the whole column must reach over each other kind of text
_CLOSE = 2.0  # over a related kind of name
_KNOWN, _LEAST_KNOWN = (
    0.4,
    0.12,
)  # share of values that must be listed words of the kind; the least beside clear spelling
_LEAD = 0.14  # share that one natural logarithm of odds over plain words, on the average value, stands for
_FIRMS = 0.12  # share of firms from which single names are short firms, too
_MARGIN = 8.0  # logarithm of the odds by which another kind may beat a value in a column whose kind is settled
_FULL = 2.0  # the same for full names, which hold enough words to tell
_FEW = 5  # values from which a column settles what single ones are


@cache
def _model(kind: str) -> WordModel:
    match kind:
        case "given":
            return WordModel(given_names())
        case "family":
            return WordModel(family_names())
        case "place":
            return WordModel(places())
        case "town":
            return WordModel(places(words=True))
        case "job":
            return WordModel(occupations(words=True))
        case _:
            return WordModel(common_words())


def _parted(text: str) -> list[str]:
    """The words of a value for the models: folded, without initials, the family name behind a comma put last."""
    before, comma, after = fold(text).partition(",")
    words = [*name_words(after), *name_words(before)] if comma else name_words(before)
    return [word for word in words if len(word) > 1 or word > "\u2e80"]


class Scores:
    """The logarithm of each word's probability under each model, looked up once per distinct word."""

    def __init__(self, words: Sequence[str]) -> None:
        self._at = {word: number for number, word in enumerate(words)}
        self._logs = {kind: _model(kind).log(words).tolist() for kind in ("given", "family", "word", "job", "town")}

    def of(self, kind: str, word: str) -> float:
        """Of one of the words."""
        return float(self._logs[kind][self._at[word]])

    def all(self, kind: str, words: Sequence[str]) -> float:
        """Of several in a row."""
        return sum(self.of(kind, word) for word in words)

    def family(self, word: str) -> float:
        """Of a word as part of a family name, particles included."""
        return max(self.of("family", word), -4.0 if word in PARTICLES else _FLOOR)


def _person(words: Sequence[str], scores: Scores) -> float:
    """Given names, then family names, parted where that is most probable; titles cost little and prove much."""
    core = [word for word in words if word not in TITLES] or list(words)
    bonus = 3.0 * (len(words) - len(core))
    if len(core) == 1:
        return max(scores.of("given", core[0]), scores.family(core[0])) - 3.0 + bonus
    given = [scores.of("given", word) for word in core]
    family = [scores.family(word) for word in core]
    best = max(sum(given[:cut]) + sum(family[cut:]) for cut in range(1, len(core)))
    turned = max(sum(family[:cut]) + sum(given[cut:]) for cut in range(1, len(core))) - 3.0
    return max(best, turned) + bonus


def _signs(text: str) -> float:
    """A name in Chinese, Japanese or Korean writing, without a space: family name of one to three signs, then given."""
    family, given = family_names(), given_names()
    for cut in (1, 2, 3):
        if text[:cut] in family and text[cut:] in given:
            return -8.0
    if len(text) <= 4 and (text[:1] in family or text[:2] in family):
        return -14.0
    return _FLOOR


def _likelihoods(texts: Sequence[str]) -> np.ndarray:
    """Logarithm of the probability of each value under each kind, values by kinds."""
    parted = [_parted(text) for text in texts]
    words = sorted({word for part in parted for word in part})
    scores = Scores(words)
    phrases = [" ".join(name_words(fold(text))) for text in texts]
    place = _model("place").log(phrases)
    lands, jobs = countries().weights(phrases).tolist(), occupations().weights(phrases).tolist()
    job_mass = occupations().total
    family_known = family_names().holds(words)
    found = np.full((len(texts), len(_KINDS)), _FLOOR * 2)
    for row, (text, part, land, work) in enumerate(zip(texts, parted, lands, jobs, strict=True)):
        if not part:
            continue
        word = scores.all("word", part)
        core = [each for each in part if each not in TITLES] or part
        given = scores.all("given", core)
        family = sum(scores.family(each) for each in core)
        person = _person(part, scores) if len(part) > 1 else _FLOOR
        if " " not in text:
            person -= 3.0  # Jean-Pierre
        if "," in text:
            family -= 3.0  # no family name holds one
        if _SIGNS.fullmatch(text):
            person = max(person, _signs(text))
        made = -1.5 if _MADE_PLACE.fullmatch(phrases[row]) else -3.5
        town = sum(
            max(
                scores.of("town", each),
                scores.of("given", each) + made,
                scores.of("family", each) + made,
                -3.0 if each in _MIDDLE else _FLOOR,
            )
            for each in part
        )
        if " " not in phrases[row]:  # Maria is a word of many places and hardly ever the whole of one
            town = sum(max(scores.of("given", each), scores.of("family", each)) for each in part) + made
        job = np.log(0.6 * work / job_mass) if work else scores.all("job", part) - (1.0 if len(part) > 1 else 6.0)
        if len(part) > 1 or part[0] not in family_known:
            job += 6.0 * any(JOB_HEAD.fullmatch(each) is not None for each in part)
        country = np.log(land) - 6.0 if land else _FLOOR * 2
        firm = -5.0 if FIRMS.search(text) else _FLOOR * 2
        found[row] = (
            given,
            family,
            person,
            max(float(place[row]), town - (0.0 if made > -3 else 2.0)),
            country,
            job,
            word,
            firm,
        )
    return found


def _listed(kind: Kind, texts: Sequence[str]) -> np.ndarray:
    """Which values are made of known words of the kind."""
    if kind == "country":
        return np.ones(len(texts), bool)
    parted = [[word for word in _parted(text) if word not in TITLES] for text in texts]
    words = sorted({word for part in parted for word in part})
    phrases = [" ".join(name_words(fold(text))) for text in texts]
    given, family = given_names().holds(words), family_names().holds(words)
    towns, jobs = places().holds(phrases), occupations().holds(phrases)
    job_words = occupations(words=True).holds(words)
    result = np.zeros(len(texts), bool)
    for row, (text, words, phrase) in enumerate(zip(texts, parted, phrases, strict=True)):
        if not words:
            continue
        match kind:
            case "given":
                result[row] = all(word in given for word in words)
            case "family":
                result[row] = all(word in family or word in PARTICLES for word in words)
            case "person":
                ends = {words[0], words[-1]}
                known = bool(ends & given) + bool(ends & family)
                result[row] = known == 2 or (len(words) == 1 and bool(_SIGNS.fullmatch(text)))
            case "place":
                result[row] = phrase in towns or bool(_MADE_PLACE.fullmatch(phrase))
            case "job":
                result[row] = phrase in jobs or (
                    bool(JOB_HEAD.fullmatch(words[-1]) or JOB_HEAD.fullmatch(words[0]))
                    if len(words) == 1
                    else sum(word in job_words for word in words) > len(words) / 2
                )
            case _:
                result[row] = True
    return result


def alike(kind: Kind, texts: Sequence[str]) -> np.ndarray:
    """Which values are of this kind, judged together with the others of their column.

    None is when the column as a whole is more like another kind, or when too few of its values are known words.

    Args:
        kind: which.
        texts: distinct values of one column.

    Returns: as many booleans.

    >>> alike("given", ["Anna", "Peter", "Maria"]).tolist(), bool(alike("given", ["Amber", "Rose", "Scarlet", "Blue"]).any())
    ([True, True, True], False)
    """
    none = np.zeros(len(texts), bool)
    if not len(texts):
        return none
    logs = _likelihoods(texts)
    own = _KINDS.index(kind)
    best = logs.max(axis=1)
    firms = _KINDS.index("firm")
    if kind in {"given", "family", "person"} and (logs.argmax(axis=1) == firms).mean() >= _FIRMS:
        return none
    sums = np.maximum(logs - best[:, None], _OUTLIER).sum(axis=0)
    sums[firms] = -np.inf
    ahead = sums[own] - np.delete(sums, own)
    needed = min(_SURE, 1.0 * len(texts))
    others = [each for each in _KINDS if each != kind]
    for lead, other in zip(ahead, others, strict=True):
        if lead < (-0.5 if len(texts) == 1 else needed if other in {"word", "job"} else min(_CLOSE, needed)):
            return none
    listed = _listed(kind, texts)
    known = float(listed.mean())
    lead = float(ahead[others.index("word")]) / len(texts)
    if known < _LEAST_KNOWN or known + _LEAD * (lead - 0.5) < _KNOWN + (1 / len(texts) if len(texts) >= _FEW else 0):
        return none
    margin = 0.5 if len(texts) < _FEW else _FULL if kind == "person" else _MARGIN
    return np.asarray(best - logs[:, own] <= margin) & (logs[:, own] > _FLOOR * 1.5)
