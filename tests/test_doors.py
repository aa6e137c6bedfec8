from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import anon_assets
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import FindingsError, TransformError, UsageError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

KEY = bytes(range(32))
TOKEN = {"token": {"length": 12}}


def people() -> pa.Table:
    return pa.table({
        "email": pa.array(["a@x.org", None, "b@y.org", "a@x.org"]),
        "age": pa.array([30, 41, None, 30], pa.int64()),
        "born": pa.array([dt.date(1990, 1, 2), None, dt.date(1970, 5, 6), dt.date(1990, 1, 2)]),
    })  # fmt: skip


def test_equal_values_get_equal_tokens_in_every_kind_of_frame():
    arrow = anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="keep")
    tokens = arrow.column("email").to_pylist()
    assert tokens[0] == tokens[3] != tokens[2] and tokens[1] is None
    assert arrow.schema == people().schema
    pandas = anon_assets.apply(people().to_pandas(), {"email": TOKEN}, key=KEY, rest="keep")
    assert isinstance(pandas, pd.DataFrame) and pandas["email"].tolist()[0] == tokens[0]
    polars = anon_assets.apply(pl.from_arrow(people()), {"email": TOKEN}, key=KEY, rest="keep")
    assert isinstance(polars, pl.DataFrame) and polars["email"].to_list() == tokens
    (batch,) = people().to_batches()
    assert anon_assets.apply(batch, {"email": TOKEN}, key=KEY, rest="keep").column("email").to_pylist() == tokens


def test_a_column_that_is_not_named_is_refused_kept_emptied_or_left_out():
    with pytest.raises(FindingsError) as error:
        anon_assets.apply(people(), {"email": TOKEN}, key=KEY)
    assert "age" in str(error.value) and "born" in str(error.value)
    assert anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="null").column("age").null_count == 4
    assert anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="drop").schema.names == ["email"]
    with pytest.raises(UsageError, match="did you mean keep"):
        anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="kep")


def test_every_mistake_is_told_at_once():
    wrong = {"emial": TOKEN, "age": {"token": {"lenght": 4}}, "born": "tokken"}
    with pytest.raises(FindingsError) as error:
        anon_assets.apply(people(), wrong, key=KEY)
    assert "lenght" in str(error.value) and "did you mean token" in str(error.value)
    with pytest.raises(FindingsError) as error:
        anon_assets.apply(people(), {"emial": "keep", "age": TOKEN}, key=KEY, identity=["idd"], domains={"agee": "x"})
    told = str(error.value)
    assert all(part in told for part in ("emial", "email", "idd", "agee", "token does not take", "born"))


def test_keys_are_asked_for_and_checked():
    with pytest.raises(UsageError, match="email"):
        anon_assets.apply(people(), {"email": TOKEN}, rest="keep")
    assert anon_assets.apply(people(), {"email": "null"}, rest="keep").column("email").null_count == 4
    with pytest.raises(UsageError, match="32 bytes"):
        anon_assets.apply(people(), {"email": TOKEN}, key=b"short", rest="keep")
    one = anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="keep")
    assert one.equals(anon_assets.apply(people(), {"email": TOKEN}, key=Sealed(KEY), rest="keep"))
    ring = KeyRing("frame", {1: Sealed(KEY)})
    assert one.equals(anon_assets.apply(people(), {"email": TOKEN}, key=ring, rest="keep"))
    assert not one.equals(anon_assets.apply(people(), {"email": TOKEN}, key=bytes(32), rest="keep"))


def test_domains_join_columns_of_different_names():
    orders = pa.table({"customer_email": ["b@y.org", "a@x.org"]})
    one = anon_assets.apply(people(), {"email": TOKEN}, key=KEY, rest="drop", domains={"email": "customer"})
    two = anon_assets.apply(orders, {"customer_email": TOKEN}, key=KEY, domains={"customer_email": "customer"})
    assert two.column(0).to_pylist() == [one.column(0)[2].as_py(), one.column(0)[0].as_py()]


def test_row_identity_makes_results_independent_of_order():
    frame = pa.table({"id": [1, 2, 3], "pay": [100, 100, 100]})
    noisy = {"pay": {"noise": {"amount": 40}}}
    one = anon_assets.apply(frame, noisy, key=KEY, rest="keep", identity=["id"])
    two = anon_assets.apply(frame.take([2, 0, 1]), noisy, key=KEY, rest="keep", identity=["id"])
    assert one.take([2, 0, 1]).equals(two)
    assert len(set(one.column("pay").to_pylist())) > 1


