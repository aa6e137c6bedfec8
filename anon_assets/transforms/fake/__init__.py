"""Replace values by invented ones of the same kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from anon_assets.columns import as_text, to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.sealed import Sealed
from anon_assets.transforms.fake.drawing import CHUNK_ROWS, Given, by_chunks, settled
from anon_assets.transforms.fake.handles import DIGEST, digest, handles, least_room, name_pools, picked
from anon_assets.transforms.fake.known import names_of
from anon_assets.transforms.fake.names import Names, persons, substitutes
from anon_assets.transforms.fake.pools import missing_locales, pool
from anon_assets.transforms.fake.shapes import addresses, phones, postal_codes, prose

__all__ = ["Fake"]
Kind = Literal[
    "first_name", "last_name", "person_name", "email", "username", "phone", "street_address", "city", "region",
    "postal_code", "country", "company", "job", "ip_address", "text",
]  # fmt: skip
_NAMES = ("first_name", "last_name", "person_name")
_HANDLES = ("email", "username")
_SHAPED = ("phone", "postal_code", "text")
_UNIQUE = ("email", "username", "text")
_LEAST_ROOM = {"text": 1, "ip_address": 15, "person_name": 7, "street_address": 9}


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Fake(Transform):
    """An invented value of the kind ``as``, chosen by key from the value: equal values get equal fakes.

    Names, places, companies and jobs come from the lists that Faker ships: by default those of all its locales in Latin
    script (about 21,000 given and 25,000 family names; countries and jobs in English). A name that the lists know gets
    one of its own locale, script and gender (``keep``), a whole name by its given name; where several locales or genders
    list it, one of them is chosen by key. Spellings that differ in letter case get one fake.

    E-mail addresses lie in domains that RFC 2606 reserves. A phone number keeps length, punctuation, a country code after
    + and leading zeros; a postal code keeps length, punctuation, and which characters are digits and letters. IP addresses
    keep their family, in 10.0.0.0/8 and fd00::/8. Text becomes Latin pseudo-words of the same length.

    ``with: [first_name, last_name]`` makes an e-mail address, user name or whole name of the fakes of these columns of
    its row, so that the row agrees. They are to have ``{fake: {as: first_name}}`` and ``{fake: {as: last_name}}`` with the
    same ``locale`` and ``keep``, as their only transform; one column alone is to have ``{fake: {as: person_name}}``. Where
    they have another one the row does not agree, but no source name comes through. Nor does a name agree that was too
    long for its own column, and addresses hold names in ASCII letters, a name of another script by a Latin one.

    Guarantees: a result never equals its own value (letter case and outer blanks aside) where another one is possible;
    an empty text stays empty; results fit the column's length. With ``unique`` results carry 80 bits of digest, which
    keeps the odds of any collision below 1e-9 up to 48 million rows. The lists belong to the installed version of Faker:
    another version may choose otherwise.
    """

    title: ClassVar[str] = "Replace by an invented value of the same kind"
    shorthand: ClassVar[str | None] = "as"
    source: ClassVar[str] = (
        "RFC 2606 (example domains), RFC 1918 and RFC 4193 (private addresses), Faker's provider lists"
    )
    good: ClassVar[Example] = Example(
        {"as": "phone"},
        ("+49 30 901820-0", None, "(030) 90 18 20"),
        ("+49 15 419408-5", None, "(062) 11 39 99"),
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
    keep: Annotated[tuple[Literal["gender", "locale"], ...], BeforeValidator(_as_list)] = Field(
        ("gender", "locale"), description="What a name shares with its fake where the lists know it; [] for nothing"
    )
    with_: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        (), alias="with", max_length=2,
        description="Columns whose fakes the result is made of: [first name, last name] or [whole name] "
        "(email, username, person_name)",
    )  # fmt: skip
    unique: bool = Field(
        False, description="Different values get different fakes (email, username, text): 80 bits of digest are added"
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    @model_validator(mode="after")
    def _fits_the_kind(self) -> Fake:
        if self.unique and self.as_ not in _UNIQUE:
            raise ValueError(
                f"only {', '.join(_UNIQUE)} can be unique; for other columns under UNIQUE use token or fpe"
            )
        if self.with_ and self.as_ not in (*_HANDLES, "person_name"):
            raise ValueError("only email, username and person_name are made of other columns")
        return self

    def effects(self, column: Column) -> Effects:
        """Text (inet too for ip_address). Results from small spaces may coincide with other values of the source."""
        kept = self.as_ in _SHAPED and not self.unique
        return Effects(
            accepts=frozenset({"text", "inet"} if self.as_ == "ip_address" else {"text"}),
            scope="row" if self.with_ else "value",
            injective=self.unique,
            preserves_length=kept,
            max_length="same" if kept else column.max_length,
            needs_key=True,
            coincides=not self.unique and self.as_ not in {"email", "username", "street_address"},
        )

    def notes(self, chains: Mapping[str, Sequence[Transform]]) -> Iterator[str]:
        """A column of ``with`` that becomes something else than the fake that the result is made of."""
        for name, kind in self._beside:
            alike = [
                step
                for step in chains.get(name, ())
                if isinstance(step, Fake) and (step.as_, step.locale, step.keep) == (kind, self.locale, self.keep)
            ]
            if len(chains.get(name, ())) != 1 or not alike or alike[0].with_ or alike[0].when is not None:
                yield f"{name} does not become {{fake: {kind}}} of the same lists, so that the names in a row will not agree"

    @property
    def _beside(self) -> Iterator[tuple[str, Kind]]:
        """The columns of ``with``, and which fake of each the result is made of."""
        kinds: tuple[Kind, ...] = ("first_name", "last_name") if len(self.with_) == 2 else ("person_name",)
        return zip(self.with_, kinds, strict=False)

    def needs(self) -> frozenset[str]:
        """The columns whose fakes the result is made of."""
        return frozenset(self.with_)

    def problems(self, column: Column) -> Iterator[str]:
        """Unknown locale; nothing of the kind in the locale; nothing that fits the column's length."""
        room = column.max_length
        if missing := missing_locales(self.locale):
            yield f"there is no locale {', '.join(missing)}"
        elif room is not None and room < self._least_room:
            yield f"{self._told} has {self._least_room} characters or more, the column holds {room}"
        elif not self._has_two(room):
            yield f"there are not two of {self._told} that fit; leave out locale, or use mask or token"

    @property
    def _told(self) -> str:
        return self.as_.replace("_", " ") + (" (unique)" if self.unique else "")

    @property
    def _least_room(self) -> int:
        """Fewest characters that a column must hold."""
        if self.as_ in _HANDLES:
            return least_room(email=self.as_ == "email", unique=self.unique)
        return DIGEST if self.unique else _LEAST_ROOM.get(self.as_, 1)

    def _has_two(self, room: int | None) -> bool:
        """Whether there are two entries that fit in every list that this kind draws from."""
        if self.as_ == "person_name":
            half = None if room is None else (room - 1) // 2
            rest = None if room is None else room - 1 - (half or 0)
            return self._names("first_name").has_two(half) and self._names("last_name").has_two(rest)
        if self.as_ in _NAMES:
            return self._names(self.as_).has_two(room)
        return all(len(listed) >= 2 for listed in self._pools(room))

    def _names(self, kind: str) -> Names:
        return names_of(kind, self.locale, frozenset(self.keep))

    def _pools(self, room: int | None) -> list[pl.Series]:
        """The lists that this kind draws from, for results of at most ``room`` characters."""
        if self.as_ in _HANDLES:
            return name_pools(self.locale, room, email=self.as_ == "email", unique=self.unique)
        if self.as_ == "street_address":
            return [pool("street", self.locale, None if room is None else room - 5)]
        return [] if self.as_ in {*_SHAPED, "ip_address"} else [pool(self.as_, self.locale, room)]

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Invented values in the column's Arrow type.

        Raises: TransformError when ``problems`` has any; for a column of ``with`` that is not there.
        """
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if column.null_count == len(column):
            return column
        key = context.key("fake", self.as_)
        # pyarrow takes no values out of a string view.
        kind = pa.large_string() if pa.types.is_string_view(column.type) else column.type
        if self.with_:
            return self._of_rows(column, key, context, kind).cast(column.type)

        def fakes(values: pa.Array) -> pa.Array:
            given = Given.of(context.linkable(values), key, by_spelling=self.as_ in _NAMES)
            return to_arrow(settled(given, lambda some: self._made(some, context.column)), kind)

        return on_distinct(column, lambda values: by_chunks(fakes, values)).cast(column.type)

    def _of_rows(self, column: pa.Array, key: Sealed, context: Context, kind: pa.DataType) -> pa.Array:
        """Results made of the fakes of other columns; what is drawn beside them depends on the value alone."""
        names = self._names_beside(context)

        def fakes(first: int) -> pa.Array:
            encoded = pc.dictionary_encode(context.linkable(column[first : first + CHUNK_ROWS]))
            distinct = Given.of(encoded.dictionary, key, by_spelling=self.as_ in _NAMES)
            rows = np.flatnonzero(encoded.indices.is_valid())
            here = distinct.at(encoded.indices.drop_null().to_numpy())
            given = replace(here, names=names.slice(first, CHUNK_ROWS).gather(rows))
            made = to_arrow(settled(given, lambda some: self._made(some, context.column)), kind)
            places = np.zeros(len(encoded), np.int64)
            places[rows] = np.arange(len(rows))
            return made.take(pa.array(places, mask=encoded.indices.is_null().to_numpy(zero_copy_only=False)))

        return pa.concat_arrays([fakes(start) for start in range(0, len(column), CHUNK_ROWS)])

    def _names_beside(self, context: Context) -> pl.Series:
        """The fakes of the columns ``with``, one text a row: ``Given Family``, or ``given.family`` for addresses."""
        parts: dict[str, pl.Series] = {}
        for name, kind in self._beside:
            if name not in context.sources:
                raise TransformError(context.place, f"is made of column {name!r}, which is not there")
            other = Fake.model_validate({"as": kind, "locale": self.locale, "keep": self.keep})
            key = context.key("fake", kind, domain=context.domains.get(name))
            make = partial(other.names, key, slugs=self.as_ in _HANDLES)
            texts = as_text(context.sources[name])
            parts[kind] = to_polars(on_distinct(texts, partial(by_chunks, make)))
        between = " " if self.as_ == "person_name" else "."
        joined = pl.concat_str(pl.all().replace("", None), separator=between, ignore_nulls=True)
        return pl.DataFrame(parts).select(joined.fill_null("")).to_series()

    def names(self, key: Sealed, values: pa.Array, *, slugs: bool) -> pa.Array:
        """What this kind of name makes of texts; ``slugs`` as an address holds them. An empty text stays empty."""
        given = Given.of(values, key, by_spelling=True)
        made = settled(given, lambda some: self._made(some, Column("")))
        if slugs:
            made = self._drawn_names(given, None, slugs=True).zip_with(given.text != "", given.text)
        return to_arrow(made)

    def _made(self, given: Given, column: Column) -> pl.Series:  # noqa: PLR0911 one per kind
        room = column.max_length
        if self.as_ == "phone":
            return phones(given.text, given.words)
        if self.as_ == "postal_code":
            return postal_codes(given.text, given.words)
        if self.as_ == "ip_address":
            return addresses(given.text, given.words, room, network=column.type.startswith("cidr"))
        if self.as_ == "text":
            return self._prose(given)
        if self.as_ in _NAMES:
            return self._named(given, room)
        chosen = [picked(listed, given.words[:, number]) for number, listed in enumerate(self._pools(room))]
        if self.as_ in _HANDLES:
            return self._handles(given, chosen, room)
        if self.as_ == "street_address":
            return pl.Series(given.words[:, 1] % np.uint64(9_999) + np.uint64(1)).cast(pl.String) + " " + chosen[0]
        return chosen[0]

    def _handles(self, given: Given, chosen: list[pl.Series], room: int | None) -> pl.Series:
        names = chosen[0] + "." + chosen[1] if len(chosen) > 1 else next(iter(chosen), None)
        if given.names is not None:
            names = given.names if names is None else given.names.zip_with(given.names != "", names)
        return handles(names, given.words, room, email=self.as_ == "email", unique=self.unique)

    def _named(self, given: Given, room: int | None) -> pl.Series:
        drawn = self._drawn_names(given, room)
        if given.names is None:
            return drawn
        fits = (given.names != "") & (given.names.str.to_lowercase() != given.spelled)
        if room is not None:
            fits &= given.names.str.len_chars() <= room
        return given.names.zip_with(fits, drawn)

    def _drawn_names(self, given: Given, room: int | None, *, slugs: bool = False) -> pl.Series:
        """Names for values of this kind, as the lists or as addresses hold them."""
        if self.as_ != "person_name":
            names = self._names(self.as_)
            drawn = substitutes(names, given.spelled, given.words, room)
            return (names.slugs if slugs else names.entries).gather(drawn)
        first, last = self._names("first_name"), self._names("last_name")
        given_name, family = persons(first, last, given.spelled, given.words, room)
        if slugs:
            return first.slugs.gather(given_name) + "." + last.slugs.gather(family)
        return first.entries.gather(given_name) + " " + last.entries.gather(family)

    def _prose(self, given: Given) -> pl.Series:
        lengths = given.text.str.len_chars().to_numpy().astype(np.int64)
        if not self.unique:
            return prose(lengths, given.words[:, 0])
        body = prose(np.maximum(lengths - DIGEST - 1, 0), given.words[:, 0])
        return (body + " " + digest(given.words)).zip_with(pl.Series(lengths > DIGEST + 1), digest(given.words))
