from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anon_assets.text_buffer import Joined, splice

TEXTS = st.lists(st.text("abä€😀\n", max_size=8), max_size=6)
KINDS = (pa.string(), pa.large_string(), pa.string_view())


def numbers(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_rows_lie_end_to_end_with_a_line_feed_after_each() -> None:
    joined = Joined.of(pa.array(["no", "ab", "", "ä"]).slice(1))
    assert joined.buffer.to_pybytes() == "ab\n\nä\n".encode()
    assert joined.starts.tolist() == [0, 3, 4, 7]
    assert joined.rows(numbers(0, 1, 2, 3, 4, 5)).tolist() == [0, 0, 0, 1, 2, 2]
    empty = Joined.of(pa.array([], pa.string()))
    assert (empty.buffer.to_pybytes(), empty.starts.tolist()) == (b"", [0])


def test_slices_in_any_order() -> None:
    joined = Joined.of(pa.array(["abc", "äö"]))
    assert joined.slices(numbers(4, 0, 1, 2), numbers(8, 3, 2, 2)).to_pylist() == ["äö", "abc", "b", ""]
    assert joined.slices(numbers(), numbers()).type == pa.string()


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(texts=TEXTS, data=st.data())
def test_splice_is_what_python_slices_give(kind: pa.DataType, texts: list[str], data: st.DataObject) -> None:
    rows, begins, ends, put, expected = [], [], [], [], []
    for row, text in enumerate(texts):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
        made, last = "", 0
        for begin, end in zip(cuts[::2], cuts[1::2], strict=False):
            new = data.draw(st.sampled_from(["", "x", "éé"]))
            rows.append(row)
            begins.append(len(text[:begin].encode()))
            ends.append(len(text[:end].encode()))
            put.append(new)
            made, last = made + text[last:begin] + new, end
        expected.append(made + text[last:])
    column = pa.array(["before", *texts, "after"]).cast(kind).slice(1, len(texts))
    made = splice(column, numbers(*rows), numbers(*begins), numbers(*ends), pa.array(put, pa.string()))
    made.validate(full=True)
    assert made.type == kind and made.to_pylist() == expected
