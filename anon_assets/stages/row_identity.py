"""A text that identifies each row: its primary key, else a keyed hash of its values with an occurrence count.

Never the position: a row keeps its identity when rows are added before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from anon_assets.columns import as_text, to_polars
from anon_assets.contracts.database import Table
from anon_assets.crypto.hmac import digests
from anon_assets.keys import KeyRing

__all__ = ["RowIdentity"]


class RowIdentity:
    """Identities of a table's rows, batch after batch in reading order.

    Args:
        table: decides between primary key and hash.
        keys: for the hash.

    Without a primary key, equal rows are told apart by how often they occurred before; the counts are kept between
    batches (40 bytes per distinct row).
    """

    def __init__(self, table: Table, keys: KeyRing) -> None:
        self._columns = table.primary_key or tuple(column.name for column in table.stored)
        self._counted = not table.primary_key
        self._key = keys.derive("row identity", table.place)
        self._seen = pl.DataFrame(schema={"high": pl.UInt64, "low": pl.UInt64, "before": pl.UInt32})

    def of(self, sources: Mapping[str, pa.Array]) -> pl.Series:
        """One text per row of this batch, unique in the table. Call once per batch, in order."""
        parts = [to_polars(as_text(sources[name]), name) for name in self._columns]
        # each value stands behind its length, so that no two different rows read alike
        spelled = [pl.format("{}:{}", pl.col(name).str.len_bytes(), name).fill_null("-") for name in self._columns]
        joined = pl.DataFrame(parts).select(pl.concat_str(spelled)).to_series()
        if not self._counted:
            return joined.alias("row")
        halves = digests(self._key, joined, 16).view("<u8").reshape(-1, 2)
        hashed = ["high", "low"]
        frame = pl.DataFrame({"high": halves[:, 0], "low": halves[:, 1]}).with_columns(
            within=pl.int_range(pl.len(), dtype=pl.UInt32).over(hashed)
        )
        frame = frame.join(self._seen, on=hashed, how="left", maintain_order="left").with_columns(
            pl.col("before").fill_null(0)
        )
        counts = frame.group_by(hashed).agg(pl.len().cast(pl.UInt32).alias("before"))
        self._seen = pl.concat([self._seen, counts]).group_by(hashed).agg(pl.col("before").sum())
        occurrence = pl.col("within") + pl.col("before")
        return frame.select(pl.format("{}-{}#{}", "high", "low", occurrence).alias("row")).to_series()
