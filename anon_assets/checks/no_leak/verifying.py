"""What was found by hash is looked at as text, with the row it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.checks.no_leak.hashes import Hashes, KeySet, hashed
from anon_assets.checks.no_leak.occurrences import Searched, Target
from anon_assets.checks.no_leak.sources import FORMS, PLAIN, Limits, Source, forms, values_of
from anon_assets.checks.no_leak.words import normal, padded, phone_form
from anon_assets.contracts.check import Evidence

__all__ = ["Hit", "candidates", "matches", "verify"]

_MOST = 50_000  # distinct values verified as text; of more, an even sample by hash


@dataclass(slots=True)
class Hit:
    """What of one source stands in one target.

    Args:
        source: whose values. target: where.
        whole: hashes of values found as whole cells. within: of values found inside longer text.
        rows: rows they stand in. excused: rows in which the value stands by coincidence.
        words: hashes of single plain words that may be ordinary words there: inside longer text, or anywhere in a
            column that the owner accepted. word_rows: rows in which nothing but these stands.
        same_row: rows of a transformed column in which a value of another column of the same source row stands.
        expected_same_row: how many of those chance explains.
    """

    source: Source
    target: Target | None
    whole: set[int] = field(default_factory=set)
    within: set[int] = field(default_factory=set)
    rows: int = 0
    excused: int = 0
    words: set[int] = field(default_factory=set)
    word_rows: int = 0
    same_row: int = 0
    expected_same_row: float = 0.0

    @property
    def values(self) -> int:
        """Distinct values found."""
        return len(self.whole | self.within)


def candidates(
    evidence: Evidence, sources: Sequence[Source], found: Mapping[int, Hashes], limits: Limits
) -> tuple[pl.DataFrame, float]:
    """The values behind the hashes that were found, read again from the source. They live in memory only.

    Returns: ``value``, ``words``, ``form``, ``hash``, ``source`` (index), ``key`` (hash of the value), ``count``
        (rows); and the share of the found hashes that it covers, above 0 to 1.
    """
    keys = {form: KeySet([hashes[:_MOST]]) for form, hashes in found.items()}
    total = sum(len(hashes) for hashes in found.values())
    parts = []
    for number, source in enumerate(sources):
        if not any(np.isin(keys[form].sorted, source.hashes[FORMS[form]]).any() for form in keys):
            continue
        gathered: pl.DataFrame | None = None
        for batch in evidence.source(source.table, list(source.columns)):
            counted = values_of(source, batch).drop_nulls().alias("value").value_counts(name="count")
            table = forms(source, counted["value"], limits)
            hashes = table["hash"].to_numpy()
            wanted = np.unique(np.concatenate([each.where(hashes) for each in keys.values()]))
            picked = table[wanted].filter(pl.col("form").is_in(list(keys))).join(counted, on="value")
            gathered = pl.concat([gathered, picked]) if gathered is not None else picked
            gathered = gathered.group_by(pl.exclude("count")).agg(pl.col("count").sum())
        if gathered is not None and len(gathered):
            key, words = pl.Series(hashed(gathered["value"])), padded(gathered["value"])
            turned = gathered["value"].str.contains(", ", literal=True) & (source.why == "names")
            parts.append(gathered.with_columns(words=words, source=pl.lit(number, pl.UInt32), key=key, turned=turned))
    covered = sum(len(each) for each in keys.values()) / max(total, 1)
    numbers = dict.fromkeys(("hash", "key"), pl.UInt64) | dict.fromkeys(("count", "source"), pl.UInt32)
    empty = {"value": pl.String, "words": pl.String, "form": pl.UInt8, "size": pl.UInt8, "turned": pl.Boolean} | numbers
    return (pl.concat(parts) if parts else pl.DataFrame(schema=empty)), covered


def matches(text: pl.Series, known: pl.DataFrame, searched: Searched, *, inside: bool) -> pl.DataFrame:
    """(row, and the columns of ``known``) for every known value that stands in a text, verified."""
    parts = [
        pl.DataFrame({"row": rows, "form": np.full(len(rows), form, np.uint8), "hash": hashes})
        for form, rows, hashes in searched.find(text, inside=inside)
        if len(rows)
    ]
    if not parts:
        return known.clear().with_columns(row=pl.lit(0, pl.Int64)).clear()
    pairs = pl.concat(parts).unique().join(known, on=["form", "hash"])
    return pairs.filter(_stands(text.gather(pairs["row"]), pairs))


def _stands(text: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """Row by row: the value of ``pairs`` stands in the text, in the form that it was found by.

    A name turned round needs its comma, and no word right before it: ``Dave Murray, Steve Harris`` names no Steve
    Murray.
    """
    frame = pairs.select("value", "words", "form").with_columns(
        text=text, padded=padded(text), phone=phone_form(text), own_phone=phone_form(pairs["value"])
    )
    form = pl.col("form")
    verdict = (
        pl.when(form == 0).then(pl.col("text") == pl.col("value"))
        .when(form == 1).then(pl.col("phone") == pl.col("own_phone"))
        .when(form == 2).then(pl.col("text").str.contains(pl.col("value"), literal=True))
        .otherwise(pl.col("padded").str.contains(pl.col("words"), literal=True))
    )  # fmt: skip
    turned = pairs["turned"]
    if turned.any():
        escaped = (
            pairs["value"]
            .str.replace_all(r"([\\.+*?()|\[\]{}^$#&~-])", r"\${1}")
            .str.replace(", ", r"\s*,\s*", literal=True)
        )
        frame = frame.with_columns(
            turned=turned, pattern=r"(?:^|[^\p{L}\p{N}\s]\s*)" + escaped + r"(?:$|[^\p{L}\p{N}])"
        )
        exact = (pl.col("padded") == pl.col("words")) | pl.col("text").str.contains(pl.col("pattern"), strict=False)
        verdict = verdict & (~pl.col("turned") | exact)
    return frame.select(verdict.fill_null(value=False)).to_series()


def verify(evidence: Evidence, target: Target, sources: Sequence[Source], known: pl.DataFrame) -> dict[int, Hit]:
    """Every source whose values really stand in a target, row by row.

    In a target whose results coincide with source values by design, a value is only held to have come through when it
    stood in the same cell before, or in another column of the same source row. The same holds for a single plain word
    inside longer results of any transform of the row.
    """
    of_target = known.filter(_among(known, target))
    searched = Searched({FORMS[form]: [part["hash"].to_numpy()] for (form,), part in of_target.group_by("form")},
                        frozenset(of_target.filter(pl.col("form") == 3)["size"].unique().to_list()))  # fmt: skip
    found: dict[int, Hit] = {}
    numbers = of_target["source"].unique().to_list()
    siblings = {
        n: sources[n] for n in numbers if sources[n].table == target.table and sources[n].columns != (target.column,)
    }
    needed = list(dict.fromkeys([target.column, *(name for each in siblings.values() for name in each.columns)]))
    published = evidence.anonymized(target.table, [target.column])
    raw = evidence.source(target.table, needed) if target.own_row else None
    for batch in published:
        before = next(raw, None) if raw is not None else None
        if before is not None and before.num_rows != batch.num_rows:
            before = None  # rows that do not pair up excuse nothing
        owns = target.views(before.column(0)) if before is not None else []
        for at, (text, inside) in enumerate(target.views(batch.column(0))):
            pairs = matches(text, of_target, searched, inside=inside)
            if len(pairs):
                own = owns[min(at, len(owns) - 1)][0] if owns else None
                pairs = _origin(pairs, text, own, before, siblings, target)
                _add(found, pairs, sources, target, {n: max(sources[n].values, 1) for n in numbers})
    return found


def _origin(
    pairs: pl.DataFrame,
    text: pl.Series,
    before_text: pl.Series | None,
    before: pa.RecordBatch | None,
    siblings: Mapping[int, Source],
    target: Target,
) -> pl.DataFrame:
    """Adds to what was found whether it ``came`` through, stood ``beside``, and is the ``entire`` cell."""
    stands_in = text.gather(pairs["row"])
    entire = (pairs["form"] <= 1) | (stands_in == pairs["value"]).fill_null(value=False)
    pairs = pairs.with_columns(came=pl.lit(before is None), beside=pl.lit(value=False), entire=entire)
    if before is None or before_text is None:
        return pairs
    own = before_text.gather(pairs["row"])
    stood = _stands(own, pairs)
    if not target.by_row:  # a plain word inside a made-up value, such as a name in an address, is chance
        stood |= entire | ~pairs["words"].str.contains(r"^ \p{L}+ $")
    pairs = pairs.with_columns(came=stood, beside=_beside(pairs, before, siblings))
    if (
        target.by_row and target.row_judged
    ):  # an unchanged cell is counted there, and may be a permutation's fixed point
        pairs = pairs.filter((own != pairs["value"]).fill_null(value=True) | (stands_in != own))
    return pairs


def _among(known: pl.DataFrame, target: Target) -> pl.Series:
    mask = np.zeros(len(known), np.bool_)
    form, hashes = known["form"].to_numpy(), known["hash"].to_numpy()
    for number, collector in target.hits.items():
        mask |= (form == number) & np.isin(hashes, collector.result())
    return pl.Series(mask)


def _beside(pairs: pl.DataFrame, before: pa.RecordBatch, siblings: Mapping[int, Source]) -> pl.Series:
    """The value stood in another column of the same source row."""
    result = np.zeros(len(pairs), np.bool_)
    for number, source in siblings.items():
        mask = (pairs["source"] == number).to_numpy()
        if not mask.any():
            continue
        part = pairs.filter(pl.Series(mask))
        own = [
            normal(before.column(name), json=source.logical == "json").gather(part["row"]) for name in source.columns
        ]
        if source.why == "names":
            same = (part["value"] == own[0] + " " + own[1]) | (part["value"] == own[1] + ", " + own[0])
        elif source.entities or source.logical == "array":
            same = pl.DataFrame([own[0].alias("own"), part["value"]]).select(
                pl.col("own").str.contains(pl.col("value"), literal=True)
            ).to_series()  # fmt: skip
        else:
            same = part["value"] == own[0]
        result[mask] = same.fill_null(value=False).to_numpy()
    return pl.Series(result)


def _add(
    found: dict[int, Hit], pairs: pl.DataFrame, sources: Sequence[Source], target: Target, sizes: Mapping[int, int]
) -> None:
    accepted = target.treatment.effects.passes and target.treatment.accepted
    ordinary = pl.col("value").str.contains(PLAIN) & ~pl.col("beside") & (~pl.col("entire") | pl.lit(accepted))
    for (number,), part in pairs.group_by("source", maintain_order=True):
        index = int(str(number))
        hit = found.setdefault(index, Hit(sources[index], target))
        word, came = part.filter(pl.col("came") & ordinary), part.filter(pl.col("came") & ~ordinary)
        hit.words.update(word["key"].unique().to_list())
        hit.word_rows += word.join(came, on="row", how="anti")["row"].n_unique()
        hit.rows += came["row"].n_unique()
        hit.whole.update(came.filter("entire")["key"].unique().to_list())
        hit.within.update(came.filter(~pl.col("entire"))["key"].unique().to_list())
        rest = part.filter(~pl.col("came"))
        hit.excused += rest["row"].n_unique()
        hit.same_row += rest.filter("beside")["row"].n_unique()
        hit.expected_same_row += float(rest.unique(["row", "key"])["count"].sum()) / sizes[index]
