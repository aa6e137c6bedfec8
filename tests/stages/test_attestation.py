"""What publishing believes, and everything that must break it."""

from __future__ import annotations

import json
import shutil

import pytest

from anon_assets.contracts.check import Result
from anon_assets.errors import AnonError, PublishRefused, StoreError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from anon_assets.stages.attestation import attest, files_now, retract, verify_attestation
from anon_assets.stages.signing import sign, verify_signature
from anon_assets.stages.structure import digest_of, load_structure
from anon_assets.stages.validate import expected_results
from tests.shop import COPIED, moved, through

KEYS = KeyRing("shop", {1: Sealed(b"k" * 32), 2: Sealed(b"m" * 32)})


def attestation(shop):
    return shop.staged("attestation", "", "attestation.json")


def refused(shop, match=None, error=PublishRefused):
    """Publishing is refused and the target stays as it is."""
    before = shop.dump()
    with shop.session() as session, pytest.raises(error, match=match) as caught:
        session.publish()
    assert shop.dump() == before
    assert not (shop.store / "published").exists()
    return str(caught.value)


def test_signing_is_by_key_purpose_product_and_version():
    text = sign(KEYS, "attestation", {"a": 1, "b": ["x"]})
    assert verify_signature(KEYS, "attestation", text) == {"a": 1, "b": ["x"]}
    assert json.loads(text)["key_version"] == 2
    old = KeyRing("shop", {1: Sealed(b"k" * 32)})
    assert verify_signature(KEYS, "attestation", sign(old, "attestation", {"a": 1})) == {"a": 1}  # rotated since
    for keys, purpose in ((KEYS, "manifest"), (KeyRing("other", {2: Sealed(b"m" * 32)}), "attestation")):
        with pytest.raises(PublishRefused, match="changed or made under another key"):
            verify_signature(keys, purpose, text)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"content": {}, "mac": "00"}', '{"content": 1, "key_version": "x", "mac": ""}',
             '{"content": {}, "key_version": 2, "mac": "zz"}', '{"content": {}, "key_version": 2, "mac": 5}'],
)  # fmt: skip
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(PublishRefused):
        verify_signature(KEYS, "attestation", text)


def test_a_version_that_the_ring_lacks_is_refused():
    text = sign(KEYS, "attestation", {"a": 1}).replace('"key_version": 2', '"key_version": 7')
    with pytest.raises(AnonError):
        verify_signature(KEYS, "attestation", text)


def test_a_good_one_holds(validated):
    with validated.session() as session:
        expected = expected_results(session.product.suite, COPIED)
        content = verify_attestation(session.product, session.keys, session.plan, expected)
        assert set(content["files"]) == set(COPIED) and content["rows"]["public.person"] == 40
        assert {(each["table"], each["check"]) for each in content["results"]} == set(expected)


def test_without_one(validated):
    shutil.rmtree(validated.store / "staged" / "shop" / "attestation")
    assert "was not validated" in refused(validated)


def test_withdrawn(validated):
    retract(validated.product())
    assert "was not validated" in refused(validated)


def test_forged(validated):
    path = attestation(validated)
    told = json.loads(path.read_text())
    told["content"]["results"] = [each for each in told["content"]["results"] if each["check"] != "no_leak"]
    path.write_text(json.dumps(told))
    assert "changed or made under another key" in refused(validated)
    path.write_bytes(b"\xff\xfe")
    refused(validated)


def test_signed_for_another_purpose(validated):
    path = attestation(validated)
    content = json.loads(path.read_text())["content"]
    with validated.session() as session:
        path.write_text(sign(session.keys, "manifest", content))
    assert "changed or made under another key" in refused(validated)


def test_of_another_product(validated):
    path = attestation(validated)
    content = json.loads(path.read_text())["content"]
    with validated.session() as session:
        path.write_text(sign(session.keys, "attestation", {**content, "product": "other"}))
    assert "another product" in refused(validated)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    amount: keep\n", "    amount: {noise: {ratio: 0.1}}\n"),
        ("# decided by the owner", "# decided by somebody"),
    ],
    ids=["decision", "comment"],
)
def test_policy_edited_after_validation(validated, old, new):
    validated.decide(old, new)
    assert "changed since validation" in refused(validated)


def test_checks_edited_after_validation(validated):
    validated.checks_file.write_text("# less strict\nchecks: {}\n")
    assert "changed since validation" in refused(validated)


