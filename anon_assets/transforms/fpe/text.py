"""A column of text as one run of bytes, with the places of the characters that are encrypted.

Every alphabet holds characters of equal width in UTF-8. So results are written over a copy of the bytes, and where each
value starts and ends never changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anon_assets.transforms.fpe.alphabets import UNKNOWN, Alphabets, unicode_alphabets

__all__ = [
    "Bools", "Bytes", "Digits", "Picked", "Places", "Text", "classes_of", "joined", "mapped", "pick", "put", "spans",
    "with_unicode",
]  # fmt: skip

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Digits = npt.NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True)
class Text:
    """Values without nulls, end to end.

    Args:
        data: their UTF-8 bytes.
        offsets: where each value starts, and where the last one ends: one more than there are values.
        values: the same as Arrow text.
    """

    data: Bytes
    offsets: Places
    values: pa.Array

    @staticmethod
    def of(values: pa.Array) -> Text:
        """From ``pa.string()`` without nulls; the bytes are not copied."""
        if not len(values):
            return Text(np.zeros(0, np.uint8), np.zeros(1, np.int64), values)
        _, offsets, data = values.buffers()
        places = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
        flat = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
        return Text(flat[places[0] : places[-1]], places - places[0], values)

    @property
    def starts(self) -> Places:
        """Where each value starts."""
        return self.offsets[:-1]

    @property
    def ends(self) -> Places:
        """Where each value ends, exclusive."""
        return self.offsets[1:]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def rows_of(self, places: Places) -> Places:
        """The value that holds each of these places (sorted or not)."""
        return np.searchsorted(self.offsets, places, side="right") - 1

    def without(self, places: Places) -> Bools:
        """Per value whether it holds none of these places."""
        clean = np.ones(len(self), np.bool_)
        if len(places):
            clean[self.rows_of(places)] = False
        return clean

    def firsts(self, chosen: Bools) -> Places:
        """Where each value begins among the bytes that are chosen, and the end: one more than there are values."""
        lengths = np.diff(self.offsets)
        firsts = np.zeros(len(self) + 1, np.int64)
        if len(lengths) and lengths.min() > 0 and lengths.max() < 256:  # counts fit a byte: the quicker way
            np.cumsum(np.add.reduceat(chosen.view(np.uint8), self.starts, dtype=np.uint8), out=firsts[1:])
            return firsts
        before = np.zeros(len(self.data) + 1, np.int32)
        np.cumsum(chosen, out=before[1:], dtype=np.int32)
        np.copyto(firsts, before[self.offsets])
        return firsts

    @property
    def is_ascii(self) -> bool:
        """No value has a character beyond ASCII."""
        return not len(self.data) or int(self.data.max()) < 0x80

    def rebuilt(self, data: Bytes) -> pa.Array:
        """``pa.string()`` with the same starts and ends over other bytes."""
        offsets = pa.py_buffer(self.offsets.astype(np.int32))
        return pa.StringArray.from_buffers(len(self), offsets, pa.py_buffer(np.ascontiguousarray(data)))


def mapped(data: Bytes, table: bytes) -> Bytes:
    """Each byte's entry in a table of 256: several times as fast as indexing."""
    return np.frombuffer(bytearray(data).translate(table), np.uint8)


def spans(starts: Places, stops: Places) -> Places:
    """Every place from each start up to its stop."""
    lengths = np.maximum(stops - starts, 0)
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


@dataclass(frozen=True, slots=True)
class Picked:
    """The characters that are encrypted, value after value.

    Args:
        places: where each character starts in the bytes.
        classes: the alphabet of each; one number where it is that of all.
        digits: its place in that alphabet.
        firsts: the index in these arrays where each value begins, and the end: one more than there are values.
    """

    places: Places
    classes: npt.NDArray[np.unsignedinteger] | int
    digits: Digits
    firsts: Places

    def only(self, rows: Bools) -> Picked:
        """The characters of these values; the others have none."""
        counts = np.diff(self.firsts)
        inside = np.repeat(rows, counts)
        classes = self.classes if isinstance(self.classes, int) else self.classes[inside]
        firsts = np.concatenate([[0], np.cumsum(np.where(rows, counts, 0))])
        return Picked(self.places[inside], classes, self.digits[inside], firsts)


