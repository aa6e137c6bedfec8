from __future__ import annotations

import json
import stat
from dataclasses import replace

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from anon_assets.errors import AnonError, KeyUnavailable, StoreError, TransformError, UsageError
from anon_assets.stages.reversing import LOG, reverse_file
from tests.shop import copying_only, through

PERSONS = "public.person"


@pytest.fixture
def decoded(shop):
    """A shop whose phone numbers are reversible and last names coded, published to files, and one of those files."""
    copying_only(shop, PERSONS)
    shop.decide("    phone: {fake: {as: phone}}", "    phone: {cipher: {}}")
    shop.decide("    last_name: {fake: {as: last_name}}", "    last_name: categorize")
    shop.decide("  - {database: shop_dev}\n", "")
    through(shop)
    file = shop.root / f"{PERSONS}.parquet"
    with shop.product().profile.store.open("published/shop", file.name) as opened:
        file.write_bytes(opened.read())
    return shop, file


def people(shop):
    return {number: rest for number, *rest in shop.query("SELECT person_id, phone, last_name FROM person", shop.source)}


@pytest.mark.slow
def test_files_are_decoded_and_every_use_is_written_down(decoded):
    shop, file = decoded
    out = shop.root / "out.parquet"
    done = reverse_file(shop.product(), file, out)
    assert (done.table, done.columns, done.rows) == (PERSONS, ("last_name", "phone"), 40)
    made = pq.read_table(out).to_pydict()
    assert dict(
        zip(made["person_id"], map(list, zip(made["phone"], made["last_name"], strict=True)), strict=True)
    ) == people(shop)
    assert made["first_name"] == pq.read_table(file).column("first_name").to_pylist()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (entry,) = [json.loads(line) for line in (shop.root / LOG).read_text().splitlines()]
    assert (entry["table"], entry["columns"], entry["file"]) == (PERSONS, ["last_name", "phone"], file.name)
    assert entry["who"] and entry["at"] and stat.S_IMODE((shop.root / LOG).stat().st_mode) == 0o600

    # as CSV, under another name, one column
    table = pq.read_table(file).select(["person_id", "phone"])
    pacsv.write_csv(table, shop.root / "ticket.csv")
    with pytest.raises(UsageError, match="--table"):
        reverse_file(shop.product(), shop.root / "ticket.csv", shop.root / "who.csv")
    reverse_file(shop.product(), shop.root / "ticket.csv", shop.root / "who.csv", PERSONS, ["phone"])
    found = pacsv.read_csv(shop.root / "who.csv").to_pydict()
    assert dict(zip(found["person_id"], found["phone"], strict=True)) == {
        n: each[0] for n, each in people(shop).items()
    }

    # what is not there, not reversible, not ours, damaged
    for columns, told in ((["email"], "cannot be decoded"), (["phome"], "no column of the file")):
        with pytest.raises(UsageError, match=told):
            reverse_file(shop.product(), file, out, columns=columns)
    forged = table.set_column(1, "phone", pa.array(["canary@x.org"] * 40))
    pq.write_table(forged, shop.root / "forged.parquet")
    with pytest.raises(AnonError) as error:
        reverse_file(shop.product(), shop.root / "forged.parquet", shop.root / "no.parquet", PERSONS)
    assert "canary" not in str(error.value) and isinstance(error.value, TransformError)
    assert not list(shop.root.glob("*no.parquet*")) and not list(shop.root.glob(".no*"))
    file.write_bytes(b"PAR1 nothing")
    with pytest.raises(StoreError, match="cannot be read"):
        reverse_file(shop.product(), file, out)

    # without the keys nothing is made
    bare = replace(shop.product(), policy=replace(shop.product().policy, product="other"))
    with pytest.raises(KeyUnavailable, match="no data keys"):
        reverse_file(bare, shop.root / "ticket.csv", shop.root / "x.csv", PERSONS)


@pytest.mark.slow
def test_nothing_is_decoded_when_the_use_cannot_be_written_down(decoded):
    shop, file = decoded
    (shop.root / LOG).mkdir(parents=True)
    with pytest.raises(StoreError, match="nothing was decoded"):
        reverse_file(shop.product(), file, shop.root / "out.parquet")
    assert not (shop.root / "out.parquet").exists()


@pytest.mark.slow
def test_the_command(decoded):
    shop, file = decoded
    done = shop.command("reverse", str(file), "--product", "shop", "--output", str(shop.root / "o.parquet"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["columns"] == ["last_name", "phone"]
    again = shop.command("reverse", str(file), "--product", "shop", "--output", str(shop.root / "o.parquet"))
    assert again.returncode == 2 and "exists already" in again.stderr
    other = shop.command("reverse", str(file), "--product", "shop", "--output", str(shop.root / "o.csv"))
    assert other.returncode == 2 and "form of the file" in other.stderr
