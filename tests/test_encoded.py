"""Dictionary-encoded batches: what they become, and what is worked on for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets import encoded as encoded_module
from anon_assets.encoded import Encoder, OnDictionary, recurs

TEXTS = st.lists(st.lists(st.sampled_from([None, *"abcdefghij"]), max_size=12), max_size=8)


def _upper(seen: list[list[str | None]]) -> Callable[[pa.Array], pa.Array]:
    def upper(values: pa.Array) -> pa.Array:
        seen.append(values.to_pylist())
        return pc.utf8_upper(values)

    return upper


def test_only_what_a_dictionary_uses_is_worked_on() -> None:
    seen: list[list[str | None]] = []
    column = pa.DictionaryArray.from_arrays(pa.array([3, 1, None, 3], pa.int8()), pa.array(["a", "b", "c", "d"]))
    assert OnDictionary().apply(column, _upper(seen)).to_pylist() == ["D", "B", None, "D"] and seen == [["b", "d"]]
    whole = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1]), pa.array(["a", None]))
    made = OnDictionary().apply(whole, _upper(seen))
    assert made.to_pylist() == [None, "A", None] and made.dictionary.to_pylist() == ["A"]
    assert OnDictionary().apply(column[:0], _upper(seen)).to_pylist() == []
    assert OnDictionary().apply(column[1:3], _upper(seen)).to_pylist() == ["B", None]


def test_what_the_batches_before_had_is_not_worked_on_again() -> None:
    seen: list[list[str | None]] = []
    encoder, by_value = Encoder(), OnDictionary()
    for texts in (["a", "b", None], ["b", "c", "b"], ["c", None, "b"], ["b", "x", "a"], [None], [], ["b", "c"]):
        made = by_value.apply(encoder.encode(pa.array(texts, pa.string())), _upper(seen))
        made.validate(full=True)
        assert made.to_pylist() == [None if text is None else text.upper() for text in texts]
    assert seen == [["a", "b"], ["c"], ["x"], [], []], "a batch without values forgets nothing"


def test_results_that_are_no_text_come_decoded() -> None:
    column = pa.array(["ab", "c", "ab", None]).dictionary_encode()
    assert OnDictionary().apply(column, pc.utf8_length).equals(pa.array([2, 1, 2, None], pa.int32()))


def test_results_of_another_type_are_made_anew() -> None:
    encoder, by_value = Encoder(), OnDictionary()

    def odd(values: pa.Array) -> pa.Array:
        return values if "b" not in values.to_pylist() else values.cast(pa.large_string())

    for texts in (["a"], ["b"]):
        assert by_value.apply(encoder.encode(pa.array(texts)), odd).to_pylist() == texts


@given(TEXTS)
def test_batches_of_dictionaries_become_what_their_values_become(batches: list[list[str | None]]) -> None:
    encoder, growing, apart = Encoder(), OnDictionary(), OnDictionary()

    def vanishing(values: pa.Array) -> pa.Array:
        return pc.if_else(pc.equal(values, "c"), None, pc.binary_repeat(values, 2))

    for texts in batches:
        column, wanted = pa.array(texts, pa.string()), [None if text in {None, "c"} else text * 2 for text in texts]
        encoded = encoder.encode(column)
        encoded.validate(full=True)
        assert encoded.to_pylist() == texts
        assert encoded.type == pa.dictionary(pa.int32(), pa.string())
        for by_value, batch in ((growing, encoded), (apart, column.dictionary_encode())):
            made = by_value.apply(batch, vanishing)
            assert made.to_pylist() == wanted and made.dictionary.null_count == 0


@pytest.mark.parametrize(("values", "length"), [(20_000, 1), (100, 20_000)])
def test_a_dictionary_that_grew_too_large_begins_anew(values: int, length: int) -> None:
    encoder = Encoder()
    first = pa.array([f"a{number}".ljust(length, ".") for number in range(values // 2)])
    second = pa.array([f"b{number}".ljust(length, ".") for number in range(values // 2)])
    assert len(encoder.encode(first).dictionary) == values // 2
    assert len(encoder.encode(second).dictionary) == values // 2
    part = second[: values * 3 // 10]
    assert len(encoder.encode(part).dictionary) == values // 2, "the batch before began anew"
    assert len(encoder.encode(pa.concat_arrays([first, second])).dictionary) == values
    assert len(encoder.encode(part).dictionary) == len(part)


def test_a_dictionary_of_which_most_is_not_used_begins_anew() -> None:
    encoder = Encoder()
    for texts, carried in (("abcd", "abcd"), ("cdef", "abcdef"), ("fgh", "fgh"), ("hi", "hi"), ("ij", "hij")):
        assert "".join(encoder.encode(pa.array(list(texts))).dictionary.to_pylist()) == carried


def test_a_batch_too_large_to_be_joined_is_encoded_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder()
    encoder.encode(pa.array(["a", "b"]))
    monkeypatch.setattr(encoded_module, "_MOST_JOINED", 1)
    assert encoder.encode(pa.array(["b", "c"])).dictionary.to_pylist() == ["b", "c"]


def test_large_dictionaries_and_their_results_are_not_held() -> None:
    by_value = OnDictionary()
    by_value.apply(pa.array([str(number) for number in range(20_000)]).dictionary_encode(), pc.utf8_upper)
    assert by_value._last is None


def test_columns_recur_from_three_rows_to_a_value() -> None:
    assert recurs(pa.array(["a", "b", None] * 3)) and not recurs(pa.array(["a", "b", None] * 2))
    assert (
        not recurs(pa.nulls(9, pa.string())) and not recurs(pa.array([], pa.string())) and not recurs(pa.array([1] * 9))
    )
    few, many = (
        pa.array([str(number) for number in np.random.default_rng(1).integers(0, values, 60_000)])
        for values in (8_000, 60_000)
    )
    assert recurs(few) and not recurs(many) and not recurs(few.cast(pa.large_string()))
    for column, wanted in ((few, True), (many, False)):
        assert recurs(pa.concat_arrays([pa.nulls(4_096, pa.string()), column])) is wanted
    assert not recurs(pa.nulls(20_000, pa.string()))
