from __future__ import annotations

import json

import pytest

from anon_assets.errors import KeyUnavailable
from anon_assets.stages.data_keys import open_keys
from tests.shop import through


def master_file(shop):
    (found,) = (shop.root / ".anon" / "keys").glob("shop.v1.key")
    return found


def test_made_once_and_the_same_ever_after(shop):
    first = open_keys(shop.product())
    again = open_keys(shop.product())
    assert first.derive("token", "email") == again.derive("token", "email")
    wrapped = json.loads(shop.staged("keys", "", "wrapped.json").read_text())
    assert list(wrapped) == ["1"]
    assert oct(master_file(shop).stat().st_mode & 0o777) == "0o600"


def test_another_master_key_opens_nothing(shop):
    open_keys(shop.product())
    master_file(shop).write_text("ab" * 32 + "\n")
    with pytest.raises(KeyUnavailable, match="does not open this data key"):
        open_keys(shop.product())


def test_a_missing_master_key_is_not_made_anew(shop):
    open_keys(shop.product())
    master_file(shop).unlink()
    with pytest.raises(KeyUnavailable, match="no master key shop version 1"):
        open_keys(shop.product())
    assert not list((shop.root / ".anon" / "keys").glob("*.key"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"1": "!!"}',
        '{"one": "AAAA"}',
        '{"1": 5}',
        '{"1": "AAAA"}',
        '{"0": "AAAA"}',
        "\xff",
    ],
)
def test_a_damaged_file_of_wrapped_keys(shop, content):
    open_keys(shop.product())
    shop.staged("keys", "", "wrapped.json").write_text(content, encoding="latin-1")
    with pytest.raises(KeyUnavailable):
        open_keys(shop.product())


def test_wrapped_keys_of_another_product_do_not_open(shop):
    open_keys(shop.product())
    path = shop.staged("keys", "", "wrapped.json")
    text = path.read_text()
    shop.write(shop.policy_file.read_text().replace("product: shop", "product: other"))
    shop.policy_file.rename(shop.policy_file.with_name("other.yaml"))
    from anon_assets.stages.product import load_product

    other = load_product(shop.root, "other")
    open_keys(other)
    (shop.store / "staged" / "other" / "keys" / "current" / "wrapped.json").write_text(text)
    with pytest.raises(KeyUnavailable):
        open_keys(other)


def test_a_replaced_key_stops_a_product_that_is_validated(validated):
    master_file(validated).write_text("ab" * 32 + "\n")
    before = validated.dump()
    with pytest.raises(KeyUnavailable):
        through(validated)
    assert validated.dump() == before
