from __future__ import annotations

import base64

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [{}, {"encoding": "base32"}, {"prefix": "é-", "encoding": "base32"}]

ONE = KeyRing("example", {1: Sealed(bytes(32))})
TWO = KeyRing("example", {1: Sealed(bytes(32)), 2: Sealed(b"2" * 32)})
VALUES = ["a@localhost", "ä😀", "", None, "x" * 15, "y" * 16, "z" * 17, "w" * 100]


def expected(value: str, *, encoding: str = "base64url", version: int = 1, domain: str = "example") -> str:
    """The result, by the standard library and one value at a time."""
    key = (ONE if version == 1 else TWO).derive(domain, "cipher", version=version, length=64).reveal()
    if value:
        sealed = AESSIV(key).encrypt(value.encode(), [b"anon_assets cipher 1", domain.encode()])
    else:  # the empty text is its vector alone
        sealed = AESSIV(key).encrypt(b"", [b"anon_assets cipher 1", domain.encode()])
    written = base64.b32encode(sealed) if encoding == "base32" else base64.urlsafe_b64encode(sealed)
    return "ABC"[version] + written.decode().rstrip("=")


def context(keys: KeyRing = ONE, domain: str = "example", **facts: object) -> Context:
    return Context("s.t.c", Column("c", **facts), domain, keys)


@pytest.mark.parametrize("encoding", ["base64url", "base32"])
def test_results_are_aes_siv_in_the_encoding(make, apply, encoding) -> None:
    wanted = [None if value is None else expected(value, encoding=encoding) for value in VALUES]
    assert apply(make("cipher", encoding=encoding), VALUES) == wanted


def test_the_prefix_comes_first(make, apply) -> None:
    assert apply(make("cipher", prefix="é_"), ["Ada"]) == ["é_" + expected("Ada")]


def test_columns_of_any_carrier_and_cut(make, apply) -> None:
    values = pa.array(["Ada", None, "Grace", "Ada", "Edsger"], pa.large_string())
    assert apply(make("cipher"), values[1:4]) == [None, expected("Grace"), expected("Ada")]
    assert apply(make("cipher"), ["6f1d2b1e-0000-4000-8000-000000000001"], logical="uuid") == [
        expected("6f1d2b1e-0000-4000-8000-000000000001")
    ]
    assert apply(make("cipher"), ["10.0.0.1/24"], logical="inet") == [expected("10.0.0.1/24")]
    with pytest.raises(TransformError, match="does not fit a integer"):
        apply(make("cipher"), [1], pa.int64())


def test_many_values_of_many_lengths_come_back(make) -> None:
    number = np.random.default_rng(7)
    values = pa.array(["é" * int(size) + str(place) for place, size in enumerate(number.integers(0, 90, 3_000))])
    cipher = make("cipher")
    made = cipher.apply(values, context())
    assert made.to_pylist() == [expected(value) for value in values.to_pylist()]
    assert cipher.reverse(made, context()).equals(values)
    some = made.take(pa.array([5, 5, 2_999, 0, None], pa.int64()))
    wanted = values.take(pa.array([5, 5, 2_999, 0, None], pa.int64()))
    assert cipher.reverse(some, context()).equals(wanted)


def test_one_domain_one_result_other_domains_others(make, apply) -> None:
    one, two = (apply(make("cipher"), ["x"], domain=name)[0] for name in ("a", "b"))
    assert (one, two) == (expected("x", domain="a"), expected("x", domain="b"))
    with pytest.raises(TransformError, match="1 of 1 distinct values do not decrypt"):
        make("cipher").reverse(pa.array([one]), context(domain="b"))


def test_every_version_that_the_ring_holds_is_reversed(make, apply) -> None:
    cipher = make("cipher")
    old, new = apply(cipher, ["Ada"])[0], apply(cipher, ["Grace"], keys=TWO)[0]
    assert (old, new) == (expected("Ada"), expected("Grace", version=2))
    assert cipher.reverse(pa.array([new, None, old, new]), context(TWO)).to_pylist() == ["Grace", None, "Ada", "Grace"]
    with pytest.raises(TransformError, match="1 of 2 distinct values"):
        cipher.reverse(pa.array([old, new]), context(ONE))