def test_reversible_columns_come_back():
    columns = {"email": {"cipher": {}}}
    for frame in (people(), people().to_pandas(), pl.from_arrow(people())):
        made = anon_assets.apply(frame, columns, key=KEY, rest="keep")
        back = anon_assets.reverse(made, columns, key=KEY)
        assert back.equals(frame)
    with pytest.raises(TransformError) as error:
        anon_assets.reverse(made, columns, key=bytes(32))
    assert "@" not in str(error.value)
    with pytest.raises(FindingsError, match="cannot be reversed"):
        anon_assets.reverse(people(), {"email": TOKEN}, key=KEY)


def test_pandas_keeps_index_dtypes_and_what_it_was_not_told_to_touch():
    index = pd.MultiIndex.from_tuples([("u", 1), ("v", 2), ("w", 3)], names=["k", "n"])
    frame = pd.DataFrame(
        {
            "object": np.array(["a", None, "b"], dtype=object),
            "string": pd.array(["a", None, "b"], dtype="string"),
            "arrow": pd.array(["a", None, "b"], dtype=pd.ArrowDtype(pa.string())),
            "category": pd.Categorical(["a", "b", None], categories=["b", "a"], ordered=True),
            "Int64": pd.array([1, None, 3], dtype="Int64"),
            "Int8": pd.array([1, None, 3], dtype="Int8"),
            "int32": np.array([1, 2, 3], dtype="int32"),
            "float": np.array([1.5, np.nan, 3.5]),
            "bool": pd.array([True, None, False], dtype="boolean"),
            "zoned": pd.to_datetime(["2020-03-29 01:30", None, "2020-10-25 01:30"]).tz_localize("Europe/Berlin"),
            "ns": np.array(["2020-01-01", "2021-01-01", "NaT"], dtype="datetime64[ns]"),
            "date": np.array([dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)], dtype=object),
            "kept": np.array([object(), 1, "x"], dtype=object),
        },
        index=index,
    )  # fmt: skip
    frame.attrs["note"] = "kept"
    columns = {
        "object": TOKEN, "string": TOKEN, "arrow": TOKEN, "category": TOKEN, "Int64": {"noise": {"amount": 5}},
        "Int8": {"noise": {"amount": 5}}, "int32": {"noise": {"amount": 5}}, "float": {"noise": {"amount": 5}},
        "bool": "keep", "zoned": {"date_shift": {"within": "9 days", "per": "int32"}},
        "ns": {"date_shift": {"within": "9 days", "per": "int32"}},
        "date": {"date_shift": {"within": "9 days", "per": "int32"}},
    }  # fmt: skip
    with pytest.raises(UsageError, match="several types"):
        anon_assets.apply(frame, columns, key=KEY, rest="keep")
    frame = frame.drop(columns="kept")
    made = anon_assets.apply(frame, columns, key=KEY, rest="keep")
    assert made.index.equals(frame.index) and list(made.columns) == list(frame.columns)
    for name in frame.columns:
        assert made[name].isna().tolist() == frame[name].isna().tolist(), name
        if name != "category":
            assert made[name].dtype == frame[name].dtype, name
    assert made["category"].dtype.name == "category"
    assert made["bool"].equals(frame["bool"]) and made.attrs == frame.attrs
    assert not made["zoned"].equals(frame["zoned"])
    gap = made["zoned"].iloc[0].date() - dt.date(2020, 3, 29)
    assert 0 < abs(gap.days) <= 9


def test_a_result_beyond_the_columns_type_is_refused():
    frame = pd.DataFrame({"n": np.array([250, 251], dtype="uint8")})
    with pytest.raises(FindingsError, match="the constant is not one of 0 to 255"):
        anon_assets.apply(frame, {"n": {"constant": 300}})


