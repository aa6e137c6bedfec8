"""JSON documents read columnwise: where each value stands, how deep, under which key."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anon_assets.text_buffer import Joined, Positions
from anon_assets.transforms.json.paths import DEAD, Automaton

__all__ = ["BELOW", "Values", "malformed", "scan", "unescaped"]

BELOW = -2
"""The state of a value inside one that is decided as a whole."""

_SEP, _OPEN_O, _CLOSE_O, _OPEN_A, _CLOSE_A, _COLON, _COMMA, _STRING, _SCALAR, _KEY, _COMMA_O, _COMMA_A = range(1, 13)
_CLASS = np.full(256, _SCALAR, np.uint8)
_CLASS[[9, 10, 13, 32]] = 0
for _byte, _kind in zip(b"{}[]:,", (_OPEN_O, _CLOSE_O, _OPEN_A, _CLOSE_A, _COLON, _COMMA), strict=True):
    _CLASS[_byte] = _kind
_CLASS[ord('"')] = 0  # set where a string begins
_STEP = np.zeros(13, np.int32)
_STEP[[_OPEN_O, _OPEN_A]], _STEP[[_CLOSE_O, _CLOSE_A]] = 1, -1

_VALUE = (_STRING, _SCALAR, _OPEN_O, _OPEN_A)
_FOLLOWS = np.zeros((13, 13), bool)  # the grammar of RFC 8259: which token may stand after which
for _before, _after in (
    (_SEP, _VALUE), (_COLON, _VALUE), (_COMMA_A, _VALUE), (_OPEN_A, (*_VALUE, _CLOSE_A)), (_OPEN_O, (_KEY, _CLOSE_O)),
    (_KEY, (_COLON,)), (_COMMA_O, (_KEY,)),
    *((_end, (_COMMA_O, _COMMA_A, _CLOSE_O, _CLOSE_A, _SEP)) for _end in (_STRING, _SCALAR, _CLOSE_O, _CLOSE_A)),
):  # fmt: skip
    _FOLLOWS[_before, list(_after)] = True
_NUMBER_OR_WORD = r"\A(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\z"
_ESCAPED = np.zeros(256, bool)
_ESCAPED[list(b'"\\/bfnrtu')] = True
_HEX = np.zeros(256, bool)
_HEX[list(b"0123456789abcdefABCDEF")] = True


@dataclass(frozen=True, slots=True)
class Values:
    """Every value of some documents, in the order of the text: objects, arrays, strings, numbers and words.

    Args:
        begins, ends: in the buffer; strings with their quotes.
        kinds: first byte: ``{``, ``[``, ``"``, or that of the number or word.
        levels: how many objects and arrays it stands in.
        keys: begin and end of its key without quotes, two columns; -1 for an array element or a document.
        inside: how many values a value holds, at any depth.
        escaped: there are escapes in the documents.
    """

    begins: Positions
    ends: Positions
    kinds: npt.NDArray[np.uint8]
    levels: npt.NDArray[np.int32]
    keys: Positions
    inside: Positions
    escaped: bool

    def states(self, joined: Joined, automaton: Automaton) -> Positions:
        """The state of each value; ``BELOW`` inside a value that no path leads into."""
        states = np.full(len(self.begins), BELOW, np.int64)
        here = np.flatnonzero(self.levels == 0)
        states[here] = 0
        level = 0
        while len(here):
            container = (self.kinds[here] == ord("{")) | (self.kinds[here] == ord("["))
            parents = here[container & (states[here] != DEAD)]
            parents = parents[automaton.leads_on[states[parents]]]
            level += 1
            below = np.flatnonzero(self.levels == level)
            if not len(parents) or not len(below):
                break
            owner = parents[np.maximum(np.searchsorted(parents, below) - 1, 0)]
            within = (below > owner) & (below <= owner + self.inside[owner])
            here, owner = below[within], owner[within]
            codes = self._codes(joined, here, automaton)
            elements = np.flatnonzero(self.keys[here, 0] < 0)
            first = np.searchsorted(owner, owner[elements])  # those of one array follow one another
            codes[elements] = automaton.codes_of_elements(elements - first)
            states[here] = automaton.follow[states[owner], codes]
        return states

    def _codes(self, joined: Joined, values: Positions, automaton: Automaton) -> Positions:
        codes = np.zeros(len(values), np.int64)
        if not automaton.names:
            return codes
        begins, ends = self.keys[values].T
        sizes = np.unique([len(name.encode()) for name in automaton.names])
        if self.escaped:  # at most six bytes for one
            named = (begins >= 0) & (ends - begins <= 6 * sizes[-1])
        else:
            fits = np.zeros(sizes[-1] + 2, bool)
            fits[sizes] = True
            named = (begins >= 0) & fits[np.minimum(ends - begins, sizes[-1] + 1)]
        keys, _ = unescaped(joined.slices(begins[named], ends[named]))
        found = pc.index_in(keys, pa.array(automaton.names, pa.string()))
        codes[named] = pc.fill_null(found, -1).to_numpy().astype(np.int64) + 1
        return codes


def unescaped(texts: pa.Array) -> tuple[pa.Array, int]:
    """What the insides of JSON strings spell, ``pa.string()``; null for, and the number of, unpaired surrogates."""
    escaped = pc.match_substring(texts, "\\")
    if not pc.any(escaped).as_py():
        return texts, 0
    inner = texts.filter(escaped).to_pylist()
    spelled = json.loads('["' + '","'.join(inner) + '"]')  # one call for all of them
    try:
        made, bad = pa.array(spelled, pa.string()), 0
    except (UnicodeError, pa.ArrowException):
        fits = [not any("\ud800" <= letter <= "\udfff" for letter in text) for text in spelled]
        made = pa.array([text if fine else None for text, fine in zip(spelled, fits, strict=True)], pa.string())
        bad = fits.count(False)
    return pc.replace_with_mask(texts, escaped, made), bad


def malformed(values: pa.Array) -> int:
    """How many texts are no JSON: counted one by one, for the error."""

    def refuse(_: str) -> None:
        raise ValueError("no JSON number")

    count = 0
    for text in values.to_pylist():
        try:
            json.loads(text, parse_constant=refuse)
        except (ValueError, RecursionError):
            count += 1
    return count


def scan(joined: Joined) -> Values | None:
    """Every value of the documents, one a row; None when one of them is no JSON.

    The work is a few passes of numpy over the bytes, then over the tokens, with no loop over documents. Everything that
    RFC 8259 asks is checked (names may repeat).
    """
    data = joined.bytes
    strings = _strings(joined)
    if strings is None:
        return None
    opening, closing, escaped = strings
    edge = np.zeros(len(data) + 1, np.int8)
    edge[opening] = 1
    edge[closing + 1] -= 1
    inside = np.cumsum(edge[:-1], dtype=np.int8).view(np.bool_)
    if ((data < 32) & inside).any():
        return None
    classes = np.frombuffer(bytearray(joined.buffer.to_pybytes().translate(_CLASS.tobytes())), np.uint8)
    classes *= ~inside
    classes[joined.starts[1:] - 1] = _SEP
    scalars = np.flatnonzero(classes == _SCALAR)
    fresh = np.diff(scalars, prepend=-2) != 1
    scalar_begins, scalar_ends = scalars[fresh], scalars[np.append(fresh[1:], True)[: len(scalars)]] + 1
    classes[scalars[~fresh]] = 0
    classes[opening] = _STRING
    words = joined.slices(scalar_begins, scalar_ends).dictionary_encode().dictionary
    if not pc.all(pc.match_substring_regex(words, _NUMBER_OR_WORD), min_count=0).as_py():
        return None
    return _tokens(data, classes, closing, scalar_ends, escaped=escaped)


def _strings(joined: Joined) -> tuple[Positions, Positions, bool] | None:
    """Opening and closing quotes, and whether there are escapes; None when they or the escapes are not well-formed."""
    data = joined.bytes
    quotes, slashes = np.flatnonzero(data == ord('"')), np.flatnonzero(data == ord("\\"))
    if len(slashes):
        place = np.arange(len(slashes))
        run = np.maximum.accumulate(np.where(np.diff(slashes, prepend=-2) != 1, place, 0))
        after = slashes[(place - run) % 2 == 0] + 1  # the first of a run escapes the second, and so on
        if not _ESCAPED[data[after]].all():
            return None
        coded = after[data[after] == ord("u")]
        if len(coded) and (coded[-1] + 4 >= len(data) or not _HEX[data[coded[:, None] + np.arange(1, 5)]].all()):
            return None
        escaped = np.zeros(len(data), bool)
        escaped[after] = True
        quotes = quotes[~escaped[quotes]]
    if (np.diff(np.searchsorted(quotes, joined.starts)) % 2).any():
        return None
    return quotes[0::2], quotes[1::2], len(slashes) > 0


def _tokens(
    data: npt.NDArray[np.uint8],
    classes: npt.NDArray[np.uint8],
    closing: Positions,
    scalar_ends: Positions,
    *,
    escaped: bool,
) -> Values | None:
    """The values among the tokens; None when tokens do not follow the grammar."""
    tokens = np.flatnonzero(classes)
    kinds = classes[tokens]
    depth = np.cumsum(_STEP[kinds], dtype=np.int32)
    if not len(tokens) or depth.min() < 0 or depth[kinds == _SEP].any():
        return None
    opens = (kinds == _OPEN_O) | (kinds == _OPEN_A)
    refined = kinds.copy()
    refined[:-1][(kinds[:-1] == _STRING) & (kinds[1:] == _COLON)] = _KEY
    # brackets and commas by the object or array that they belong to: each group begins with its opening bracket
    parts = np.flatnonzero(opens | (kinds == _CLOSE_O) | (kinds == _CLOSE_A) | (kinds == _COMMA))
    part, group = kinds[parts], depth[parts]
    group += (part == _CLOSE_O) | (part == _CLOSE_A)
    order = np.argsort(group.astype(np.int16) if depth.max() < 2**15 - 1 else group, kind="stable")
    part, parts, group = part[order], parts[order], group[order]
    first = (part == _OPEN_O) | (part == _OPEN_A)
    opener = np.maximum.accumulate(np.where(first, np.arange(len(part)), 0))
    comma = part == _COMMA
    if not group.all():  # a comma outside
        return None
    refined[parts[comma]] = np.where(part[opener[comma]] == _OPEN_O, _COMMA_O, _COMMA_A)
    brackets = parts[~comma]
    if not ((kinds[brackets[0::2]] + 1 == kinds[brackets[1::2]]) & opens[brackets[0::2]]).all():
        return None
    if refined[0] not in _VALUE or not _FOLLOWS[refined[:-1], refined[1:]].all():
        return None
    last = np.arange(len(tokens))
    last[brackets[0::2]] = brackets[1::2]  # of each bracket, the one that closes it
    ends = np.empty(len(tokens), np.int64)
    ends[kinds == _STRING] = closing + 1
    ends[kinds == _SCALAR] = scalar_ends
    value = opens | (refined == _STRING) | (kinds == _SCALAR)
    which = np.flatnonzero(value)
    ends[opens] = tokens[last[opens]] + 1
    counted = np.cumsum(value)
    keyed = np.flatnonzero(refined[which - 1] == _COLON)
    keys = np.full((len(which), 2), -1, np.int64)
    names = which[keyed] - 2
    keys[keyed, 0], keys[keyed, 1] = tokens[names] + 1, ends[names] - 1
    begins = tokens[which]
    return Values(
        begins, ends[which], data[begins], (depth - opens)[which], keys, counted[last[which]] - counted[which], escaped
    )
