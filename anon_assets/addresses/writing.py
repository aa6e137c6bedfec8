"""IP addresses to canonical text, a chunk of a column at a time.

Every row gets equally many slots for characters; what stays empty is left out when they are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.addresses.words import Addresses, Places
from anon_assets.errors import TransformError
from anon_assets.parallel import in_parallel, slices

__all__ = ["write"]

_Slots = npt.NDArray[np.uint8]

_CHUNK_ROWS = 8_192  # the slots of a chunk stay in the processor's cache
_ARROW_TEXT_LIMIT = 2**31 - 1
_GROUP = np.uint64(0xFFFF)


def write(addresses: Addresses) -> pa.Array:
    """The canonical text of each address; null for family 0.

    Returns: ``pa.string()``.
    Raises: TransformError when the text is larger than an Arrow text array holds (2 GiB).

    >>> from anon_assets.addresses.reading import parse
    >>> write(parse(pa.array(["2001:DB8:0:0:0::1/64", "::ffff:1.2.3.4", "1.2.3.4"]))).to_pylist()
    ['2001:db8::1/64', '::ffff:1.2.3.4', '1.2.3.4']
    """
    four, six = addresses.family == 4, addresses.family == 6
    mapped = six & (addresses.high == 0) & (addresses.low >> np.uint64(32) == _GROUP)
    kinds = [(four, _four_slots), (mapped, _mapped_slots), (six & ~mapped, _six_slots)]
    for rows, slots in kinds:
        if rows.all():
            return _joined(addresses, slots)
    order = np.full(len(addresses), -1, np.int64)
    parts, count = [], 0
    for rows, slots in kinds:
        own = np.flatnonzero(rows)
        parts.append(_joined(addresses.take(own), slots))
        order[own] = np.arange(count, count + len(own))
        count += len(own)
    return pa.concat_arrays(parts).take(pa.array(order, mask=order < 0))


def _joined(addresses: Addresses, slots: Callable[[Addresses], _Slots]) -> pa.Array:
    """The texts that the characters in the slots of each row make; 0 is no character."""

    def work(rows: slice) -> tuple[Places, bytes]:
        matrix = slots(addresses.take(rows))
        fours = (matrix != 0).view(np.uint32)  # ones and zeros, four to a number: their sums never carry
        total = fours[:, 0].copy()
        for place in range(1, fours.shape[1]):
            total += fours[:, place]
        sizes = (total * np.uint32(0x01010101) >> np.uint32(24)).astype(np.int64)
        return sizes, matrix.tobytes().translate(None, b"\0")

    made = in_parallel(work, slices(len(addresses), _CHUNK_ROWS))
    ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(sizes for sizes, _ in made)]))
    if ends[-1] > _ARROW_TEXT_LIMIT:
        raise TransformError("addresses", f"{len(addresses)} addresses exceed one text array", "use smaller batches")
    offsets, content = ends.astype(np.int32), b"".join(characters for _, characters in made)
    return pa.StringArray.from_buffers(len(addresses), pa.py_buffer(offsets), pa.py_buffer(content))


def _four_bytes(texts: Iterable[str]) -> npt.NDArray[np.uint32]:
    """Texts of up to four ASCII characters as they lie in memory, filled up with 0."""
    return np.frombuffer(b"".join(text.encode().ljust(4, b"\0") for text in texts), np.uint32)


_OCTETS = _four_bytes(f"{number}." for number in range(256))
_LAST_OCTETS = _four_bytes(str(number) for number in range(256))
_LENGTHS = _four_bytes(["", *(f"/{number}" for number in range(129))])
_GROUPS = _four_bytes(f"{number:x}" for number in range(1 << 16))
_BEFORE_MAPPED = _four_bytes(["::ff", "ff:"])


def _four_slots(addresses: Addresses) -> _Slots:
    slots = np.empty((len(addresses), 5), np.uint32)
    for place in range(4):
        octet = addresses.low >> np.uint64(24 - 8 * place) & np.uint64(255)
        slots[:, place] = (_OCTETS if place < 3 else _LAST_OCTETS)[octet.astype(np.intp)]
    slots[:, 4] = _LENGTHS[addresses.length + 1]
    return slots.view(np.uint8)


def _mapped_slots(addresses: Addresses) -> _Slots:
    before = np.broadcast_to(_BEFORE_MAPPED.view(np.uint8), (len(addresses), 8))
    return np.concatenate([before, _four_slots(addresses)], axis=1)


def _six_slots(addresses: Addresses) -> _Slots:
    shifts = np.arange(48, -1, -16, dtype=np.uint64)[:, None]
    groups = np.concatenate([addresses.high >> shifts, addresses.low >> shifts]) & _GROUP
    run = np.zeros(len(addresses), np.int8)
    start, longest = np.full(len(addresses), 9, np.int8), np.ones(len(addresses), np.int8)  # one zero alone is written
    for place in range(7, -1, -1):
        run = (run + np.int8(1)) * (groups[place] == 0)
        better = (run >= longest) & (run > 1)  # of equal runs the first
        start += (np.int8(place) - start) * better
        longest = np.maximum(longest, run)
    stop = start + longest
    slots = np.zeros((len(addresses), 44), np.uint8)
    for place in range(8):
        written = (place < start) | (place >= stop)
        slots[:, 5 * place + 1 : 5 * place + 5] = (_GROUPS[groups[place].astype(np.intp)] * written)[:, None].view(
            np.uint8
        )
        slots[:, 5 * place] = (written & (place > 0) | (place == start)) * np.uint8(ord(":"))
    last = np.flatnonzero(stop == 8)
    slots[last, 5 * start[last].astype(np.intp) + 1] = ord(":")
    slots[:, 40:] = _LENGTHS[addresses.length + 1][:, None].view(np.uint8)
    return slots