@pytest.mark.parametrize(
    "column",
    [
        pa.chunked_array([["a", "b"], [], ["a", None]]),
        pa.chunked_array([["x", "a", "b", "a", None]]).slice(1),
        pa.chunked_array([["a", "b", "a", None]]).cast(pa.large_string()),
        pa.chunked_array([["a", "b", "a", None]]).cast(pa.string_view()),
        pa.chunked_array([["a", "b", "a", None]]).dictionary_encode(),
        pa.chunked_array([pa.nulls(4)]),
        pa.chunked_array([], pa.string()),
        pa.chunked_array([[]], pa.dictionary(pa.int8(), pa.string())),
    ],
    ids=["chunked", "sliced", "large", "view", "dictionary", "null", "no chunks", "empty dictionary"],
)
def test_every_way_to_hold_text(column):
    made = anon_assets.apply(pa.table({"c": column}), {"c": TOKEN}, key=KEY).column("c")
    made.validate(full=True)
    assert made.type == column.type and len(made) == len(column)
    plain = anon_assets.apply(pa.table({"c": pa.array(column.to_pylist(), pa.string())}), {"c": TOKEN}, key=KEY).column(
        "c"
    )
    assert made.to_pylist() == plain.to_pylist()


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.list_(pa.string())),
        pa.large_list(pa.list_(pa.large_string())),
        pa.list_(pa.list_(pa.string(), 2)),
        pa.list_(pa.list_(pa.list_(pa.string()))),
    ],
    ids=str,
)
def test_lists_of_lists_keep_their_form(kind):
    values = [[["a", "b"], [None, "a"]], None, [], [["b", "b"]]]
    deeper = pa.types.is_list(kind.value_type) and pa.types.is_list(kind.value_type.value_type)
    frame = pa.table({"x": pa.array([values] if deeper else values, kind)}).slice(0)
    one = dict(
        zip("ab", anon_assets.apply(pa.table({"x": ["a", "b"]}), {"x": TOKEN}, key=KEY)["x"].to_pylist(), strict=True)
    )

    def mapped(each):
        return [mapped(inner) for inner in each] if isinstance(each, list) else one.get(each)

    made = anon_assets.apply(frame, {"x": TOKEN}, key=KEY)["x"]
    assert made.type == kind and made.to_pylist() == mapped(frame["x"].to_pylist())
    sealed = anon_assets.apply(frame, {"x": "cipher"}, key=KEY)
    assert anon_assets.reverse(sealed, {"x": "cipher"}, key=KEY).equals(frame)


def test_numbers_in_lists_of_lists_fit_their_type():
    frame = pa.table({"x": pa.array([[[1, -2], [3]], [[None]]], pa.list_(pa.list_(pa.int8())))})
    made = anon_assets.apply(frame, {"x": {"round": {"to": 2}}}, key=KEY)["x"]
    assert made.type == frame["x"].type and made.to_pylist()[1] == [[None]]
    polars = pl.DataFrame({"x": [[["u"], ["v", "u"]]]}, schema={"x": pl.List(pl.List(pl.Enum(["v", "u"])))})
    made = anon_assets.apply(polars, {"x": TOKEN}, key=KEY)["x"]
    assert made.dtype == pl.List(pl.List(pl.String)) and [len(each) for each in made.to_list()[0]] == [1, 2]


@pytest.mark.parametrize("rest", ["null", "keep"])
def test_categories_in_several_batches(monkeypatch, rest):
    monkeypatch.setattr("anon_assets.doors._BATCH_ROWS", 3)
    letters = [*"abcabc", None, "d"]
    narrow = pa.array(letters).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string()))
    for frame in (
        pa.table({"v": narrow, "w": narrow}),
        pd.DataFrame({"v": pd.Categorical(letters), "w": pd.Categorical(letters)}),
        pl.DataFrame({"v": letters, "w": letters}, schema={"v": pl.Enum([*"abcd"]), "w": pl.Categorical()}),
    ):
        made = anon_assets.apply(frame, {"v": TOKEN}, key=KEY, rest=rest)
        tokens = pa.array(
            list(made["v"]) if not isinstance(made, pa.Table) else made["v"].to_pylist(), from_pandas=True
        )
        assert len(set(tokens.to_pylist())) == 5 and tokens.null_count == 1
        plain = anon_assets.apply(pa.table({"v": letters}), {"v": TOKEN}, key=KEY)
        assert tokens.to_pylist() == plain["v"].to_pylist()
        others = [None if each is None or each != each else each for each in pa.array(made["w"]).to_pylist()]
        assert others == ([None] * 8 if rest == "null" else letters)


def test_polars_categories_and_enums():
    frame = pl.DataFrame(
        {
            "c": pl.Series(["u", "v", None], dtype=pl.Categorical),
            "e": pl.Series(["lo", "hi", None], dtype=pl.Enum(["lo", "hi"])),
        }
    )
    made = anon_assets.apply(frame, {"c": TOKEN, "e": "keep"}, key=KEY)
    assert made.dtypes == frame.dtypes and made["e"].to_list() == ["lo", "hi", None]
    made = anon_assets.apply(frame, {"e": TOKEN}, key=KEY, rest="keep")["e"]
    assert isinstance(made.dtype, pl.Enum) and sorted(made.dtype.categories) == sorted(made.drop_nulls())
    assert anon_assets.apply(frame, {"e": "null"}, rest="drop")["e"].dtype == pl.Enum([])


