"""The scan of frames, and spans in texts."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import anon_assets
from anon_assets.contracts.detector import Verdict
from anon_assets.errors import ScanFailed, UsageError

MAILS = [f"user{number}@example.com" for number in range(40)]
NAMES = ["Ada Miller", "Grace Hopper", "Maria Garcia", "Thomas Schneider"] * 10


def by_column(frame: object, **options: str) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for each in anon_assets.scan(frame, **options):
        found.setdefault(each.column, each)
    return found


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame, pl.DataFrame])
def test_every_kind_of_frame_gets_a_verdict_per_column(make) -> None:
    frame = make({"c1": MAILS, "n": list(range(40)), "empty": pa.array([None] * 40, pa.string()).to_pylist()})
    found = by_column(frame)
    assert list(found) == ["c1", "n", "empty"]
    assert (found["c1"].verdict, found["c1"].entity, found["c1"].tier) == ("type", "email", "direct")
    assert (found["c1"].hits, found["c1"].distinct, found["c1"].rows) == (40, 40, 40)
    assert found["n"].verdict == "none"
    assert found["empty"].verdict == "unknown"


def test_a_frame_without_rows_or_columns() -> None:
    assert anon_assets.scan(pd.DataFrame()) == []
    assert by_column(pa.table({"email": pa.array([], pa.string())}))["email"].entity == "email"


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UsageError):
        anon_assets.scan([1, 2])


def test_json_is_told_by_path_one_finding_each() -> None:
    documents = [
        json.dumps({"contact": {"email": mail, "fname": "Maria"}, "n": number}) for number, mail in enumerate(MAILS)
    ]
    found = anon_assets.scan(pd.DataFrame({"payload": documents}))
    assert {(each.entity, each.path, each.verdict) for each in found} == {
        ("email", "$.contact.email", "contains"),
        ("first_name", "$.contact.fname", "contains"),
    }
    assert all(each.rows == 40 and each.share == 1.0 for each in found)


def test_sparse_paths_have_their_share() -> None:
    documents = [json.dumps({"note": {"to": mail} if place % 4 == 0 else {}}) for place, mail in enumerate(MAILS)]
    (found,) = anon_assets.scan(pd.DataFrame({"payload": documents}))
    assert (found.path, found.entity, found.share) == ("$.note.to", "email", 0.25)


def test_keys_that_are_data_are_found_and_not_told() -> None:
    found = anon_assets.scan(pd.DataFrame({"votes": [json.dumps({mail: 1}) for mail in MAILS]}))
    assert [(each.entity, each.path) for each in found] == [("email", "$.*")]
    assert "example" not in repr(found)


def test_lists_structs_and_lists_of_structs() -> None:
    frame = pa.table(
        {
            "tags": pa.array([[mail, None] for mail in MAILS]),
            "owner": pa.array([{"mail": mail, "k": 1} for mail in MAILS]),
            "people": pa.array([[{"mail": mail}] for mail in MAILS]),
            "numbers": pa.array([[1, 2]] * 40),
        }
    )
    found = by_column(frame)
    assert {name: (each.verdict, each.path) for name, each in found.items()} == {
        "tags": ("contains", "$[*]"),
        "owner": ("contains", "$.mail"),
        "people": ("contains", "$[*].mail"),
        "numbers": ("none", ""),
    }


def test_whole_floats_of_pandas_are_numbers() -> None:
    cards = [4111111111111111, 5555555555554444, 5105105105105100, 4012888888881881, 2223003122003222] * 4
    frame = pd.DataFrame({"c9": [float(card) for card in cards] + [None]})
    assert by_column(frame)["c9"].entity == "payment_card"


def test_objects_of_several_types_are_looked_at_as_text() -> None:
    frame = pd.DataFrame({"odd": [*MAILS, 7, 2.5, None, dt.date(2020, 1, 1)]})
    assert by_column(frame)["odd"].entity == "email"


def test_words_count_in_a_table_about_persons() -> None:
    frame = pd.DataFrame({"name": ["x1", "x2", "x3"] * 5})
    assert by_column(frame)["name"].verdict != "type"
    assert by_column(frame, table="customers")["name"].entity == "person_name"


def test_sparse_values_are_contained() -> None:
    values = [mail if place % 8 == 0 else f"K{place:05d}" for place, mail in enumerate(MAILS * 5)]
    (found,) = anon_assets.scan(pd.DataFrame({"ref": values}))
    assert (found.verdict, found.entity) == ("contains", "email")
    assert 0.1 < found.share < 0.15


def test_no_finding_holds_a_value() -> None:
    frame = pd.DataFrame({"c1": MAILS, "c2": NAMES, "c3": [json.dumps({"a": name}) for name in NAMES]})
    told = repr(anon_assets.scan(frame))
    assert not any(value in told for value in (*MAILS, *NAMES, "Miller"))


def test_spans_count_characters() -> None:
    texts = ["żółw ada@example.com", None, "", "x", "bob@example.org, then IBAN DE89 3704 0044 0532 0130 00."]
    found = anon_assets.spans(texts, detectors=["email"])
    assert found.schema.names == ["row", "start", "end", "entity", "confidence"]
    pieces = [texts[row][start:end] for row, start, end in zip(*(found[name].to_pylist() for name in ("row", "start", "end")), strict=True)]  # fmt: skip # noqa: E501
    assert pieces == ["ada@example.com", "bob@example.org"]
    assert set(found["entity"].to_pylist()) == {"email"}
    assert all(0.5 <= sure <= 1 for sure in found["confidence"].to_pylist())


@pytest.mark.parametrize(
    "make", [pa.array, pd.Series, pl.Series, list, lambda texts: pa.chunked_array([texts, texts[:0]])]
)
def test_spans_take_columns_of_every_library(make) -> None:
    found = anon_assets.spans(make(["to ada@example.com", "none"]))
    assert found.select(["row", "start", "end"]).to_pylist() == [{"row": 0, "start": 3, "end": 18}]


def test_spans_of_nothing() -> None:
    assert anon_assets.spans([]).num_rows == 0
    assert anon_assets.spans([None, "", "plain words"]).num_rows == 0


def test_an_unknown_entity_is_refused() -> None:
    with pytest.raises(UsageError, match="e_mail"):
        anon_assets.spans(["x"], detectors=["e_mail"])


def test_spans_do_not_overlap() -> None:
    found = anon_assets.spans(
        ["https://example.com/u?mail=ada@example.com&ip=192.0.2.44 tel +49 30 901820"]
    ).to_pylist()
    places = [(each["start"], each["end"]) for each in found]
    assert places == sorted(places)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(places))


@pytest.mark.parametrize("ending", ["parquet", "feather", "csv", "json"])
def test_files_are_scanned_in_batches(tmp_path, ending) -> None:
    import pyarrow.csv
    import pyarrow.feather
    import pyarrow.parquet

    table, path = pa.table({"c1": MAILS, "n": list(range(40))}), tmp_path / f"export.{ending}"
    if ending == "parquet":
        pyarrow.parquet.write_table(table, path, row_group_size=7)
    elif ending == "feather":
        pyarrow.feather.write_feather(table, path)
    elif ending == "csv":
        pyarrow.csv.write_csv(table, path)
    else:
        path.write_text("\n".join(json.dumps(row) for row in table.to_pylist()))
    found = by_column(path)
    assert (found["c1"].verdict, found["c1"].entity, found["c1"].rows) == ("type", "email", 40)
    assert found["n"].verdict == "none"
    assert list(found) == ["c1", "n"]


def test_the_name_of_a_file_is_scanned(tmp_path) -> None:
    path = tmp_path / "export_ada@example.com_2024.csv"
    path.write_text("a\n1\n")
    found = anon_assets.scan(str(path))
    assert [(each.column, each.entity) for each in found] == [("a", ""), ("(file name)", "email")]
    assert "ada@" not in repr(found)


def test_what_is_no_file_is_refused_without_its_content(tmp_path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        anon_assets.scan(tmp_path / "missing.csv")
    with pytest.raises(UsageError, match="not a kind"):
        anon_assets.scan(tmp_path / "letter.docx")
    broken = tmp_path / "broken.json"
    broken.write_text('{"mail": ada@example.com')
    with pytest.raises(UsageError) as refused:
        anon_assets.scan(broken)
    assert "ada@" not in str(refused.value)


def test_what_a_library_says_of_a_value_does_not_leave() -> None:
    with pytest.raises(ScanFailed) as refused:
        anon_assets.spans([1, "ada@example.com"])
    assert "ada" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