def test_versions_that_share_a_mark_are_told_apart(make) -> None:
    cipher = make("cipher", encoding="base32")
    rings = [KeyRing("example", {number: Sealed(bytes([number]) * 32) for number in held}) for held in ([3], [3, 35])]
    values = pa.array(["Ada", "Grace"])
    old, new = (cipher.apply(values, context(ring)) for ring in rings)
    assert {text[0] for text in old.to_pylist() + new.to_pylist()} == {"D"}
    both = pa.concat_arrays([old, new])
    assert cipher.reverse(both, context(rings[1])).to_pylist() == ["Ada", "Grace"] * 2
    only_new = KeyRing("example", {35: Sealed(bytes([35]) * 32)})
    assert cipher.reverse(new, context(only_new)).equals(values)


def test_what_was_not_made_by_it_is_refused_with_a_count(make) -> None:
    cipher = make("cipher", prefix="p")
    good = "p" + expected("secret@example.com")
    last = good[:-1] + ("A" if good[-1] != "A" else "E")
    changed = [
        "p", "pB", good[1:], "q" + good[1:], "pC" + good[2:], "p!" + good[2:], good[:-1], good + "A", last,
        good.replace(good[9], "é", 1), good[:12] + ("A" if good[12] != "A" else "B") + good[13:],
        "p" + expected("secret@example.com", encoding="base32"), "",
    ]  # fmt: skip
    assert cipher.reverse(pa.array([good]), context()).to_pylist() == ["secret@example.com"]
    for text in changed:
        with pytest.raises(TransformError, match="1 of 2 distinct values do not decrypt") as caught:
            cipher.reverse(pa.array([good, text, None]), context())
        assert "secret" not in str(caught.value) and good not in str(caught.value)
    with pytest.raises(TransformError, match="13 of 14"):
        cipher.reverse(pa.array([good, *changed]), context())


def test_nothing_of_a_wrong_version_is_made_up(make) -> None:
    """A result under a foreign key is refused, though its mark is that of a version at hand."""
    foreign = KeyRing("example", {1: Sealed(b"f" * 32)})
    made = make("cipher").apply(pa.array(["Ada"]), context(foreign))
    with pytest.raises(TransformError):
        make("cipher").reverse(made, context())


def test_a_column_that_ignores_case_is_encrypted_in_lower_case(make, apply) -> None:
    cipher = make("cipher")
    folded = apply(cipher, ["Ada@X.org", "ada@x.ORG", None], folds_case=True)
    assert folded == [expected("ada@x.org"), expected("ada@x.org"), None]
    assert not cipher.effects(Column("c", folds_case=True)).reversible and cipher.effects(Column("c")).reversible
    assert cipher.reverse(pa.array(folded), context(folds_case=True)).to_pylist() == ["ada@x.org", "ada@x.org", None]


def test_the_longest_result_is_told(make, apply) -> None:
    assert make("cipher").effects(Column("c")).max_length is None
    assert make("cipher").effects(Column("c", logical="uuid")).max_length == 1 + 70  # 52 bytes
    for parameters in ({}, {"encoding": "base32"}, {"prefix": "é-"}):
        cipher = make("cipher", **parameters)
        most = cipher.effects(Column("c", max_length=9)).max_length
        (longest,) = apply(cipher, ["😀" * 9])
        assert most == len(longest)
        (told,) = cipher.problems(Column("c", max_length=9))
        assert str(most) in told
    assert not list(make("cipher").problems(Column("c")))


def test_no_column_is_too_large_in_silence(make, monkeypatch) -> None:
    monkeypatch.setattr("anon_assets.crypto.ragged._ARROW_TEXT_LIMIT", 40)
    with pytest.raises(TransformError, match="smaller batches"):
        make("cipher").apply(pa.array(["a", "b"]), context())


@pytest.mark.parametrize("parameters", [{"encoding": "hex"}, {"prefix": "x" * 33}, {"length": 20}])
def test_parameters_out_of_range(parameters) -> None:
    member, found = TRANSFORMS.parse({"cipher": parameters}, "x")
    assert member is None and found