def test_empty_frames_and_other_objects():
    for frame in (people().slice(0, 0), people().to_pandas().iloc[:0], pl.from_arrow(people()).clear()):
        made = anon_assets.apply(frame, {"email": TOKEN, "age": {"noise": {"amount": 1}}, "born": "null"}, key=KEY)
        assert len(made) == 0 and list(made.to_dict()) == ["email", "age", "born"] if hasattr(made, "to_dict") else True
    for wrong in ([1, 2], {"a": [1]}, pl.Series([1])):
        with pytest.raises(UsageError, match="not a frame"):
            anon_assets.apply(wrong, {})
    with pytest.raises(UsageError, match="twice"):
        anon_assets.apply(pd.DataFrame([[1, 2]], columns=["a", "a"]), {"a": "keep"})
    with pytest.raises(UsageError, match="not text"):
        anon_assets.apply(pd.DataFrame([[1, 2]]), {"a": "keep"})


def test_lists_and_conditions():
    frame = pa.table({"tags": [["ada", "eve"], None, []], "country": ["DE", "FR", "DE"], "name": ["ada", "bob", "eve"]})
    made = anon_assets.apply(
        frame, {"tags": TOKEN, "name": {"token": {"length": 12, "when": "country = 'DE'"}}, "country": "keep"}, key=KEY,
        domains={"tags": "name"},
    ).to_pydict()  # fmt: skip
    assert made["name"][1] == "bob"
    assert made["tags"] == [[made["name"][0], made["name"][2]], None, []]


def test_transforms_may_be_given_as_objects_and_chained():
    mask = TRANSFORMS.load("mask")(first=1)
    made = anon_assets.apply(people(), {"email": [mask, "keep"]}, rest="drop")
    assert made.column("email")[0].as_py() == "a******"


def test_names_that_are_not_there():
    with pytest.raises(AttributeError):
        anon_assets.nothing  # noqa: B018


def test_labels_of_the_source_do_not_stay_behind(tmp_path):
    frame = pl.DataFrame({"n": ["SecretAda", None]}, schema={"n": pl.Enum(["SecretAda", "SecretZed"])})
    for spec in ("null", TOKEN):
        anon_assets.apply(frame, {"n": spec}, key=KEY).write_ipc(tmp_path / "f")
        assert b"Secret" not in (tmp_path / "f").read_bytes()
    made = anon_assets.apply(frame.to_pandas().astype("category"), {"n": TOKEN}, key=KEY)
    assert not any("Secret" in label for label in made["n"].dtype.categories)


def test_what_belongs_to_no_column_leaves_only_with_the_rest():
    frame = pd.DataFrame({"x": ["a", "b"]}, index=pd.Index(["ada@x", "bob@x"], name="email"))
    frame.attrs = {"owner": "Ada"}
    for rest in ("refuse", "drop", "null"):
        with pytest.raises(FindingsError, match="reset_index"):
            anon_assets.apply(frame, {"x": "null"}, rest=rest)
    assert anon_assets.apply(frame, {"x": "null"}, rest="keep").index.equals(frame.index)
    assert anon_assets.apply(frame.reset_index(drop=True), {"x": "null"}).attrs == {}
    field = pa.field("x", pa.string(), metadata={"min": "Ada"})
    table = pa.table([pa.array(["Ada"])], schema=pa.schema([field], metadata={"row0": "ada@x"}))
    made = anon_assets.apply(table, {"x": "null"}).schema
    assert made.metadata is None and made.field("x").metadata is None
    assert anon_assets.apply(table, {"x": "null"}, rest="keep").schema.metadata == {b"row0": b"ada@x"}


def test_times_beyond_their_type_are_refused_and_kept_ones_stay_exact():
    late = pa.table({"x": pa.array(np.array(["2262-04-10"], "datetime64[ns]"))})
    with pytest.raises(TransformError) as error:
        anon_assets.apply(late, {"x": {"constant": {"value": "9999-12-31 00:00:00"}}})
    assert "2262" not in str(error.value) and "9999" not in str(error.value)
    exact = pa.table({"x": pa.array([1_700_000_000_123_456_789], pa.timestamp("ns")), "y": ["a"]})
    assert anon_assets.apply(exact, {"y": "null"}, rest="keep").column("x").equals(exact.column("x"))
    with pytest.raises(UsageError, match="microseconds"):
        anon_assets.apply(exact, {"x": {"date_shift": {"within": "3 days"}}}, key=KEY, rest="keep")
    late = pd.DataFrame({"x": pd.Series(np.array(["2262-04-10"], "datetime64[ns]")).astype("category")})
    with pytest.raises(TransformError) as error:
        anon_assets.apply(late, {"x": {"constant": {"value": "9999-12-31 00:00:00"}}})
    assert "9999" not in str(error.value)


