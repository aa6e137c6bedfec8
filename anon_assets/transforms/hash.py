"""Replace values by plain digests, as others compute them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import polars as pl
import polars_hash as plh
import pyarrow as pa
from pydantic import Field

from anon_assets.columns import to_arrow, to_polars
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import Context, Effects, Example, Transform
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError

__all__ = ["Hash"]

_CHARACTERS = {"md5": 32, "sha256": 64, "sha512": 128}


class Hash(Transform):
    """A digest of the value's UTF-8 followed by ``salt``, in lower-case hexadecimal. No key is involved.

    It is what other tools and older data sets hold (``digest(value || salt)`` of PostgreSQL Anonymizer and pg_anon), and
    serves to match with those. It protects little: whoever knows policy and salt, and can list the values that are
    likely, digests the list and looks each result up. ``token`` has a secret key and is the better choice for all else.

    The salt stands in the policy and is no secret. It keeps ready-made tables of digests from being used.

    Guarantees: exactly 32 (md5), 64 (sha256) or 128 (sha512) characters. A column that ignores letter case is digested in
    lower case.
    """

    title: ClassVar[str] = "Replace by a plain digest, for compatibility"
    source: ClassVar[str] = "FIPS 180-4 (SHA-256, SHA-512), RFC 1321 (MD5)"
    good: ClassVar[Example] = Example(
        {"algorithm": "md5", "salt": "2019"},
        ("C-1001", None, "C-1002"),
        ("86e7f7d3df04a2b8e561f732295fa46a", None, "b7f3743e5943050327c898c0048ea617"),
        note="An older data set holds digests made so, and new rows shall match them.",
    )
    bad: ClassVar[Example] = Example(
        {},
        ("1984-03-17", "1979-11-02"),
        None,
        note="A dictionary attack: all 40,000 dates of birth are digested in a moment, and every row is read. Use token.",
    )

    algorithm: Literal["md5", "sha256", "sha512"] = Field(
        "sha256", description="Which digest. md5 is broken: two texts of one digest can be made at will"
    )
    salt: str = Field("", max_length=256, description="Text put after every value before it is digested; no secret")

    def effects(self, column: Column) -> Effects:
        """Text. Injective but for md5, which anyone can make collide."""
        return Effects(
            accepts=frozenset({"text"}), injective=self.algorithm != "md5", max_length=_CHARACTERS[self.algorithm]
        )

    def problems(self, column: Column) -> Iterator[str]:
        """Too long for the column."""
        if column.max_length is not None and column.max_length < _CHARACTERS[self.algorithm]:
            yield (
                f"a {self.algorithm} digest has {_CHARACTERS[self.algorithm]} characters, the column holds "
                f"{column.max_length}; use token, which can be shorter"
            )

    def warnings(self, column: Column) -> Iterator[str]:
        """No key guards the values."""
        yield (
            "a digest without a key is open to a dictionary attack: whoever can list the likely values finds each in the "
            "column; use token where no other party's digests have to be matched"
        )

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Digests in the column's Arrow type. Raises: TransformError for a column that is not text."""
        if context.column.logical != "text":
            raise TransformError(context.place, f"a digest does not fit a {context.column.logical} column")
        return on_distinct(column, lambda values: self._digests(context.linkable(values)).cast(column.type))

    def _digests(self, texts: pa.Array) -> pa.Array:
        salted = to_polars(texts, "value").to_frame().select(pl.concat_str(pl.col("value"), pl.lit(self.salt)))
        value = plh.col("value")
        digest = {"md5": value.nchash.md5, "sha256": value.chash.sha2_256, "sha512": value.chash.sha2_512}[
            self.algorithm
        ]
        return to_arrow(salted.select(digest()).to_series())
