"""What each entity looks like in a column: makers of values, told apart by culture and by one style per column."""

from __future__ import annotations

import datetime as dt
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.scan_quality import identifiers
from benchmarks.scan_quality.cultures import CULTURES, WORLD, Culture
from benchmarks.scan_quality.data import listed, read

__all__ = ["KINDS", "Kind", "plain_ascii"]

Maker = Callable[[Random, Culture], Callable[[], Any]]
"""Given the column's chance and culture, fixes a style and gives the function that makes one value."""


_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "þ": "th", "\u0131": "i"})


def plain_ascii(name: str) -> str:
    """A name as a mailbox has it: lower-case letters a to z; a stand-in where another script is used."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_FOLD))
    letters = "".join(letter for letter in text if letter in string.ascii_lowercase)
    return letters or "kenji"


@dataclass(frozen=True)
class Kind:
    """One entity as columns hold it.

    Args:
        name: of the entity, as detectors call it.
        maker: of its values. tier: direct, quasi or sensitive.
        evident: the values alone can show it, so that an opaque or misleading name must not hide it.
        sparse: it may fill 5-30 % of a column of other things, or stand in JSON or a text.
        locales: cultures that have it; empty: all.
        near: other kinds that are no mistake for such values.
        weight: how often it is drawn.
    """

    name: str
    maker: Maker
    evident: bool = True
    sparse: bool = False
    locales: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    weight: int = 1


def _by_language(which: str, culture: Culture) -> tuple[str, ...]:
    forms: dict[str, str] = read("words")[which]
    return listed(forms.get(culture.language, forms["en"]))


def _case(random: Random) -> Callable[[str], str]:
    return random.choice((str, str, str, str, str.upper, str.lower))


def _who(random: Random, culture: Culture) -> Culture:
    """In one column of eight, people from countries that lists of names seldom cover."""
    return WORLD if random.random() < 0.12 else culture


def _email(random: Random, culture: Culture) -> Callable[[], str]:
    domains = (*culture.domains, f"{plain_ascii(random.choice(culture.family))}.{culture.region.lower()}")
    upper = random.random() < 0.1

    def make() -> str:
        given, family = plain_ascii(culture.given(random)), plain_ascii(random.choice(culture.family))
        form = random.choice(
            ("{g}.{f}", "{g}{f}", "{g0}{f}", "{f}.{g}", "{g}_{f}{n}", "{g}{n}", "{g}.{f}+news", "{g}-{f}")
        )
        local = form.format(g=given, f=family, g0=given[:1], n=random.randint(1, 99))
        mail = f"{local}@{random.choice(domains)}"
        return mail.upper() if upper else mail

    return make


def _phone(form: str = "") -> Maker:
    def maker(random: Random, culture: Culture) -> Callable[[], Any]:
        style = form or random.choice(("e164", "international", "national", "national", "dotted", "", "", "extension"))
        return lambda: identifiers.phone(random, culture.region, style)

    return maker


def _phone_number(random: Random, culture: Culture) -> Callable[[], Any]:
    return lambda: int(identifiers.phone(random, culture.region, "e164")[1:])


def _full_name(random: Random, culture: Culture) -> Callable[[], str]:
    who, case, style = _who(random, culture), _case(random), random.random()
    titles = {"de": ("Dr. ", "Frau ", "Herr "), "en": ("Dr. ", "Mr. ", "Mrs. ")}.get(culture.language, ("", ""))

    def make() -> str:
        if style < 0.2 and culture.locale != "ja_JP":
            return case(f"{random.choice(who.family)}, {who.given(random)}")
        title = random.choice(titles) if style > 0.85 and random.random() < 0.3 else ""
        return case(title + who.full(random))

    return make


def _first(random: Random, culture: Culture) -> Callable[[], str]:
    who, case = _who(random, culture), _case(random)
    return lambda: case(who.given(random))


def _last(random: Random, culture: Culture) -> Callable[[], str]:
    who, case = _who(random, culture), _case(random)
    return lambda: case(random.choice(who.family))


def _street(random: Random, culture: Culture) -> Callable[[], str]:
    case, long = _case(random), random.random() < 0.3

    def make() -> str:
        street = culture.street(random)
        return case(f"{street}, {culture.postal(random)} {random.choice(culture.cities)}" if long else street)

    return make


def _city(random: Random, culture: Culture) -> Callable[[], str]:
    case = _case(random)
    return lambda: case(random.choice(culture.cities))


_ALPHA2 = ("DE", "FR", "ES", "IT", "BR", "NL", "PL", "SE", "IN", "TR", "JP", "UA", "CA", "MX", "AT", "BE", "US", "GB")


def _country(random: Random, culture: Culture) -> Callable[[], str]:
    if random.random() < 0.25:
        return lambda: random.choice(_ALPHA2)
    words, case = _by_language("countries", culture), _case(random)
    return lambda: case(random.choice(words))


def _birth(random: Random, culture: Culture) -> Callable[[], Any]:
    style = random.choice(("date", "date", "iso", "local", "int"))
    local = (
        "%m/%d/%Y"
        if culture.locale == "en_US"
        else "%d.%m.%Y"
        if culture.language in {"de", "pl", "cs", "fi"}
        else "%d/%m/%Y"
    )

    def make() -> Any:
        day = dt.date(1938, 1, 1) + dt.timedelta(days=int(random.betavariate(2, 2) * 365 * 70))
        if style == "date":
            return day
        if style == "int":
            return day.year * 10000 + day.month * 100 + day.day
        return day.isoformat() if style == "iso" else day.strftime(local)

    return make


def _gender(words: bool) -> Maker:
    def maker(random: Random, culture: Culture) -> Callable[[], Any]:
        if words:
            choices = _by_language("genders", culture)
            return lambda: random.choice(choices)
        letters = random.choice(("MF", "mf", "MFX", "MWD" if culture.language == "de" else "MF"))
        return lambda: random.choice(letters)

    return maker


def _age(random: Random, culture: Culture) -> Callable[[], Any]:  # noqa: ARG001 -- one signature for all makers
    text = random.random() < 0.3
    return lambda: str(random.randint(18, 91)) if text else random.randint(18, 91)


def _ip(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    six = random.random() < 0.3

    def make() -> str:
        if six:
            return "2a02:" + ":".join(f"{random.randrange(65536):x}" for _ in range(7))
        return f"{random.choice([n for n in range(2, 224) if n != 127])}." + ".".join(
            str(random.randrange(256)) for _ in range(3)
        )

    return make


def _mac(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    by = random.choice((":", "-"))
    return lambda: identifiers.mac(random).replace(":", by)


def _username(random: Random, culture: Culture) -> Callable[[], str]:
    at = "@" if random.random() < 0.2 else ""

    def make() -> str:
        given, family = plain_ascii(culture.given(random)), plain_ascii(random.choice(culture.family))
        form = random.choice(("{g}{n}", "{g0}{f}", "{g}.{f}", "{g}_{f}{n}", "{f}{n}", "x{g}x", "the_real_{g}"))
        return at + form.format(g=given, f=family, g0=given[:1], n=random.randint(1, 999))

    return make


def _homepage(random: Random, culture: Culture) -> Callable[[], str]:
    def make() -> str:
        given, family = plain_ascii(culture.given(random)), plain_ascii(random.choice(culture.family))
        return random.choice(
            (f"https://www.{given}-{family}.com", f"http://{family}.{culture.region.lower()}/~{given}")
        )

    return make


def _profile(random: Random, culture: Culture) -> Callable[[], str]:
    site = random.choice(
        (
            "https://www.linkedin.com/in/",
            "https://twitter.com/",
            "https://www.facebook.com/",
            "https://github.com/",
            "https://instagram.com/",
        )
    )
    name = _username(random, culture)
    return lambda: site + name().lstrip("@").replace(".", "-") + f"-{random.randint(10, 99)}"


def _password(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    letters = string.ascii_letters + string.digits + "!$%&#?*"
    return lambda: "".join(random.choice(letters) for _ in range(random.randint(8, 14)))


def _secret(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    letters = string.ascii_letters + string.digits

    def token(length: int, of: str = letters) -> str:
        return "".join(random.choice(of) for _ in range(length))

    forms: tuple[Callable[[], str], ...] = (
        lambda: "AK" + "IA" + token(16, string.ascii_uppercase + "234567"),
        lambda: "gh" + "p_" + token(36),
        lambda: "sk_" + "live_" + token(24),
        lambda: "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOi" + token(26) + "." + token(43),
        lambda: f"postgresql://svc_{token(4)}:{token(12)}@db{random.randint(1, 9)}.internal:5432/app",
        lambda: "xox" + f"b-{random.randint(10**10, 10**11)}-{token(24)}",
        lambda: "-----BEGIN " + f"PRIVATE KEY-----\nMII{token(60)}\n{token(64)}\n-----END PRIVATE KEY-----",
    )
    return random.choice(forms)


def _card(random: Random, culture: Culture) -> Callable[[], Any]:  # noqa: ARG001
    style = random.choice(("plain", "plain", "spaces", "dashes", "int"))

    def make() -> Any:
        number = identifiers.card(random)
        if style == "int":
            return int(number)
        return number if style == "plain" else identifiers.grouped(number, by=" " if style == "spaces" else "-")

    return make


def _iban(random: Random, culture: Culture) -> Callable[[], str]:
    spaced, mixed = random.random() < 0.4, random.random() < 0.5

    def make() -> str:
        number = identifiers.iban(random, "" if mixed else culture.region)
        return identifiers.grouped(number) if spaced else number

    return make


def _account(random: Random, culture: Culture) -> Callable[[], Any]:
    if culture.locale == "en_GB":
        return lambda: identifiers.sort_code(random)
    size = random.randint(8, 12)
    return lambda: "".join(random.choice(string.digits) for _ in range(size))


def _wallet(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    make = random.choice((identifiers.btc, identifiers.ethereum))
    return lambda: make(random)


def _number(make: Callable[[Random], str], *, bare: Callable[[str], str] | None = None, whole: bool = False) -> Maker:
    """A maker for identifiers: as they are; in another form (``bare``) or as an integer (``whole``) for some columns."""

    def maker(random: Random, culture: Culture) -> Callable[[], Any]:  # noqa: ARG001
        style = random.random()
        if whole and style < 0.2:
            return lambda: int(make(random))
        if bare is not None and style > 0.67:
            return lambda: bare(make(random))
        return lambda: make(random)

    return maker


def _by_locale(make: Callable[[Random, str], str]) -> Maker:
    return lambda random, culture: lambda: make(random, culture.locale)


def _coordinates(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    form = random.choice(("{:.5f}, {:.5f}", "{:.4f},{:.4f}", "POINT({1:.5f} {0:.5f})", "({:.6f}, {:.6f})"))
    return lambda: form.format(random.uniform(-60, 70), random.uniform(-170, 178))


def _record(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
    form = random.choice(("MRN-{:07d}", "MRN{:08d}", "{:08d}", "P{:06d}"))
    return lambda: form.format(random.randrange(10**6))


def _job(random: Random, culture: Culture) -> Callable[[], str]:
    jobs = _by_language("jobs", culture)
    return lambda: ("Senior " if culture.language == "en" and random.random() < 0.2 else "") + random.choice(jobs)


def _salary(random: Random, culture: Culture) -> Callable[[], Any]:  # noqa: ARG001
    style = random.choice(("int", "float", "text"))

    def make() -> Any:
        amount = round(random.lognormvariate(10.7, 0.4), -2)
        return int(amount) if style == "int" else amount if style == "float" else f"{amount:,.2f} EUR"

    return make


def _words(which: str) -> Maker:
    words = listed(read("words")[which])

    def maker(random: Random, culture: Culture) -> Callable[[], str]:  # noqa: ARG001
        case = _case(random)
        return lambda: case(random.choice(words))

    return maker


def _by_threes(n: str) -> str:
    return f"{n[:2]} {n[2:5]} {n[5:8]} {n[8:]}"


def _as_on_the_card(n: str) -> str:
    return f"{n[0]} {n[1:3]} {n[3:5]} {n[5:7]} {n[7:10]} {n[10:13]} {n[13:]}"


def _undashed(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


_NAMES = frozenset({"first_name", "last_name", "person_name"})
KINDS = (
    Kind("email", _email, sparse=True, weight=5),
    Kind("phone", _phone(), sparse=True, weight=4),
    Kind("phone", _phone("digits"), evident=False),
    Kind("phone", _phone_number, evident=False),
    Kind("person_name", _full_name, sparse=True, weight=4),
    Kind("first_name", _first, weight=3, near=_NAMES),
    Kind("last_name", _last, weight=3, near=_NAMES),
    Kind("street_address", _street, sparse=True, weight=4),
    Kind("postal_code", lambda r, c: lambda: c.postal(r), evident=False, weight=1),
    Kind("postal_code", lambda r, c: lambda: c.postal(r), locales=("en_GB", "nl_NL", "pl_PL"), weight=1),
    Kind("city", _city, weight=2),
    Kind("country", _country, weight=1),
    Kind("date_of_birth", _birth, evident=False, weight=3),
    Kind("gender", _gender(words=True)),
    Kind("gender", _gender(words=False), evident=False),
    Kind("age", _age, evident=False, weight=2),
    Kind("ip_address", _ip, sparse=True, weight=3),
    Kind("mac_address", _mac, sparse=True, weight=2),
    Kind("url", _homepage, evident=False, near=frozenset({"profile_url"})),
    Kind("profile_url", _profile, sparse=True, weight=2, near=frozenset({"url"})),
    Kind("username", _username, evident=False, weight=2),
    Kind("password", _password, evident=False),
    Kind("secret", _secret, sparse=True, weight=2),
    Kind("payment_card", _card, sparse=True, weight=3),
    Kind("iban", _iban, sparse=True, weight=3, near=frozenset({"bank_account"})),
    Kind("bank_account", _account, evident=False),
    Kind("crypto_wallet", _wallet, sparse=True, weight=2),
    Kind("us_ssn", _number(identifiers.ssn), sparse=True, locales=("en_US",), weight=3),
    Kind("us_ssn", _number(lambda r: _undashed(identifiers.ssn(r)), whole=True), evident=False, locales=("en_US",)),
    Kind("us_itin", _number(identifiers.itin), locales=("en_US",), near=frozenset({"us_ssn"})),
    Kind("uk_nino", _number(identifiers.nino, bare=lambda n: identifiers.grouped(n, 2)), sparse=True, locales=("en_GB",)),
    Kind("uk_nhs", _number(identifiers.nhs_number, bare=lambda n: f"{n[:3]} {n[3:6]} {n[6:]}", whole=True), locales=("en_GB",)),
    Kind("de_tax_id", _number(identifiers.steuer_id, bare=_by_threes, whole=True), locales=("de_DE",)),
    Kind("fr_nir", _number(identifiers.fr_nir, bare=_as_on_the_card),
         sparse=True, locales=("fr_FR",)),
    Kind("es_nif", _number(identifiers.es_nif), locales=("es_ES",)),
    Kind("it_fiscal_code", _number(identifiers.codice_fiscale), sparse=True, locales=("it_IT",)),
    Kind("nl_bsn", _number(identifiers.bsn, whole=True), locales=("nl_NL",)),
    Kind("pl_pesel", _number(identifiers.pesel_number), locales=("pl_PL",)),
    Kind("se_personnummer", _number(identifiers.swedish, bare=_undashed), locales=("sv_SE",)),
    Kind("br_cpf", _number(identifiers.br_cpf, bare=_undashed), sparse=True, locales=("pt_BR",)),
    Kind("in_aadhaar", _number(identifiers.aadhaar, bare=identifiers.grouped, whole=True), locales=("en_IN",)),
    Kind("in_pan", _number(identifiers.pan), sparse=True, locales=("en_IN",)),
    Kind("passport", _by_locale(identifiers.passport), evident=False, weight=2),
    Kind("driver_license", _by_locale(identifiers.driver_license), evident=False, weight=2),
    Kind("license_plate", _by_locale(identifiers.plate), evident=False, weight=2,
         locales=("en_US", "en_GB", "de_DE", "fr_FR", "it_IT", "es_ES", "nl_NL", "pl_PL", "sv_SE", "pt_BR", "en_IN")),
    Kind("vin", _number(identifiers.vin), sparse=True, weight=2),
    Kind("geo_coordinates", _coordinates, weight=2),
    Kind("medical_record", _record, evident=False),
    Kind("job_title", _job, weight=2),
    Kind("salary", _salary, evident=False, weight=2),
    Kind("ethnicity", _words("ethnicities")),
    Kind("religion", _words("religions")),
)  # fmt: skip

"""Every kind, some in several shapes."""

assert all(locale in CULTURES for kind in KINDS for locale in kind.locales)