@pytest.mark.parametrize("dtype", ["Int64", "category", "object"])
def test_large_numbers_beside_nulls_come_back_exactly(dtype):
    numbers = pd.Series(pd.array([2**60 + 1, None, -5], dtype="Int64"))
    frame = pd.DataFrame(
        {"x": numbers.astype(dtype) if dtype != "object" else pd.Series([2**60 + 1, None, -5], dtype=object)}
    )
    columns = {"x": {"fpe": {"as": "integer"}}}
    made = anon_assets.apply(frame, columns, key=KEY)
    back = anon_assets.reverse(made, columns, key=KEY)["x"]
    assert back.tolist()[0] == 2**60 + 1 and back.tolist()[2] == -5 and back.isna().tolist() == [False, True, False]
    kept = anon_assets.apply(frame, {"x": "keep"})["x"]
    assert kept.tolist()[0] == 2**60 + 1


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64"])
def test_whole_numbers_stay_in_their_width(kind):
    values = np.arange(100).astype(kind)
    columns = {"x": {"fpe": {"as": "integer", "small": "permute"}}}
    for frame in (pa.table({"x": values}), pd.DataFrame({"x": values}), pl.DataFrame({"x": values})):
        made = anon_assets.apply(frame, columns, key=KEY)
        assert anon_assets.reverse(made, columns, key=KEY).equals(frame)


def test_numpy_columns_become_nullable_where_nulls_come_in():
    frame = pd.DataFrame({"n": [1, 2], "b": [True, False], "s": ["a", "b"]})
    made = anon_assets.apply(frame, {"s": {"mask": {}}}, rest="null")
    assert [str(made[name].dtype) for name in ("n", "b")] == ["Int64", "boolean"]


def test_keys_are_bytes():
    for key in (32, "0" * 32, [0] * 32):
        with pytest.raises(UsageError, match="a key is bytes"):
            anon_assets.apply(people(), {"email": TOKEN}, key=key, rest="keep")


def test_columns_of_odd_types_do_not_matter_unless_they_are_asked_for():
    odd = pa.array([{"a": 1}, {"a": 2}])
    frame = pa.table({"x": ["a", "b"], "odd": odd, "big": pa.array([2**63 + 5, 1], pa.uint64())})
    made = anon_assets.apply(frame, {"x": TOKEN}, key=KEY, rest="keep")
    assert made.column("odd").to_pylist() == odd.to_pylist() and made.column("big")[0].as_py() == 2**63 + 5
    assert anon_assets.apply(frame, {"x": "shuffle"}, key=KEY, rest="keep")["big"][0].as_py() == 2**63 + 5
    assert anon_assets.apply(frame, {"x": "null"}, rest="drop").column_names == ["x"]
    assert anon_assets.apply(frame, {"big": "null"}, rest="keep")["big"].type == pa.uint64()
    mixed = pd.DataFrame({"x": ["a", "b"], "y": [object(), 3]})
    assert anon_assets.apply(mixed, {"x": TOKEN, "y": "null"}, key=KEY)["y"].isna().all()
    assert list(anon_assets.apply(mixed, {"x": TOKEN}, key=KEY, rest="drop").columns) == ["x"]
    with pytest.raises(UsageError, match=r"^y: "):
        anon_assets.apply(mixed, {"x": TOKEN, "y": TOKEN}, key=KEY)
    assert anon_assets.apply(frame, {"x": "shuffle"}, key=KEY, rest="keep", identity=["x"]).num_rows == 2


def test_what_was_learnt_and_not_kept_cannot_be_reversed():
    with pytest.raises(FindingsError, match="was not kept"):
        anon_assets.reverse(pa.table({"x": [1, 2]}), {"x": "categorize"}, key=KEY)


def test_what_a_transform_reads_need_not_be_named():
    """Columns of the row keep their own domains, and intervals and names agree, when rest keeps them."""
    day = dt.date(2020, 1, 1)
    stays = pa.table({"in": [day] * 3, "out": [day + dt.timedelta(3)] * 3, "who": ["a", "b", "c"]})
    shift = {"date_shift": {"within": "900 days", "per": "who"}}
    named = anon_assets.apply(stays, {"in": shift, "out": shift, "who": "keep"}, key=KEY)
    assert anon_assets.apply(stays, {"in": shift, "out": shift}, key=KEY, rest="keep").equals(named)
    assert {(row["out"] - row["in"]).days for row in named.to_pylist()} == {3}
    of_domain = {"domains": {"who": "person"}, "key": KEY, "rest": "keep"}
    assert not anon_assets.apply(stays, {"in": shift, "out": shift}, **of_domain).equals(named)
    people = pa.table({"first": ["Ada"], "last": ["Lovelace"], "mail": ["a@b.de"], "login": ["ada"]})
    beside = {"with": ["first", "last"]}
    fakes = {"mail": {"fake": {"as": "email", **beside}}, "login": {"fake": {"as": "username", **beside}}}
    (row,) = anon_assets.apply(people, fakes, key=KEY, rest="keep").to_pylist()
    assert re.split(r"[\d@]", row["mail"])[0] == re.split(r"\d", row["login"])[0]


