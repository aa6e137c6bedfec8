"""Persons, their addresses and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from anon_assets.sample.draw import BATCH_ROWS, Ints, batch, decimals, fill, fold, gather, generator, pick, uuids
from anon_assets.sample.names import cities, names, streets
from anon_assets.sample.places import CITIES, COUNTRIES, PHONES, SHARES

__all__ = ["ACCOUNT", "ADDRESS", "PERSON", "People", "draw_people"]

_UTC = pa.timestamp("us", tz="UTC")
_DAY = np.timedelta64(1, "D")
_OPENED = np.datetime64("2015-03-01", "us")
_MAILS = (
    "physics.example.edu", "biology.example.edu", "climate.example.org", "uni-brennfeld.example.org",
    "institut-altmark.example.net", "lab-ostsee.example.com",
)  # fmt: skip
_STAFF_MAIL = "centre.example.org"

PERSON = pa.schema({
    "person_id": pa.int64(), "first_name": pa.string(), "last_name": pa.string(), "gender": pa.string(),
    "title": pa.string(), "email": pa.string(), "phone": pa.string(), "birth_date": pa.date32(),
    "salary": pa.decimal128(10, 2), "manager_id": pa.int64(), "registered_at": _UTC,
})  # fmt: skip
ADDRESS = pa.schema({
    "address_id": pa.int64(), "person_id": pa.int64(), "kind": pa.string(), "street": pa.string(),
    "postal_code": pa.string(), "city": pa.string(), "region": pa.string(), "country": pa.string(),
})  # fmt: skip
ACCOUNT = pa.schema({
    "account_id": pa.string(), "person_id": pa.int64(), "login": pa.string(), "password_hash": pa.string(),
    "status": pa.string(), "contact": pa.string(), "ssh_keys": pa.string(), "created_at": pa.timestamp("us"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, in memory: other tables refer to them.

    Args:
        person: one row a person, in the columns of ``PERSON`` but for salary, with ``country`` and ``staff``.
        account: account_id, login and person_id (from 1).
        seed: they were drawn with.
    """

    person: pl.DataFrame
    account: pl.DataFrame
    seed: int

    def persons(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.person``. A manager stands before those managed."""
        for part, frame in _cut(self.person):
            rng = generator(self.seed, "salary", part)
            cents = np.rint(rng.lognormal(10.95, 0.32, len(frame)) * 2).astype(np.int64) * 50
            salary = decimals(cents, 10, 2, frame["staff"].to_numpy())
            yield batch(PERSON, {**frame.to_dict(), "salary": salary})

    def addresses(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.address``: one home each, and for every sixth person a place of work."""
        start = 1
        for part, frame in _cut(self.person):
            rng = generator(self.seed, "address", part)
            homes = np.arange(len(frame))
            owners = np.sort(np.concatenate([homes, homes[rng.random(len(frame)) < 1 / 6]]))
            second = np.concatenate([[False], owners[1:] == owners[:-1]])
            country = frame["country"].to_numpy()[owners]
            city = cities(rng, country)
            shown = ("country", "city", "region")
            columns = {name: pl.Series([place[at] for place in CITIES]) for at, name in enumerate(shown)}
            yield batch(ADDRESS, {
                "address_id": np.arange(start, start + len(owners)),
                "person_id": frame["person_id"].to_numpy()[owners],
                "kind": np.where(second, "work", "home"),
                "street": streets(rng, country),
                "postal_code": fill(rng, [place[3] for place in CITIES], city),
                **{name: gather(column, city) for name, column in columns.items()},
            })  # fmt: skip
            start += len(owners)

    def accounts(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.account``."""
        for part, frame in _cut(self.account):
            rng = generator(self.seed, "account details", part)
            rows, none = len(frame), np.zeros(len(frame), np.int64)
            owner = self.person.select("registered_at")[(frame["person_id"] - 1).to_list()]
            wait = rng.integers(0, 40 * 86_400, rows) * np.timedelta64(1_000_000, "us")
            yield batch(ACCOUNT, {
                **frame.to_dict(),
                "password_hash": fill(rng, ["$6$" + "&" * 16 + "$" + "&" * 86], none),
                "status": pick(rng, ("active", "suspended", "expired"), rows, (0.86, 0.04, 0.10)),
                "contact": self._contacts(rng, rows),
                "ssh_keys": _ssh_keys(rng, frame["login"]),
                "created_at": owner["registered_at"].to_numpy() + wait,
            })  # fmt: skip

    def _contacts(self, rng: np.random.Generator, rows: int) -> pl.Series:
        """A JSON object with somebody else of the centre as the one to call; null for a third."""
        other = self.person.select("first_name", "last_name", "email", "phone")[rng.integers(0, len(self.person), rows)]
        room = fill(rng, ["A %.##", "B %.##", "C %.##"], rng.integers(0, 3, rows))
        whole = pl.concat_str(
            pl.lit('{"emergency": {"name": "'), "first_name", pl.lit(" "), "last_name", pl.lit('", "email": "'),
            "email", pl.lit('", "phone": "'), pl.col("phone").fill_null(""), pl.lit('"}, "office": "'), pl.lit(room),
            pl.lit('"}'),
        )  # fmt: skip
        return other.select(pl.when(pl.lit(pl.Series(rng.random(rows) < 2 / 3))).then(whole)).to_series()


def draw_people(size: int, seed: int) -> People:
    """Everybody: names, mail addresses, telephone numbers and logins that fit each other.

    Args:
        size: persons, at least 10.
        seed: equal seeds draw equal people.
    """
    rng = generator(seed, "people")
    country = rng.choice(len(COUNTRIES), size, p=SHARES)
    female = rng.random(size) < 0.48
    staff = rng.random(size) < 0.12
    staff[:2] = True
    first, last = names(rng, country, female)
    local = fold(first) + "." + fold(last)
    domain = pl.Series(np.where(staff, len(_MAILS), rng.integers(0, len(_MAILS), size)))
    patterns = [pattern for code in COUNTRIES for pattern in PHONES[code]]
    begins = np.cumsum([0, *(len(PHONES[code]) for code in COUNTRIES)])
    phone = fill(rng, patterns, begins[country] + rng.integers(0, 1 << 30, size) % np.diff(begins)[country])
    number = np.arange(size)
    boss = _managers(rng, staff)
    registered = _OPENED + np.sort(rng.integers(0, 3200 * 86_400, size)) * np.timedelta64(1_000_000, "us")
    age = np.clip(rng.normal(np.where(staff, 44, 33), 9, size), 19, 74)
    person = pl.DataFrame({
        "person_id": number + 1, "first_name": first, "last_name": last, "staff": staff,
        "country": pl.Series(COUNTRIES).gather(pl.Series(country)),
        "gender": pick(rng, ("", "x"), size, (0.98, 0.02)),
        "title": pick(rng, ("", "Dr.", "Prof. Dr."), size, (0.68, 0.25, 0.07)),
        "email": _numbered(local) + "@" + pl.Series([*_MAILS, _STAFF_MAIL]).gather(domain),
        "phone": phone,
        "birth_date": np.datetime64("2025-06-30") - (age * 365.25).astype(np.int64) * _DAY,
        "manager_id": pl.Series(boss + 1),
        "registered_at": registered,
    })  # fmt: skip
    shown = pl.Series(rng.random(size))
    person = person.with_columns(
        gender=pl.when(shown < 0.2).then(None).when(pl.col("gender") == "x").then(pl.lit("x"))
        .otherwise(pl.when(pl.lit(pl.Series(female))).then(pl.lit("f")).otherwise(pl.lit("m"))),
        title=pl.when(pl.col("title") != "").then("title"),
        phone=pl.when(pl.lit(pl.Series(rng.random(size) > 0.06))).then("phone"),
        birth_date=pl.when(pl.lit(pl.Series(rng.random(size) > 0.03))).then("birth_date"),
        manager_id=pl.when(pl.col("manager_id") > 0).then("manager_id"),
    )  # fmt: skip
    return People(person, _accounts(rng, person), seed)


def _accounts(rng: np.random.Generator, person: pl.DataFrame) -> pl.DataFrame:
    """One account for most persons, and a second one for the administrators among the staff."""
    rows = len(person)
    owners = np.flatnonzero((rng.random(rows) < 0.95) | (np.arange(rows) < 5))
    admins = np.flatnonzero(person["staff"].to_numpy() & (rng.random(rows) < 0.3))
    owners = np.concatenate([owners, admins])
    of = person.select("person_id", "first_name", "last_name")[owners]
    stem = fold(of["first_name"]).str.slice(0, 1) + fold(of["last_name"]).str.slice(0, 9)
    is_admin = pl.Series(np.arange(len(owners)) >= len(owners) - len(admins))
    stem = pl.select(pl.when(is_admin).then(pl.lit("adm-") + stem).otherwise(stem)).to_series()
    return pl.DataFrame({"account_id": uuids(rng, len(owners)), "login": _numbered(stem), "person_id": of["person_id"]})


def _numbered(stem: pl.Series) -> pl.Series:
    """Unique: the second ``anna.meyer`` becomes ``anna.meyer2``. Stems end in a letter, so that no two results meet."""
    count = pl.int_range(1, pl.len() + 1).over("stem")
    numbered = pl.when(count > 1).then(pl.concat_str("stem", count)).otherwise("stem")
    return pl.DataFrame({"stem": stem}).select(numbered).to_series()


def _managers(rng: np.random.Generator, staff: NDArray[np.bool_]) -> Ints:
    """For each member of staff one who came earlier, the first ones more often; -1 without."""
    members = np.flatnonzero(staff)
    rank = np.arange(len(members))
    boss = members[(rank * rng.random(len(members)) ** 3).astype(np.int64)]
    found = np.full(len(staff), -1, np.int64)
    found[members[1:]] = boss[1:]
    return found


def _ssh_keys(rng: np.random.Generator, login: pl.Series) -> pl.Series:
    """Array literals with two, one or no public key; null where none was ever uploaded."""
    rows = len(login)
    keys = [
        fill(rng, ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "&" * 43 + " "], np.zeros(rows, np.int64))
        for _ in range(2)
    ]
    host = pick(rng, ("laptop", "desk", "home"), rows)
    one, two = (
        pl.concat_str(pl.lit('"'), pl.lit(key), pl.lit(login), pl.lit("@"), pl.lit(host), pl.lit('"')) for key in keys
    )
    count = pl.lit(pl.Series(rng.choice(4, rows, p=(0.25, 0.05, 0.5, 0.2))))
    literal = (
        pl.when(count == 0).then(None).when(count == 1).then(pl.lit("{}"))
        .when(count == 2).then(pl.concat_str(pl.lit("{"), one, pl.lit("}")))
        .otherwise(pl.concat_str(pl.lit("{"), one, pl.lit(","), two, pl.lit("}")))
    )  # fmt: skip
    return pl.select(literal).to_series()


def _cut(frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    return enumerate(frame.iter_slices(BATCH_ROWS))
