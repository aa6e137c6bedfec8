"""What every KMS must do.

A new member joins by its own test file, ``tests/resources/kms/test_<kind>.py``, with a function ``open_member(folder)``
that opens an empty key service; equal folders lead to the same service.
"""

from __future__ import annotations

import pickle
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from anon_assets.contracts.kms import KMS, Kms
from anon_assets.errors import KeyUnavailable
from anon_assets.sealed import Sealed

Opener = Callable[[Path], Kms]
MEMBERS = Path(__file__).parents[1] / "resources" / "kms"

DATA_KEY = b"\x00\x01canary-data-key-of-32-bytes!!\xff"


@pytest.fixture(params=KMS.kinds())
def opener(request: pytest.FixtureRequest) -> Opener:
    file = MEMBERS / f"test_{request.param}.py"
    assert file.exists(), f"kms {request.param} has no test file"
    found: Opener = runpy.run_path(str(file))["open_member"]
    return found


@pytest.fixture
def kms(opener: Opener, tmp_path: Path) -> Kms:
    return opener(tmp_path)


def test_what_is_wrapped_unwraps_in_another_session(kms: Kms, opener: Opener, tmp_path: Path) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    assert kms.unwrap("shop", wrapped) == Sealed(DATA_KEY)
    assert opener(tmp_path).unwrap("shop", wrapped) == Sealed(DATA_KEY)


def test_first_use_creates_version_one(kms: Kms) -> None:
    assert kms.versions("shop") == ()
    kms.wrap("shop", Sealed(DATA_KEY))
    assert kms.versions("shop") == (1,)
    kms.wrap("shop", Sealed(DATA_KEY))
    assert kms.versions("shop") == (1,)
    assert kms.versions("other") == ()


def test_reading_creates_nothing(kms: Kms) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    with pytest.raises(KeyUnavailable):
        kms.unwrap("other", wrapped)
    assert kms.versions("other") == ()


def test_wrapping_twice_differs_and_shows_nothing_of_the_key(kms: Kms) -> None:
    one, two = kms.wrap("shop", Sealed(DATA_KEY)), kms.wrap("shop", Sealed(DATA_KEY))
    assert one != two
    assert DATA_KEY not in one
    assert DATA_KEY.hex().encode() not in one


@pytest.mark.parametrize("length", [16, 32, 64])
def test_any_usual_length(kms: Kms, length: int) -> None:
    key = Sealed(bytes(range(length)))
    assert kms.unwrap("shop", kms.wrap("shop", key)) == key


def test_every_changed_byte_is_noticed(kms: Kms) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(KeyUnavailable):
            kms.unwrap("shop", bytes(changed))


def test_a_cut_or_longer_blob_is_noticed(kms: Kms) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    for cut in range(len(wrapped)):
        with pytest.raises(KeyUnavailable):
            kms.unwrap("shop", wrapped[:cut])
    with pytest.raises(KeyUnavailable):
        kms.unwrap("shop", wrapped + b"\0")


def test_a_key_opens_only_under_its_own_id(kms: Kms) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    kms.wrap("other", Sealed(DATA_KEY))
    with pytest.raises(KeyUnavailable):
        kms.unwrap("other", wrapped)


def test_errors_name_the_place_survive_pickling_and_quote_no_key(kms: Kms) -> None:
    wrapped = kms.wrap("shop", Sealed(DATA_KEY))
    kms.wrap("other", Sealed(DATA_KEY))
    with pytest.raises(KeyUnavailable) as caught:
        kms.unwrap("other", wrapped)
    text = str(caught.value)
    assert text == str(pickle.loads(pickle.dumps(caught.value)))
    assert caught.value.where
    assert caught.value.hint
    assert DATA_KEY.hex() not in text
    assert "canary" not in text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("key_id", ["", "../shop", "a/b", "a\0b", ".hidden", "x" * 300, "a b"])
def test_unsafe_key_ids_are_refused_everywhere(kms: Kms, key_id: str) -> None:
    with pytest.raises(KeyUnavailable):
        kms.wrap(key_id, Sealed(DATA_KEY))
    with pytest.raises(KeyUnavailable):
        kms.unwrap(key_id, b"\x01" * 100)
    with pytest.raises(KeyUnavailable):
        kms.versions(key_id)


def test_the_member_shows_no_secret(kms: Kms) -> None:
    kms.wrap("shop", Sealed(DATA_KEY))
    assert "canary" not in repr(kms)
    assert type(kms).title