def test_rows_are_the_same_in_any_order_of_columns_and_width_of_integers():
    frame = pa.table({"x": [5, 6, 5], "y": ["p", "q", "p"]})
    noise = {"x": {"noise": {"amount": 1000}}}
    made = anon_assets.apply(frame, noise, key=KEY, rest="keep")["x"].to_pylist()
    assert made[0] != made[2]
    turned = frame.select(["y", "x"]).set_column(1, "x", frame["x"].cast(pa.int16()))
    assert anon_assets.apply(turned, noise, key=KEY, rest="keep")["x"].to_pylist() == made
    with pytest.raises(UsageError, match="1 rows have the values of another one in y"):
        anon_assets.apply(frame, noise, key=KEY, rest="keep", identity=["y"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"columns": ["x"]}, "columns: not a transform by column"),
        ({"columns": None}, "columns: not a transform by column"),
        ({"rest": ["keep"]}, "rest: not a way"),
        ({"domains": ["x"]}, "domains: not a linkage domain by column"),
        ({"domains": {"x": 5}}, "domains: not a linkage domain by column"),
        ({"identity": "x"}, "identity: not a list of columns"),
    ],
)
def test_arguments_of_another_form(given, told):
    with pytest.raises(UsageError, match=told):
        anon_assets.apply(**{"frame": pa.table({"x": ["a"]}), "columns": {"x": TOKEN}, "key": KEY, **given})


def test_everything_wrong_is_told_at_once():
    with pytest.raises(FindingsError) as told:
        anon_assets.apply(
            pa.table({"name": ["Ada"], "age": [1]}), {"nam": "mask", "age": {"nose": {"amount": 3}}}, key=KEY
        )
    assert all(
        hint in str(told.value) for hint in ("did you mean noise?", "did you mean name?", "name it, or give rest")
    )


def test_orders_of_categories_are_kept():
    levels = ["low", "mid", "high", "never"]
    frame = pd.DataFrame({"c": pd.Categorical(["low", "high", "mid", "low"], levels, ordered=True), "i": range(4)})
    made = anon_assets.apply(frame, {"c": "shuffle"}, key=KEY, rest="keep")["c"]
    assert made.dtype == pd.CategoricalDtype(levels[:3], ordered=True) and sorted(made) == sorted(frame["c"])
    assert not anon_assets.apply(frame, {"c": TOKEN}, key=KEY, rest="keep")["c"].dtype.ordered
    codes = pa.DictionaryArray.from_arrays(pa.array([2, 0, 1, None], pa.int8()), pa.array(levels), ordered=True)
    column = anon_assets.apply(pa.table({"c": codes}), {"c": "shuffle"}, key=KEY)["c"].combine_chunks()
    assert column.type == codes.type and column.dictionary.to_pylist() == levels[:3]
    assert sorted(column.drop_null().to_pylist()) == ["high", "low", "mid"]
    assert not anon_assets.apply(pa.table({"c": codes}), {"c": TOKEN}, key=KEY)["c"].type.ordered


def test_indices_of_a_dictionary_widen_when_they_must():
    few = pa.array([f"v{n % 100}" for n in range(300)]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string()))
    made = anon_assets.apply(
        pa.table({"c": few, "n": range(300)}), {"c": {"random": {"as": "uuid"}}}, key=KEY, rest="keep"
    )
    assert made["c"].type == pa.dictionary(pa.int32(), pa.string()) and made["c"].null_count == 0


@pytest.mark.parametrize("kind", [pl.List(pl.Enum(["a", "b"])), pl.Array(pl.Enum(["a", "b"]), 2)])
def test_enums_inside_lists(kind):
    frame = pl.DataFrame({"c": pl.Series([["a", "b"], None], dtype=kind)})
    made = anon_assets.apply(frame, {"c": {"mask": {"fill": "#"}}}, key=KEY)["c"]
    assert made.to_list() == [["#", "#"], None] and made.dtype.inner == pl.Enum(["#"])


