"""People, places and streets of sixteen cultures."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.scan_quality.data import listed, read

__all__ = ["CULTURES", "WORLD", "Culture", "filled"]


@dataclass(frozen=True)
class Culture:
    """What a made-up person of one culture is put together from.

    Args:
        locale: such as ``de_DE``. address, post: forms as ``filled`` takes them; ``{s}`` is a street. domains: of mail.
    """

    locale: str
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    address: tuple[str, ...]
    post: tuple[str, ...]
    domains: tuple[str, ...]

    @property
    def language(self) -> str:
        """ISO 639-1."""
        return self.locale[:2]

    @property
    def region(self) -> str:
        """ISO 3166-1."""
        return self.locale[3:]

    def given(self, random: Random) -> str:
        """A given name."""
        return random.choice(self.female if random.random() < 0.5 else self.male)

    def full(self, random: Random) -> str:
        """A given and a family name, as the culture writes them."""
        family = random.choice(self.family)
        if self.locale == "ja_JP":
            return f"{family} {self.given(random)}" if random.random() < 0.5 else f"{family}{self.given(random)}"
        if self.locale == "es_ES" and random.random() < 0.6:
            return f"{self.given(random)} {family} {random.choice(self.family)}"
        if self.locale == "pt_BR" and random.random() < 0.5:
            return f"{self.given(random)} {random.choice(self.family)} {family}"
        if self.locale == "en_US" and random.random() < 0.3:
            return f"{self.given(random)} {random.choice('ABCDEFGHJKLMNPRSTW')}. {family}"
        return f"{self.given(random)} {family}"

    def street(self, random: Random) -> str:
        """A street with a house number."""
        form = filled(random.choice(self.address), random)
        return form.replace("{s}", random.choice(self.streets))

    def postal(self, random: Random) -> str:
        """A postal code."""
        return filled(random.choice(self.post), random)


def filled(form: str, random: Random) -> str:
    """The form with digits for ``#`` (1-9) and ``0`` (0-9) and capitals for ``@``; ``{..}`` is left alone."""
    out, inside = [], False
    for letter in form:
        inside = (inside or letter == "{") and letter != "}"
        if inside:
            out.append(letter)
        elif letter == "#":
            out.append(random.choice("123456789"))
        elif letter == "0":
            out.append(random.choice("0123456789"))
        elif letter == "@":
            out.append(random.choice("ABCDEFGHJKLMNPRSTUVWXYZ"))
        else:
            out.append(letter)
    return "".join(out)


def _cultures() -> dict[str, Culture]:
    return {
        locale: Culture(
            locale, listed(told["female"]), listed(told["male"]), listed(told["family"]), listed(told["cities"]),
            listed(told["streets"]), tuple(told["address"].split("|")), tuple(told["post"].split("|")),
            tuple(told["domains"].split()),
        )
        for locale, told in read("cultures").items()
    }  # fmt: skip


CULTURES = _cultures()
"""By locale."""

WORLD = CULTURES.pop("xx_ZZ")
"""Names that lists of the larger countries lack."""
