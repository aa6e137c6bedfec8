"""Replace values by invented ones of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import BeforeValidator, Field, model_validator

from anon_assets.columns import on_distinct, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.crypto.encoding import encode, fixed_width
from anon_assets.crypto.hmac import words
from anon_assets.errors import TransformError
from anon_assets.transforms.fake.pools import missing_locales, pool
from anon_assets.transforms.fake.shapes import Words, addresses, phones, postal_codes, prose

__all__ = ["Fake"]

Kind = Literal[
    "first_name", "last_name", "person_name", "email", "username", "phone", "street_address", "city", "region",
    "postal_code", "country", "company", "job", "ip_address", "text",
]  # fmt: skip
_LISTED = ("first_name", "last_name", "city", "region", "country", "company", "job")
_SHAPED = ("phone", "postal_code", "text")
_UNIQUE = ("email", "username", "text")
_DOMAINS = ("example.com", "example.net", "example.org")
_AT_DOMAIN = len("@example.com")
_DIGEST = 13  # characters of base32 that carry 64 bits
_ROUNDS = 4  # draws before a result that equals its value is let be


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Fake(Transform):
    """An invented value of the kind ``as``, chosen by key from the exact value: equal values get equal fakes.

    Names, places, companies and jobs come from the lists that Faker ships: by default those of all its locales in Latin
    script (about 20,000 given and 25,000 family names; countries and jobs in English). E-mail addresses lie in domains
    that RFC 2606 reserves. A phone number keeps length, punctuation, a country code after + and leading zeros; a postal
    code keeps length, punctuation, and which characters are digits and letters. IP addresses keep their family, in
    10.0.0.0/8 and fd00::/8. Text becomes Latin pseudo-words of the same length.

    Guarantees: a result never equals its own value (letter case and outer blanks aside) where another one is possible;
    an empty text stays empty; results fit the column's length. With ``unique`` results carry 64 bits of digest. The
    lists belong to the installed version of Faker: another version may choose otherwise.
    """

    title: ClassVar[str] = "Replace by an invented value of the same kind"
    shorthand: ClassVar[str | None] = "as"
    source: ClassVar[str] = (
        "RFC 2606 (example domains), RFC 1918 and RFC 4193 (private addresses), Faker's provider lists"
    )
    good: ClassVar[Example] = Example(
        {"as": "phone"},
        ("+49 30 901820-0", None, "(030) 90 18 20"),
        ("+49 83 824569-0", None, "(023) 99 59 32"),
        note="Length, punctuation, country code and leading zeros stay, so that forms and checks still accept it.",
    )
    bad: ClassVar[Example] = Example(
        {"as": "first_name"},
        ("ada@lovelace.org",),
        None,
        note="Two addresses may get one name: a UNIQUE column breaks.",
    )

    as_: Kind = Field(alias="as", description="What the invented value is")
    locale: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        (), description="Faker locales to draw from, such as [de_DE, fr_FR]; default: all in Latin script"
    )
    unique: bool = Field(
        False, description="Different values get different fakes (email, username, text): 64 bits of digest are added"
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _can_be_unique(self) -> Fake:
        if self.unique and self.as_ not in _UNIQUE:
            raise ValueError(
                f"only {', '.join(_UNIQUE)} can be unique; for other columns under UNIQUE use token or fpe"
            )
        return self

    def effects(self, column: Column) -> Effects:
        """Text (inet too for ip_address). Results from small spaces may coincide with other values of the source."""
        kept = self.as_ in _SHAPED and not self.unique
        return Effects(
            accepts=frozenset({"text", "inet"} if self.as_ == "ip_address" else {"text"}),
            injective=self.unique,
            preserves_length=kept,
            max_length="same" if kept else column.max_length,
            needs_key=True,
            coincides=not self.unique and self.as_ not in {"email", "username", "street_address"},
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Unknown locale; nothing of the kind in the locale; nothing that fits the column's length."""
        if missing := missing_locales(self.locale):
            yield f"there is no locale {', '.join(missing)}"
        elif column.max_length is not None and column.max_length < self._least_room:
            yield f"{self._told} has {self._least_room} characters or more, the column holds {column.max_length}"
        elif any(len(listed) < 2 for listed in self._pools(column.max_length)):
            yield f"there are not two of {self._told} that fit; leave out locale, or use mask or token"

    @property
    def _told(self) -> str:
        return self.as_.replace("_", " ") + (" (unique)" if self.unique else "")

    @property
    def _least_room(self) -> int:
        """Fewest characters that a column must hold."""
        names = {"email": _AT_DOMAIN, "username": 0}
        if self.as_ in names:
            return names[self.as_] + (_DIGEST if self.unique else 4 + 3)
        return {"text": _DIGEST if self.unique else 1, "ip_address": 15, "person_name": 7, "street_address": 9}.get(
            self.as_, 1
        )

    def _pools(self, room: int | None) -> list[pl.Series]:
        """The lists that this kind draws from, for results of at most ``room`` characters."""

        def part(kind: str, spare: int | None) -> pl.Series:
            return pool(kind, self.locale, spare)

        if self.as_ in _LISTED:
            return [part(self.as_, room)]
        if self.as_ == "street_address":
            return [part("street", None if room is None else room - 5)]
        if self.as_ == "person_name":
            half = None if room is None else (room - 1) // 2
            return [part("first_name", half), part("last_name", None if room is None else room - 1 - (half or 0))]
        if self.as_ in {"email", "username"}:
            spare = None if room is None else room - (self._least_room if self.unique else self._least_room - 3)
            if spare is not None and spare < (10 if self.unique else 9):
                return [part("slug_first", spare - self.unique)] if spare >= 4 or not self.unique else []
            half = None if spare is None else (spare - 2) // 2
            return [part("slug_first", half), part("slug_last", half)]
        return []

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Invented values in the column's Arrow type. Raises: TransformError when ``problems`` has any."""
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        key = context.key("fake", self.as_)

        def fakes(values: pa.Array) -> pa.Array:
            text = to_polars(context.linkable(values)).rename("v")
            drawn = words(key, text, 4)
            folded = text.str.strip_chars().str.to_lowercase()
            made = self._made(text, drawn, context.column)
            for _ in range(_ROUNDS):
                same = ((made.str.to_lowercase() == folded) & (text != "")).to_numpy()
                if not same.any():
                    break
                drawn[same] += np.uint64(1)
                made = self._made(text, drawn, context.column)
            return to_arrow(made.zip_with(text != "", text), column.type)

        return on_distinct(column, fakes)

    def _made(self, text: pl.Series, drawn: Words, column: Column) -> pl.Series:  # noqa: PLR0911 one per kind
        room = column.max_length
        if self.as_ == "phone":
            return phones(text, drawn)
        if self.as_ == "postal_code":
            return postal_codes(text, drawn)
        if self.as_ == "ip_address":
            return addresses(text, drawn, room, network=column.type.startswith("cidr"))
        if self.as_ == "text":
            return self._prose(text, drawn)
        chosen = [_picked(listed, drawn[:, number]) for number, listed in enumerate(self._pools(room))]
        if self.as_ == "person_name":
            return chosen[0] + " " + chosen[1]
        if self.as_ == "street_address":
            return pl.Series(drawn[:, 1] % np.uint64(9_999) + np.uint64(1)).cast(pl.String) + " " + chosen[0]
        if self.as_ in {"email", "username"}:
            return self._handle(chosen, drawn)
        return chosen[0]

    def _handle(self, names: list[pl.Series], drawn: Words) -> pl.Series:
        """``given.family`` with four digits, or with 64 bits of digest; at a reserved domain for email."""
        local = names[0] if names else None
        for name in names[1:]:
            local = names[0] + "." + name
        if self.unique:
            local = _digest(drawn) if local is None else local + "." + _digest(drawn)
        else:
            number = pl.Series(drawn[:, 2] % np.uint64(10_000)).cast(pl.String).str.zfill(4)
            local = number if local is None else local + number
        if self.as_ == "email":
            local = local + "@" + _picked(pl.Series(_DOMAINS), drawn[:, 2] >> np.uint64(32))
        return local

    def _prose(self, text: pl.Series, drawn: Words) -> pl.Series:
        lengths = text.str.len_chars().to_numpy().astype(np.int64)
        if not self.unique:
            return prose(lengths, drawn[:, 0])
        body = prose(np.maximum(lengths - _DIGEST - 1, 0), drawn[:, 0])
        return (body + " " + _digest(drawn)).zip_with(pl.Series(lengths > _DIGEST + 1), _digest(drawn))


def _picked(listed: pl.Series, word: Any) -> pl.Series:
    return listed.gather(pl.Series((word % np.uint64(len(listed))).astype(np.uint32)))


def _digest(drawn: Words) -> pl.Series:
    """The last word of each row in 13 characters of base32, lower case."""
    whole = np.zeros((len(drawn), 9), np.uint8)
    whole[:, :8] = np.ascontiguousarray(drawn[:, 3].astype(">u8")).view(np.uint8).reshape(-1, 8)
    return to_polars(fixed_width(encode(whole, "base32", _DIGEST))).str.to_lowercase()