def test_unsigned_integers_stay_in_their_range():
    small = pa.table({"x": pa.array([255, 0, 5, None], pa.uint8())})
    for spec, expected in (
        ({"round": {"to": 10}}, [250, 0, 10, None]),
        ({"bucket": {"width": 10, "origin": 5}}, [255, 0, 5, None]),
        ({"generalize": {"bands": 50}}, [250, 0, 0, None]),
    ):
        made = anon_assets.apply(small, {"x": spec}, key=KEY)["x"]
        assert made.to_pylist() == expected and made.type == pa.uint8()
    noisy = anon_assets.apply(small, {"x": {"noise": {"amount": 40}}}, key=KEY)["x"].to_pylist()
    assert all(0 <= value <= 255 for value in noisy[:3])
    for spec in ({"constant": {"value": -1}}, {"random": {"as": "integer", "from": 0, "to": 256}}):
        with pytest.raises(FindingsError, match="0 to 255"):
            anon_assets.apply(small, {"x": spec}, key=KEY)
    for column in (pa.array([1, 2**63 - 1], pa.uint64()), pa.array([[200, 1]], pa.list_(pa.uint8()))):
        table, spec = pa.table({"x": column}), {"x": {"fpe": {"as": "integer", "small": "permute"}}}
        made = anon_assets.apply(table, spec, key=KEY)
        assert made["x"].type == column.type and made["x"].to_pylist() != column.to_pylist()
        assert anon_assets.reverse(made, spec, key=KEY).equals(table)
    addresses = pa.table({"x": pa.array([2**32 - 1, 0], pa.uint32())})
    assert anon_assets.apply(addresses, {"x": "ip"}, key=KEY)["x"].type == pa.uint32()


def test_floats_do_not_become_infinite():
    half = pa.table({"x": pa.array([65504.0, float("inf")], pa.float16())})
    with pytest.raises(TransformError, match="do not fit"):
        anon_assets.apply(half, {"x": {"round": {"to": 1000}}})
    made = anon_assets.apply(half, {"x": {"round": {"to": 100}}})["x"].to_pylist()
    assert made[0] == 65504.0 and made[1] == float("inf")


def test_lists_of_views_and_narrow_decimals():
    views = pa.ListArray.from_arrays(pa.array([0, 2, 3]), pa.array(["a", "b", "a"]).cast(pa.string_view()))
    assert anon_assets.apply(pa.table({"c": views}), {"c": "mask"})["c"].to_pylist() == [["*", "*"], ["*"]]
    for kind in (pa.decimal32(7, 2), pa.decimal64(12, 2)):
        narrow = pa.table({"c": pa.array([Decimal("0.26"), None], kind)})
        assert anon_assets.apply(narrow, {"c": {"bucket": {"width": "0.5"}}})["c"].to_pylist() == [
            Decimal("0.00"),
            None,
        ]
        assert anon_assets.apply(narrow, {"c": "null"})["c"].type == kind


ENCODED = pa.chunked_array([
    pa.DictionaryArray.from_arrays(pa.array([0, 2, None, 0], pa.int8()), pa.array(["ada@x.org", "never", "bob@y.org"])),
    pa.DictionaryArray.from_arrays(pa.array([1, 0, 2], pa.int8()), pa.array(["bob@y.org", "eve@z.org", None])),
])  # fmt: skip


@pytest.mark.parametrize(
    "spec",
    [TOKEN, {"fpe": {"as": "email"}}, {"constant": {"value": "x"}}, "null", [{"mask": {"last": 4}}, TOKEN],
     {"fake": {"as": "city"}},
     {"categorize": {"categories": ["ada@x.org", "bob@y.org", "eve@z.org"]}}, {"generalize": {"prefix": 2}}, "shuffle",
     {"token": {"when": "y > 2"}}],
)  # fmt: skip
def test_an_encoded_column_becomes_what_a_plain_one_becomes(spec):
    """Only its dictionary is worked on where values alone decide, and only what it uses: `never` is no address."""
    plain = pa.chunked_array([chunk.dictionary_decode() for chunk in ENCODED.chunks])
    frame = pa.table({"x": ENCODED, "y": range(7)})
    expected = anon_assets.apply(frame.set_column(0, "x", plain), {"x": spec}, key=KEY, rest="keep")["x"].to_pylist()
    made = anon_assets.apply(frame, {"x": spec}, key=KEY, rest="keep")["x"]
    assert made.to_pylist() == expected
    if pa.types.is_dictionary(made.type):
        for chunk in made.chunks:
            chunk.validate(full=True)
            labels = chunk.dictionary.to_pylist()
            assert len(set(labels)) == len(labels) and set(labels) <= {*expected}
    labels = ["never", "ada@x.org", "bob@y.org", "eve@z.org"]
    categories = pd.DataFrame({"x": pd.Categorical(plain.to_pylist(), labels), "y": range(7)})
    for kind in (pl.Categorical(), pl.Enum(labels)):
        series = pl.Series("x", plain.to_pylist(), dtype=kind)
        again = anon_assets.apply(pl.DataFrame({"x": series, "y": range(7)}), {"x": spec}, key=KEY, rest="keep")["x"]
        assert again.to_list() == expected and (type(again.dtype) is type(kind) or again.dtype == pl.Int64)
    again = anon_assets.apply(categories, {"x": spec}, key=KEY, rest="keep")["x"]
    assert [None if pd.isna(value) else value for value in again] == expected
    assert isinstance(again.dtype, pd.CategoricalDtype)


