"""What every store must do.

A new member joins by its own test file, ``tests/resources/stores/test_<kind>.py``, with a function
``open_member(folder)`` that opens an empty store; equal folders lead to the same store.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anon_assets.contracts.store import STORES, Store
from anon_assets.errors import StoreError

Opener = Callable[[Path], Store]
MEMBERS = Path(__file__).parents[1] / "resources" / "stores"


@pytest.fixture(params=STORES.kinds())
def opener(request: pytest.FixtureRequest) -> Opener:
    file = MEMBERS / f"test_{request.param}.py"
    assert file.exists(), f"store {request.param} has no test file"
    found: Opener = runpy.run_path(str(file))["open_member"]
    return found


@pytest.fixture
def store(opener: Opener, tmp_path: Path) -> Store:
    return opener(tmp_path)


def put(store: Store, name: str, **files: bytes) -> None:
    with store.stage(name) as folder:
        for file, content in files.items():
            (folder / file).write_bytes(content)


def content(store: Store, name: str, file: str = "a") -> bytes:
    with store.open(name, file) as stream:
        return stream.read()


def test_nothing_is_there_at_first(store: Store) -> None:
    assert store.list() == []
    assert store.files("shop/raw/x") == []
    store.remove("shop/raw/x")
    with pytest.raises(StoreError) as caught:
        store.open("shop/raw/x", "a")
    assert caught.value.where
    assert caught.value.hint


def test_a_directory_appears_when_the_block_ends(store: Store, opener: Opener, tmp_path: Path) -> None:
    with store.stage("shop/raw/public.customer") as folder:
        assert folder.is_dir()
        assert list(folder.iterdir()) == []
        (folder / "b").write_bytes(b"2")
        (folder / "a").write_bytes(b"1")
        assert store.files("shop/raw/public.customer") == []
        assert store.list() == []
    assert store.files("shop/raw/public.customer") == ["a", "b"]
    assert content(opener(tmp_path), "shop/raw/public.customer", "b") == b"2"
    assert opener(tmp_path).list() == ["shop/raw/public.customer"]
    assert not folder.exists()


def test_a_new_directory_replaces_the_old_one_whole(store: Store) -> None:
    put(store, "t", a=b"old", gone=b"x")
    put(store, "t", a=b"new")
    assert store.files("t") == ["a"]
    assert content(store, "t") == b"new"


def test_an_empty_directory_is_one(store: Store) -> None:
    with store.stage("t"):
        pass
    assert store.list() == ["t"]
    assert store.files("t") == []


@pytest.mark.parametrize(
    "raised", [RuntimeError("no"), KeyboardInterrupt(), StoreError("a", "b"), ConnectionResetError()]
)
def test_a_block_that_raises_leaves_the_old_one(store: Store, raised: BaseException) -> None:
    put(store, "t", a=b"old")
    with pytest.raises(type(raised)) as caught, store.stage("t") as folder:
        (folder / "a").write_bytes(b"new")
        raise raised
    assert caught.value is raised
    assert content(store, "t") == b"old"
    assert not folder.exists()
    assert store.list() == ["t"]


def test_a_block_that_raises_leaves_nothing_of_a_new_name(store: Store) -> None:
    with pytest.raises(RuntimeError), store.stage("t") as folder:
        (folder / "a").write_bytes(b"new")
        raise RuntimeError
    assert store.list() == []
    with pytest.raises(StoreError):
        store.open("t", "a")


def test_readers_keep_what_they_opened(store: Store) -> None:
    put(store, "t", a=b"old" * 100_000)
    with store.open("t", "a") as stream:
        assert stream.read(3) == b"old"
        put(store, "t", a=b"new")
        assert stream.read() == b"old" * 99_999
    put(store, "t", a=b"newer")
    with store.open("t", "a") as stream:
        store.remove("t")
        assert stream.read() == b"newer"


def test_files_are_seekable_for_parquet(store: Store) -> None:
    table = pa.table({"n": range(10_000)})
    with store.stage("t") as folder:
        pq.write_table(table, folder / "part-0.parquet", row_group_size=1000)
    with store.open("t", "part-0.parquet") as stream:
        assert stream.seekable()
        assert pq.ParquetFile(stream).read_row_group(7).equals(table.slice(7000, 1000))


def test_stages_of_one_name_at_once_last_commit_wins(store: Store) -> None:
    with store.stage("t") as one:
        with store.stage("t") as two:
            assert one != two
            (one / "a").write_bytes(b"1")
            (one / "only-one").write_bytes(b"1")
            (two / "a").write_bytes(b"2")
        assert content(store, "t") == b"2"
    assert content(store, "t") == b"1"
    assert store.files("t") == ["a", "only-one"]


def test_remove(store: Store) -> None:
    put(store, "shop/raw/x", a=b"1")
    put(store, "shop/raw/y", a=b"2")
    put(store, "shop", a=b"3")
    store.remove("shop")
    assert store.list() == ["shop/raw/x", "shop/raw/y"]
    store.remove("shop/raw/x")
    store.remove("shop/raw/x")
    store.remove("shop/raw")
    assert store.list() == ["shop/raw/y"]
    assert content(store, "shop/raw/y") == b"2"
    put(store, "shop/raw/x", a=b"4")
    assert content(store, "shop/raw/x") == b"4"


def test_list_below_a_prefix(store: Store) -> None:
    for name in ("shop/raw/b", "shop/raw/a", "shop/anon/a", "shop2/raw/a", "shop"):
        put(store, name, a=b"")
    assert store.list() == ["shop", "shop/anon/a", "shop/raw/a", "shop/raw/b", "shop2/raw/a"]
    assert store.list("shop") == ["shop", "shop/anon/a", "shop/raw/a", "shop/raw/b"]
    assert store.list("shop/raw/") == ["shop/raw/a", "shop/raw/b"]
    assert store.list("none") == []


ODD = [
    "public.Order Details", "public.order details", "a/..", "../a", "a/./b", ".", "..", "current", "a/current/b",
    ".lock", ".incoming", "Users", "users", "%41", "A", "~", "a~/b", "a\nb", "日本.表", 'q"uote', "back\\slash", "C:",
    "nul\0byte", "-", "x" * 300, "語" * 127, "." * 260, "." * 260 + "/current", "a:b*c?d|e", " lead", "trail ",
    "trail.", "é", "e\u0301",
]  # fmt: skip


def test_any_table_name_is_safe_and_comes_back(store: Store, tmp_path: Path) -> None:
    before = set(tmp_path.parent.iterdir())
    for name in ODD:
        put(store, f"shop/{name}", a=name.encode())
    assert list(store.list("shop")) == sorted(f"shop/{name}" for name in ODD)
    assert all(content(store, f"shop/{name}") == name.encode() for name in ODD)
    assert set(tmp_path.parent.iterdir()) == before
    for name in ODD:
        store.remove(f"shop/{name}")
    assert store.list() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.text(min_size=1, max_size=90).filter(lambda part: "/" not in part), min_size=1, max_size=3))
def test_names_round_trip(store: Store, parts: list[str]) -> None:
    name = "/".join(parts)
    with store.stage(name):
        pass
    assert list(store.list()) == [name]
    store.remove(name)
    assert store.list() == []


@pytest.mark.parametrize("name", ["", "/", "/a", "a/", "a//b"])
def test_names_with_empty_parts_are_refused(store: Store, name: str) -> None:
    with pytest.raises(StoreError), store.stage(name):
        pass


@pytest.mark.parametrize("file", ["", "../a", "/etc/passwd", "b/../../a", "a\0", "none"])
def test_only_files_inside_open(store: Store, file: str) -> None:
    put(store, "t", a=b"1")
    with pytest.raises(StoreError):
        store.open("t", file)


def test_uri_names_the_directory_and_stays(store: Store) -> None:
    put(store, "shop/raw/x", a=b"1")
    address = store.uri("shop/raw/x")
    assert "://" in address
    put(store, "shop/raw/x", a=b"2")
    assert store.uri("shop/raw/x") == address
    assert store.uri("shop/raw/y") != address