def joined(pieces: list[Picked]) -> Picked:
    """Values of several pieces one after the other. Their places stay relative to their own piece."""
    if len(pieces) == 1:
        return pieces[0]
    names = {piece.classes if isinstance(piece.classes, int) else 0 for piece in pieces if len(piece.digits)}
    classes: npt.NDArray[np.unsignedinteger] | int
    if names <= {0} or len(names) > 1:
        every = [
            np.full(len(piece.digits), piece.classes, np.uint8 if piece.classes < 256 else np.uint16)
            if isinstance(piece.classes, int)
            else piece.classes
            for piece in pieces
        ]
        classes = np.concatenate(every)
    else:
        classes = names.pop()
    ends = np.cumsum([0, *(len(piece.digits) for piece in pieces)])
    firsts = [piece.firsts[:-1] + end for piece, end in zip(pieces, ends[:-1], strict=True)]
    return Picked(
        np.zeros(0, np.int64),
        classes,
        np.concatenate([piece.digits for piece in pieces]),
        np.append(np.concatenate(firsts), ends[-1]),
    )


def classes_of(text: Text, alphabets: Alphabets) -> tuple[npt.NDArray[np.unsignedinteger], Bools]:
    """The class of each byte (0 for all but the first byte of a character), and which values have no unknown letter."""
    return with_unicode(text, alphabets, mapped(text.data, alphabets.class_of))


def with_unicode(
    text: Text, alphabets: Alphabets, classes: npt.NDArray[np.unsignedinteger]
) -> tuple[npt.NDArray[np.unsignedinteger], Bools]:
    """As ``classes_of``, where those of ASCII are given."""
    known = np.ones(len(text), np.bool_)
    if alphabets.beyond != "none" and not text.is_ascii:
        leads = np.flatnonzero(text.data >= 0xC0)
        found = alphabets.unicode_classes(_decoded(text.data, leads))
        known = text.without(leads[found == UNKNOWN])
        found[found == UNKNOWN] = 0
        classes = classes.astype(np.uint16)
        classes[leads] = found
    return classes, known


def pick(text: Text, alphabets: Alphabets, classes: npt.NDArray[np.unsignedinteger]) -> Picked:
    """The characters of a class other than 0."""
    chosen = classes != 0
    places = np.flatnonzero(chosen)
    firsts = text.firsts(chosen)
    codes = text.data.take(places)
    digits: Digits = mapped(codes, alphabets.place_of)
    if classes.dtype != np.uint8:
        wide = np.flatnonzero(codes >= 0x80)
        digits = digits.astype(np.uint16)
        digits[wide] = unicode_alphabets().places[_decoded(text.data, places[wide])]
    most = classes.max(initial=0)
    one = bool(((classes == most) == chosen).all())
    return Picked(places, int(most) or 1 if one else classes.take(places), digits, firsts)


def put(data: Bytes, alphabets: Alphabets, picked: Picked, digits: Digits) -> None:
    """Write other characters of the same alphabets over the bytes."""
    if isinstance(picked.classes, int) and picked.classes <= len(alphabets.ascii):
        data[picked.places] = mapped(digits.astype(np.uint8), alphabets.ascii[picked.classes - 1].ljust(256, b"\0"))
        return
    points = alphabets.points(picked.classes, digits)
    if points.dtype == np.uint8:
        data[picked.places] = points
        return
    narrow = points < 0x80
    data[picked.places[narrow]] = points[narrow]
    for width, least, lead in ((2, 0x80, 0xC0), (3, 0x800, 0xE0), (4, 0x10000, 0xF0)):
        chosen = (points >= least) & (points < (0x800, 0x10000, 0x110000)[width - 2])
        at, point = picked.places[chosen], points[chosen].astype(np.uint32)
        for byte in range(width):
            bits = point >> np.uint32(6 * (width - 1 - byte))
            data[at + byte] = (bits | lead if byte == 0 else bits & 0x3F | 0x80).astype(np.uint8)


def _decoded(data: Bytes, leads: Places) -> npt.NDArray[np.uint32]:
    """Code points of the characters of two bytes or more that start at these places."""
    first = data[leads].astype(np.uint32)
    width = 2 + (first >= 0xE0) + (first >= 0xF0)
    point = first & (np.uint32(0x7F) >> width.astype(np.uint32))
    for byte in range(1, 4):
        more = width > byte
        following = data[leads[more] + byte].astype(np.uint32) & 0x3F
        point[more] = point[more] << np.uint32(6) | following
    return point