def test_encoded_columns_of_the_row_are_read_by_others():
    stays = pa.table({"day": [dt.date(2020, 1, 1)] * 3, "who": pa.array(["a", "b", "a"])})
    shift = {"day": {"date_shift": {"within": "900 days", "per": "who"}}, "who": TOKEN}
    encoded = stays.set_column(1, "who", stays["who"].dictionary_encode())
    made = anon_assets.apply(encoded, shift, key=KEY)
    assert made["day"].equals(anon_assets.apply(stays, shift, key=KEY)["day"])
    assert anon_assets.reverse(
        anon_assets.apply(encoded, {"who": "cipher"}, key=KEY, rest="keep"), {"who": "cipher"}, key=KEY
    ).equals(encoded)


def test_the_order_of_a_dictionary_tells_nothing_of_the_source():
    """A sorted dictionary would otherwise give every token the rank of its value."""
    names = ["Zoe", "Bob", "Ada", "Mia", "Ian", "Eve", "Tom"]
    ranks = pa.array([sorted(names).index(name) for name in names], pa.int8())
    frame = pa.table({"c": pa.DictionaryArray.from_arrays(ranks, pa.array(sorted(names)))})
    for spec in (TOKEN, "cipher", {"fake": {"as": "first_name"}}):
        arrow = anon_assets.apply(frame, {"c": spec}, key=KEY)["c"]
        pandas = anon_assets.apply(frame.to_pandas(types_mapper=pd.ArrowDtype), {"c": spec}, key=KEY)["c"]
        for made in (arrow, pa.chunked_array(pandas.array.__arrow_array__())):
            labels = made.chunk(0).dictionary.to_pylist()
            assert labels == sorted(labels) and len(labels) == len(names)


@pytest.mark.parametrize(
    "kind",
    [
        pl.List(pl.Enum(["Ada", "Bob"])), pl.Array(pl.Enum(["Ada", "Bob"]), 1), pl.List(pl.List(pl.Enum(["Ada", "Bob"]))),
        pl.Struct({"x": pl.Enum(["Ada", "Bob"])}), pl.List(pl.Struct({"x": pl.Enum(["Ada", "Bob"])})),
    ],
)  # fmt: skip
def test_no_label_of_an_enum_survives_at_any_depth(kind):
    value = {pl.Struct: {"x": "Ada"}}.get(type(kind), ["Ada"])
    if kind.is_nested() and not isinstance(kind, pl.Struct) and isinstance(kind.inner, pl.List):
        value = [["Ada"]]
    if not isinstance(kind, pl.Struct) and isinstance(kind.inner, pl.Struct):
        value = [{"x": "Ada"}]
    frame = pl.DataFrame({"c": pl.Series([value], dtype=kind)})
    for made in (
        anon_assets.apply(frame, {"c": "null"}),
        anon_assets.apply(frame, {}, rest="null"),
        anon_assets.apply(frame.to_arrow(), {"c": "null"}),
    ):
        assert "Ada" not in str(made.schema) and "Bob" not in repr(made)
        written = io.BytesIO()
        (made if isinstance(made, pl.DataFrame) else pl.from_arrow(made)).write_ipc(written)
        assert b"Bob" not in written.getvalue()


def test_identities_may_be_nested():
    frame = pa.table({"k": [[1], [2], [1, 2]], "s": ["a", "b", "c"]})
    made = anon_assets.apply(frame, {"s": {"random": {"as": "uuid"}}}, key=KEY, rest="keep", identity=["k"])
    assert len(set(made["s"].to_pylist())) == 3
    with pytest.raises(UsageError, match="2 rows have"):
        anon_assets.apply(
            pa.table({"k": [[1]] * 3, "s": ["a", "b", "c"]}), {"s": "shuffle"}, key=KEY, rest="keep", identity=["k"]
        )


def test_null_takes_whatever_pandas_holds():
    for odd in (
        pd.Series([1 + 2j, 3j]),
        pd.Series(pd.interval_range(0, 2)),
        pd.Series(pd.Categorical([(1, 2), (3, 4)])),
    ):
        made = anon_assets.apply(pd.DataFrame({"x": ["a", "b"], "odd": odd}), {"x": TOKEN}, key=KEY, rest="null")
        assert made["odd"].isna().all() and len(made) == 2