def test_checks_deleted_after_validation(validated):
    validated.checks_file.unlink()
    assert "changed since validation" in refused(validated)


def test_schema_changed_after_validation(validated, make_database):
    shop = moved(validated, validated.root, validated.target, make_database("changed", "template_shop"))
    shop.query("ALTER TABLE nothing ALTER COLUMN label TYPE varchar(9)", shop.source)
    with shop.session() as session:
        session.structure()
    assert "changed since validation" in refused(shop)


def test_structure_scripts_changed_after_validation(validated, make_database):
    """A default is part of no plan, but of what would be published."""
    shop = moved(validated, validated.root, validated.target, make_database("changed", "template_shop"))
    shop.query("ALTER VIEW spending RENAME COLUMN total TO sum", shop.source)
    with shop.session() as session:
        session.structure()
    refused(shop, "changed since validation")


def test_a_replaced_file(validated):
    target, source = (validated.staged("anonymized", place) for place in ("public.person", "public.purchase"))
    target.write_bytes(source.read_bytes())
    assert "staged data changed since validation: public.person" in refused(validated)


def test_one_flipped_bit(validated):
    path = validated.staged("anonymized", "public.event_log")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "public.event_log" in refused(validated)


def test_a_missing_file(validated):
    validated.staged("anonymized", "public.event_log").unlink()
    refused(validated, error=StoreError)


def test_edited_facts_do_not_change_what_was_attested(validated):
    path = validated.staged("anonymized", "public.person", "facts.json")
    path.write_text(path.read_text().replace('"rows": 40', '"rows": 39'))
    with validated.session() as session:
        assert session.publish()[0].rows["public.person"] == 40
    with validated.session() as session, pytest.raises(StoreError):
        session.validate()


def with_results(shop, change):
    with shop.session() as session:
        content = json.loads(attestation(shop).read_text())["content"]
        results = change([Result(**each) for each in content["results"]])
        files = files_now(session.product, session.plan)
        structure = digest_of(load_structure(session.product, session.keys))
        attest(session.product, session.keys, session.plan, files, structure, results)


def test_a_missing_result(validated):
    with_results(validated, lambda results: results[1:])
    assert "have no result" in refused(validated)


def test_a_failed_result(validated):
    with_results(validated, lambda results: [*results[1:], Result(results[0].check, results[0].table, passed=False)])
    assert "failed checks" in refused(validated)


def test_a_failed_result_that_nobody_announced(validated):
    with_results(validated, lambda results: [*results, Result("odd", "public.person", passed=False)])
    assert "odd on public.person" in refused(validated)


def test_a_warning_does_not_stop(validated):
    with_results(
        validated, lambda results: [*results, Result("odd", "public.person", passed=False, severity="warning")]
    )
    with validated.session() as session:
        assert session.publish()


def test_a_check_that_raises_or_says_nothing_counts_as_failed(validated, monkeypatch):
    from anon_assets.checks.row_count import RowCount
    from anon_assets.checks.unique import Unique

    def loud(self, evidence, tables):
        raise ValueError("aurelia@kundenpost.example")
        yield

    monkeypatch.setattr(RowCount, "run", loud)
    monkeypatch.setattr(Unique, "run", lambda self, evidence, tables: [])
    results = through(validated, until="validate")
    failed = {each.check: each.detail for each in results if not each.passed}
    assert failed == {
        "row_count": "the check did not finish (ValueError); details withheld", "unique": "the check gave no result",
    }  # fmt: skip
    assert all(each.blocks for each in results if not each.passed)
    told = refused(validated, "failed checks")
    assert "kundenpost" not in told and "kundenpost" not in attestation(validated).read_text()


def test_validation_wants_files_that_belong_together(validated):
    with validated.session() as session:
        session.extract("public.person")
        session.scan("public.person")
        with pytest.raises(StoreError, match="older than its raw rows"):
            session.validate()
    assert "was not validated" in refused(validated)  # withdrawn before the checks ran


def test_files_edited_while_the_product_is_loaded_are_noticed(validated):
    """A code server lives for weeks: what it validates must be what stands in the files that it vouches for."""
    with validated.session() as session:
        validated.decide("# decided by the owner", "# decided anew")
        with pytest.raises(StoreError, match="edited since they were loaded"):
            session.validate()
    assert "was not validated" in refused(validated)
