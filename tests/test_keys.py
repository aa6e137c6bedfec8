from __future__ import annotations

import pytest

from anon_assets import keys
from anon_assets.errors import KeyUnavailable
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

ONE, TWO = Sealed(b"1" * 32), Sealed(b"2" * 32)


def test_all() -> None:
    assert keys.__all__ == ["DATA_KEY_BYTES", "KeyRing"]


def test_purposes_products_and_versions_have_keys_of_their_own() -> None:
    ring = KeyRing("shop", {1: ONE, 2: TWO})
    derived = [
        ring.derive("ab", "c"), ring.derive("a", "bc"), ring.derive("abc"), ring.derive(), ring.derive(""),
        ring.derive("ab", "c", version=1), KeyRing("shop2", {2: TWO}).derive("ab", "c"),
        KeyRing("shop", {2: ONE}).derive("ab", "c"),
    ]  # fmt: skip
    assert all(len(key) == 32 for key in derived)
    assert len({key.reveal() for key in derived}) == len(derived)


def test_the_highest_version_is_current_and_derivation_repeats() -> None:
    ring = KeyRing("shop", {1: ONE, 2: TWO})
    assert ring.current == 2
    assert ring.derive("x") == ring.derive("x", version=2) == KeyRing("shop", {2: TWO}).derive("x")
    assert len(ring.derive("x", length=64)) == 64


@pytest.mark.parametrize("versions", [{}, {0: ONE}, {1: Sealed(b"canary")}, {1: ONE, 2: Sealed(b"")}])
def test_unfit_rings_are_refused(versions) -> None:
    with pytest.raises(KeyUnavailable, match="shop") as caught:
        KeyRing("shop", versions)
    assert "canary" not in str(caught.value)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(KeyUnavailable, match="no data key of version 7"):
        KeyRing("shop", {1: ONE}).derive("x", version=7)


def test_a_ring_shows_no_key() -> None:
    assert repr(KeyRing("shop", {1: ONE})) == "KeyRing(shop, version 1 of 1)"
