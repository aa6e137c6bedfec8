from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError

LAW_CASES = [{}, {"algorithm": "sha512"}, {"salt": "é$1\\"}]

VALUES = ["a@localhost", "ä😀", "", None, "x" * 200, "a@localhost"]


def digest(value: str, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, value.encode()).hexdigest()


@pytest.mark.parametrize("algorithm", ["md5", "sha256", "sha512"])
def test_digests_are_those_of_the_standard_library(make, apply, algorithm) -> None:
    wanted = [None if value is None else digest(value, algorithm) for value in VALUES]
    assert apply(make("hash", algorithm=algorithm), VALUES) == wanted
    assert make("hash", algorithm=algorithm).effects(Column("c")).max_length == len(wanted[0])


def test_sha256_without_salt_by_default(make, apply) -> None:
    assert apply(make("hash"), ["abc"]) == [
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ]  # FIPS 180


def test_the_salt_follows_the_value(make, apply) -> None:
    assert apply(make("hash", salt="é$1\\"), ["abc", ""]) == [digest("abcé$1\\"), digest("é$1\\")]


def test_columns_of_any_carrier_and_cut(make, apply) -> None:
    values = pa.array(["left", "Ada", None, "Grace"], pa.large_string())[1:]
    assert apply(make("hash"), values) == [digest("Ada"), None, digest("Grace")]
    with pytest.raises(TransformError, match="does not fit a integer"):
        apply(make("hash"), [1], pa.int64())


def test_a_column_that_ignores_case_gives_one_digest_for_all_spellings(make, apply) -> None:
    assert apply(make("hash"), ["Ada", "ADA"], folds_case=True) == [digest("ada")] * 2


def test_md5_is_not_declared_injective_because_it_is_not(make, apply) -> None:
    """The pair of texts by Marc Stevens (HashClash)."""
    texts = [f"TEXTCOLLBYfGiJUETHQ4h{x}cKSMd5zYpgqf1YRDhkmxHkhPWptrkoyz28wnI9V0aHeAuaKnak" for x in "AE"]
    one, two = apply(make("hash", algorithm="md5"), texts)
    assert one == two == "faad49866e9498fc1719f5289e7a0269"
    assert not make("hash", algorithm="md5").effects(Column("c")).injective
    assert (
        make("hash").effects(Column("c")).injective and make("hash", algorithm="sha512").effects(Column("c")).injective
    )


def test_every_use_is_warned_about(make) -> None:
    for parameters in ({}, {"salt": "s"}, {"algorithm": "sha512"}):
        (told,) = make("hash", **parameters).warnings(Column("c"))
        assert "dictionary attack" in told and "token" in told


def test_a_short_column_is_a_problem(make) -> None:
    (told,) = make("hash").problems(Column("c", max_length=63))
    assert "64" in told and "63" in told
    assert not list(make("hash").problems(Column("c", max_length=64)))
    assert not list(make("hash").problems(Column("c")))


@pytest.mark.parametrize("parameters", [{"algorithm": "sha1"}, {"salt": "x" * 257}, {"salt": None}])
def test_parameters_out_of_range(parameters) -> None:
    member, found = TRANSFORMS.parse({"hash": parameters}, "x")
    assert member is None and found
