from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anon_assets.errors import StoreError
from anon_assets.keys import KeyRing
from anon_assets.resources.stores.local import Local
from anon_assets.sealed import Sealed
from anon_assets.stages.encrypted_parquet import DATA_FILE, FACTS_FILE, read_batches, read_facts, write_batches

SECRET = "rosalind.secret@kundenpost.example"
KEYS = KeyRing("shop", {1: Sealed(b"k" * 32)})
BATCHES = [
    pa.record_batch({"id": pa.array([1, 2], pa.int32()), "mail": [SECRET, None]}),
    pa.record_batch({"id": pa.array([3], pa.int32()), "mail": [SECRET]}),
]


@pytest.fixture
def store(tmp_path):
    return Local(path=str(tmp_path / "store"))


def written(store, batches=BATCHES, keys=KEYS):
    with store.stage("t") as folder:
        return write_batches(folder, "t", BATCHES[0].schema, batches, keys, place="public.t", source_rows=3)


def file_of(store):
    return store.folder / "t" / "current" / DATA_FILE


def read(store, keys=KEYS, **options):
    return list(read_batches(store, "t", keys, **options))


def refused(store, keys=KEYS, **options):
    with pytest.raises(StoreError) as caught:
        read(store, keys, **options)
    assert "rosalind" not in str(caught.value)
    assert caught.value.__cause__ is None and (caught.value.__suppress_context__ or caught.value.__context__ is None)
    return str(caught.value)


def test_what_is_written_comes_back_cut_the_same(store):
    facts = written(store)
    assert (facts.rows, facts.source_rows, facts.place) == (3, 3, "public.t")
    assert read_facts(store, "t", KEYS) == facts
    assert read(store) == BATCHES
    assert read(store, sha256=facts.sha256) == BATCHES


def test_columns_in_the_wanted_order(store):
    written(store)
    assert [batch.schema.names for batch in read(store, columns=["mail", "id"])] == [["mail", "id"]] * 2
    assert read(store, columns=["mail"])[0].to_pydict() == {"mail": [SECRET, None]}


@pytest.mark.parametrize("length", [3, 200], ids=["dictionary pages", "a dictionary too large for its page"])
def test_encoded_columns_come_encoded_or_without(store, length):
    words = pa.array([f"{number}".ljust(length, "x") for number in range(10_000)])
    batches = []
    for start in (0, 7):
        places = pa.array([None if row % 11 == start else row * 7 % 10_000 for row in range(30_000)], pa.int32())
        batches.append(pa.record_batch({"mail": pa.DictionaryArray.from_arrays(places, words), "id": places}))
    with store.stage("t") as folder:
        write_batches(folder, "t", batches[0].schema, batches, KEYS, place="public.t", source_rows=60_000)
    for made, batch in zip(read(store, encoded=True), batches, strict=True):
        made.validate(full=True)
        assert made.schema.equals(batch.schema)
        assert made.column(0).dictionary_decode().equals(batch.column(0).dictionary_decode())
    for made, batch in zip(read(store), batches, strict=True):
        assert made.schema.field("mail").type == pa.string()
        assert made.column(0).equals(batch.column(0).dictionary_decode()) and made.column(1).equals(batch.column(1))
    assert read(store, columns=["id"])[0].schema.names == ["id"]


def test_encoded_text_that_could_not_be_decoded_is_refused(store, monkeypatch):
    monkeypatch.setattr("anon_assets.stages.encrypted_parquet._MOST_TEXT", 2 * len(SECRET))

    def write(texts):
        column = pa.array(texts).dictionary_encode() if isinstance(texts, list) else texts
        batch = pa.record_batch({"mail": column})
        with store.stage("t") as folder:
            write_batches(folder, "t", batch.schema, [batch], KEYS, place="public.t", source_rows=3)

    write([SECRET, None, SECRET])
    with pytest.raises(StoreError, match=r"public\.t\.mail: 3 rows of it hold more than 2 GiB of text"):
        write([SECRET, SECRET, "a"])
    long = pa.DictionaryArray.from_arrays(pa.array([None] * 3, pa.int32()), pa.array([SECRET]))
    for column in (long, pa.array([5, 5, 6]).dictionary_encode()):  # held by no row; no text
        write(column)


def test_no_rows_keep_their_types(store):
    assert written(store, []).rows == 0
    (only,) = read(store)
    assert only.num_rows == 0 and only.schema.field("id").type == pa.int32()


def test_nothing_is_readable_in_the_file(store):
    written(store)
    content = file_of(store).read_bytes()
    assert content[:4] == b"PARE"  # encrypted footer
    for text in (SECRET, "mail", "public.t"):
        assert text.encode() not in content
    with pytest.raises(OSError):
        pq.ParquetFile(file_of(store))


def test_two_files_of_one_content_differ(store):
    first = written(store).sha256
    assert written(store).sha256 != first  # fresh file keys and nonces


@pytest.mark.parametrize(
    "other", [KeyRing("shop", {1: Sealed(b"x" * 32)}), KeyRing("other", {1: Sealed(b"k" * 32)})], ids=["key", "product"]
)
def test_another_key_opens_nothing(store, other):
    written(store)
    assert "another key" in refused(store, other)


def test_every_flipped_byte_is_noticed(store):
    written(store)
    path = file_of(store)
    whole = path.read_bytes()
    length = len(whole)
    for position in {
        4,
        20,
        length // 4,
        length // 3,
        length // 2,
        length * 3 // 4,
        length - 12,
        length - 5,
        length - 1,
    }:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        refused(store)
    path.write_bytes(whole)
    assert read(store) == BATCHES


@pytest.mark.parametrize("kept", [0, 3, 100, -1])
def test_a_truncated_file_is_refused(store, kept):
    written(store)
    file_of(store).write_bytes(file_of(store).read_bytes()[:kept])
    refused(store)


def test_another_file_under_the_same_name_is_refused(store):
    digest = written(store).sha256
    written(store)
    assert "not the file that was checked" in refused(store, sha256=digest)


def test_an_unknown_column_is_refused(store):
    written(store)
    refused(store, columns=["nothing"])


def test_damaged_facts_are_refused(store):
    written(store)
    path = store.folder / "t" / "current" / FACTS_FILE
    for content in ("", "[]", "null", '{"place": 1, "odd": 2}', "{"):
        path.write_text(content)
        with pytest.raises(StoreError, match="damaged"):
            read_facts(store, "t", KEYS)
    path.unlink()
    with pytest.raises(StoreError):
        read_facts(store, "t", KEYS)


def test_a_producer_that_fails_leaves_the_old_file(store):
    first = written(store)

    def broken():
        yield BATCHES[0]
        raise RuntimeError(SECRET)

    with pytest.raises(RuntimeError):
        written(store, broken())
    assert read(store, sha256=first.sha256) == BATCHES


def test_facts_are_believed_only_when_they_are_signed(store):
    facts = written(store)
    path = store.folder / "t" / "current" / FACTS_FILE
    path.write_text(path.read_text().replace('"rows": 3', '"rows": 4'))
    with pytest.raises(StoreError, match="damaged, or was written under another key"):
        read_facts(store, "t", KEYS)
    assert read(store, sha256=facts.sha256) == BATCHES


def test_a_file_opens_under_its_own_name_only(store):
    written(store)
    shutil.copytree(store.folder / "t", store.folder / "u", symlinks=True)
    with pytest.raises(StoreError):
        list(read_batches(store, "u", KEYS))
    with pytest.raises(StoreError):
        read_facts(store, "u", KEYS)
