"""Encrypt IP addresses, keeping which of them share a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from anon_assets.addresses import LONGEST, Addresses, Words, host_bits, leading_bits, parse, write
from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context, Effects, Example, Transform
from anon_assets.crypto.cryptopan import CryptoPan
from anon_assets.crypto.ipcrypt import IpcryptPfx
from anon_assets.distinct import on_distinct
from anon_assets.errors import TransformError
from anon_assets.sealed import Reference, Sealed

__all__ = ["Ip"]

_SUFFIX = {4: len("/32"), 6: len("/128")}
_LONGEST = LONGEST[6] + _SUFFIX[6]
_MOST = 2**32 - 1
_KEY_BYTES = 32
_TOO_NARROW = "addresses as integers need 32 bits without a sign, or 64 bits"
_SCHEMES: dict[str, type[IpcryptPfx | CryptoPan]] = {"ipcrypt_pfx": IpcryptPfx, "cryptopan": CryptoPan}


class Ip(Transform):
    """Prefix-preserving encryption: addresses that share just their first k bits still do; the key turns it back.

    IPv4 stays IPv4 and IPv6 stays IPv6; an IPv4-mapped address (``::ffff:a.b.c.d``) stays one, and with ``ipcrypt_pfx``
    its last four bytes become what the IPv4 address becomes. Integers are IPv4 addresses, 0 to 4,294,967,295. A
    ``/length`` is kept. A network, which has no bits after that length, stays one: its other addresses keep their place
    in it, but for the one whose image would be the network's, which takes the image of the network's address. So cidr
    columns stay valid, and different values stay different.

    With ``keep_special``, each private, loopback, link-local, shared, multicast and reserved range is mapped onto itself,
    and no public address into one. Among permutations that preserve prefixes this can be had in one way only: bits that
    an address has in common with such a range pass, and so does the bit in which it departs. Of a public IPv4 address 3
    bits show then, 4.3 on average, 16 for the neighbours of 192.168.0.0/16; an address of a range shows the range, and
    ``::1`` and ``::`` stay what they are. Without it nothing tells special addresses from others.

    Text is canonical (IPv4 without leading zeros, IPv6 by RFC 5952, mapped addresses with their dots): so two texts are
    never one address. ``spelling: any`` reads every form; results are canonical, and the written form is lost. In a text
    column too narrow for the longest result of its family (15 characters, 39 for IPv6, and ``/length``), an address
    counts as none.

    With a ``key`` of one's own, whoever holds it gets the same results from other tools, and whatever the product or
    linkage domain; a later change of it is not noticed in rows that are staged already.

    Guarantees: a permutation of each family's addresses. Who knows some pairs of address and image knows the images'
    prefixes of all addresses nearby: that is what preserving prefixes means.
    """

    title: ClassVar[str] = "Encrypt IP addresses, keeping shared networks"
    shorthand: ClassVar[str | None] = "scheme"
    source: ClassVar[str] = (
        "draft-denis-ipcrypt (ipcrypt-pfx); Xu, Fan, Ammar, Moon, Prefix-Preserving IP Address Anonymization, ICNP 2002 "
        "(Crypto-PAn); RFC 5952 (text of IPv6), RFC 6890 (special ranges)"
    )
    good: ClassVar[Example] = Example(
        {},
        ("10.1.2.3", "10.1.2.77", None, "10.9.0.0/16", "2001:db8::1"),
        ("43.96.205.244", "43.96.205.184", None, "43.111.0.0/16", "5c35:b947:f7e3:b3c1:9e8c:9ef6:e7db:48c6"),
        note="The first two share a /24, before and after.",
    )
    bad: ClassVar[Example] = Example(
        {},
        ("192.168.0.1", "192.168.0.2"),
        None,
        note="Both share 30 bits, before and after: who recognises one of them places the other. To hide that, use token.",
    )

    scheme: Literal["ipcrypt_pfx", "cryptopan"] = Field(
        "ipcrypt_pfx", description="ipcrypt_pfx for new data; cryptopan for those whose tools read nothing else"
    )
    keep_special: bool = Field(
        False, description="Private, loopback, multicast and other special ranges are mapped onto themselves"
    )
    spelling: Literal["canonical", "any"] = Field(
        "canonical", description="Of text columns: which spellings of an address are read as one"
    )
    else_: Literal["refuse", "token", "null"] = Field(
        "refuse", alias="else", description="What becomes of values that are no address"
    )
    key: Reference | None = Field(
        None,
        description="A key shared with others, 32 bytes or 64 hexadecimal digits, in place of the product's: "
        "`{env: NAME}` or `{file: PATH}`",
    )
    domain: str | None = Field(None, description="Linkage domain, when another than the plan would give")

    def effects(self, column: Column) -> Effects:
        """Text, inet and integers. A result may be the address of another row."""
        exact = column.logical != "text" or self.spelling == "canonical"
        return Effects(
            accepts=frozenset({"text", "inet", "integer"}),
            injective=exact and self.else_ != "null",
            reversible=exact and self.else_ == "refuse",
            preserves_nulls=self.else_ != "null",
            may_null=self.else_ == "null",
            max_length=_LONGEST if column.max_length is None else min(_LONGEST, column.max_length),
            needs_key=self.key is None or self.else_ == "token",
            coincides=True,
            spares=self.keep_special,
        )

    def problems(self, column: Column) -> Iterator[str]:
        """No room for an address; integers too small for one; tokens that do not fit."""
        if column.logical == "integer":
            if column.bits is not None and column.integers()[1] < _MOST:
                yield _TOO_NARROW
            if self.else_ == "token":
                yield "a number cannot become a token; write else: refuse or null"
        elif column.max_length is not None:
            if column.max_length < LONGEST[4]:
                yield f"an address has up to {LONGEST[4]} characters, the column holds {column.max_length}"
            if self.else_ == "token":
                yield from self._token().problems(column)

    @staticmethod
    def _token() -> Transform:
        """What becomes of a value that is no address under ``else: token``."""
        return TRANSFORMS.load("token").model_validate({})

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Encrypted addresses in the column's Arrow type.

        Raises: TransformError when ``problems`` has any, and under ``else: refuse`` for values that are no address, with
            their count.
        """
        return self._run(column, context, inverse=False)

    def reverse(self, column: pa.Array, context: Context) -> pa.Array:
        """The addresses that ``apply`` encrypted, in the column's Arrow type.

        Raises: TransformError for values that it cannot have yielded, and where results do not lead back: with ``else:
            token`` or ``null``, and for text under ``spelling: any``.
        """
        if not self.effects(context.column).reversible:
            raise TransformError(context.place, "ip cannot be reversed with these parameters", "see else and spelling")
        return self._run(column, context, inverse=True)

    def _run(self, column: pa.Array, context: Context, *, inverse: bool) -> pa.Array:
        logical = context.column.logical
        if logical not in self.effects(context.column).accepts:
            raise TransformError(context.place, f"ip does not fit a {logical} column", "write addresses as text")
        for problem in self.problems(context.column):
            raise TransformError(context.place, problem)
        if pa.types.is_null(column.type):
            return column
        work = self._numbers if logical == "integer" else self._texts
        return on_distinct(column, lambda values: work(values, context, inverse=inverse).cast(values.type))

    def _texts(self, values: pa.Array, context: Context, *, inverse: bool) -> pa.Array:
        texts = values.cast(pa.string())
        found = parse(texts)
        fits = self._fits(texts, found, context.column)
        if fits.all():
            return write(self._image(found, context, inverse=inverse))
        others = self._others(texts.filter(pa.array(~fits)), context, inverse=inverse)
        made = write(self._image(found.take(fits), context, inverse=inverse))
        order = np.where(fits, np.cumsum(fits) - 1, len(made) + np.cumsum(~fits) - 1)
        return pa.concat_arrays([made, others]).take(pa.array(order))

    def _fits(self, texts: pa.Array, found: Addresses, column: Column) -> npt.NDArray[np.bool_]:
        """Which texts are addresses, spelled as they must be, whose images have room in the column."""
        fits = found.family > 0
        if column.logical != "text":
            return fits
        six = found.family == 6
        if column.max_length is not None and column.max_length < _LONGEST:
            longest = np.where(six, LONGEST[6], LONGEST[4])
            longest += (found.length >= 0) * np.where(six, _SUFFIX[6], _SUFFIX[4])
            fits &= longest <= column.max_length
        if self.spelling == "canonical" and six.any():  # IPv4 is read in one spelling only
            written = write(found.take(six))
            fits[six] &= pc.equal(written, texts.filter(pa.array(six))).to_numpy(zero_copy_only=False)
        return fits

    def _numbers(self, values: pa.Array, context: Context, *, inverse: bool) -> pa.Array:
        if values.type not in {pa.int64(), pa.uint32(), pa.uint64()}:
            raise TransformError(context.place, _TOO_NARROW)
        numbers = values.to_numpy(zero_copy_only=False)
        fits = (numbers >= 0) & (numbers <= _MOST)
        low = np.where(fits, numbers, 0).astype(np.uint64)
        if not fits.all():
            self._others(values.filter(pa.array(~fits)), context, inverse=inverse)
        made, _ = self._permuted(low, None, context, inverse=inverse)
        return pa.array(made, mask=~fits)

    def _others(self, values: pa.Array, context: Context, *, inverse: bool) -> pa.Array:
        """What becomes of values that are no address."""
        if self.else_ == "token":
            return self._token().apply(values, context)
        if self.else_ == "null":
            return pa.nulls(len(values), values.type)
        what = f"{len(values):,} values are {'no result of ip' if inverse else 'no IP address'}"
        if context.column.logical != "text" or inverse:
            raise TransformError(context.place, what)
        hint = "mind spelling (small letters, zeros as ::) and the column's length, or set else: token or null"
        raise TransformError(context.place, what + " that is read here", hint)

    def _image(self, addresses: Addresses, context: Context, *, inverse: bool) -> Addresses:
        low, high = addresses.low.copy(), addresses.high.copy()
        for family in (4, 6):
            known = addresses.family == family
            if not known.any():
                continue
            rows: slice | npt.NDArray[np.intp] = slice(None) if known.all() else np.flatnonzero(known)
            own = addresses.take(rows)
            given = own.low, own.high if family == 6 else None
            made_low, made_high = self._permuted(*given, context, inverse=inverse)
            if (own.length >= 0).any():
                made_low, made_high = self._networks(own, made_low, made_high, context, inverse=inverse)
            low[rows] = made_low
            if made_high is not None:
                high[rows] = made_high
        return replace(addresses, low=low, high=high)

    def _networks(
        self, own: Addresses, low: Words, high: Words | None, context: Context, *, inverse: bool
    ) -> tuple[Words, Words | None]:
        """Images of networks made networks, and no others: the host part of zero is left to them."""
        host_low, host_high = host_bits(own.family, own.length)
        network = (own.low & host_low == 0) & (own.high & host_high == 0)
        low &= ~(host_low * network)
        taken = ~network & (low & host_low == 0)
        if high is not None:
            high &= ~(host_high * network)
            taken &= high & host_high == 0
        rows = np.flatnonzero(taken)
        if len(rows):
            of_network = (own.low & ~host_low)[rows], None if high is None else (own.high & ~host_high)[rows]
            again_low, again_high = self._permuted(*of_network, context, inverse=inverse)
            low[rows] = again_low
            if high is not None and again_high is not None:
                high[rows] = again_high
        return low, high

    def _permuted(
        self, low: Words, high: Words | None, context: Context, *, inverse: bool
    ) -> tuple[Words, Words | None]:
        scheme = _SCHEMES[self.scheme](
            context.key("ip", self.scheme) if self.key is None else _shared(self.key, context)
        )
        passed = leading_bits(low, high) if self.keep_special else None
        return (scheme.decrypt if inverse else scheme.encrypt)(low, high, passed)


def _shared(key: Reference, context: Context) -> Sealed:
    """The key that others gave. Raises: KeyUnavailable; TransformError for one of another length."""
    given = key.resolve(f"{context.place}: the key of ip").reveal()
    if len(given) != _KEY_BYTES:
        try:
            given = bytes.fromhex(given.decode("ascii"))
        except ValueError:
            given = b""
    if len(given) != _KEY_BYTES:
        raise TransformError(
            context.place, f"the key in {key} is neither {_KEY_BYTES} bytes nor {2 * _KEY_BYTES} hex digits"
        )
    return Sealed(given)
