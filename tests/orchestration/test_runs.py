"""Runs: what they leave in the instance, and that no selection gets round the gate."""

from __future__ import annotations

import os
import subprocess
import sys

import dagster as dg
import pytest
from dagster._serdes import serialize_value

from anon_assets.contracts.check import Result
from anon_assets.errors import TransformError
from anon_assets.orchestration import build_definitions
from anon_assets.orchestration.guarding import guarded
from anon_assets.orchestration.naming import STAGES, asset_key, check_name
from anon_assets.orchestration.products import _check_result
from anon_assets.orchestration.running import run_product
from anon_assets.stages.validate import announced_results
from tests.shop import COPIED, copying_only

KEPT = ("    message: {fake: {as: text}}", "    message: keep")
SECRET = "@kundenpost.example"


def executed(shop, *selection, job="shop", instance):
    made = build_definitions(shop.policy_file)
    return made.resolve_job_def(job).execute_in_process(
        instance=instance, asset_selection=list(selection) or None, raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )  # fmt: skip


def materialized(result):
    return {event.asset_key: event.materialization for event in result.all_events if event.is_step_materialization}


def evaluations(result):
    return [event.asset_check_evaluation_data for event in result.all_events
            if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION]  # fmt: skip


def told(instance, run_id):
    """Everything that the instance keeps of a run, as text."""
    return serialize_value(instance.all_logs(run_id)) + serialize_value(instance.get_run_by_id(run_id))


@pytest.fixture
def instance(monkeypatch):
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    with dg.DagsterInstance.ephemeral() as held:
        yield held


@pytest.fixture
def small(shop):
    """The same project with one table whose rows are copied: a run of two seconds."""
    return copying_only(shop, "public.person")


@pytest.fixture
def keys():
    return {(place, stage): asset_key("shop", place, stage) for place in COPIED for stage in STAGES}


def test_a_whole_run(shop, instance, keys):
    result = executed(shop, instance=instance)
    assert result.success
    found = materialized(result)
    assert set(found) == {*keys.values(), dg.AssetKey(["shop", "structure"])}
    for place in COPIED:
        rows = {stage: found[keys[place, stage]].metadata["dagster/row_count"].value
                for stage in ("raw", "anonymized", "published")}  # fmt: skip
        assert len(set(rows.values())) == 1
        for stage in ("raw", "anonymized"):
            assert len(found[keys[place, stage]].metadata["sha256"].value) == 64
    schema = found[keys["public.person", "anonymized"]].metadata["dagster/column_schema"].value
    columns = {column.name: column for column in schema.columns}
    assert columns["email"].tags == {"transform": "token(length=24)", "entity": "email"}
    assert columns["email"].type == "character varying(80)" and not columns["email"].constraints.nullable
    assert columns["contact"].tags["entity"] == "contains email"
    assert "entity" not in columns["mood"].tags
    verdicts = found[keys["public.person", "scan"]].metadata["verdicts"].value
    assert {record.data["column"] for record in verdicts.records} >= set(columns)
    published = found[keys["public.person", "published"]].metadata
    assert published["target_shop_dev"].value and published["target_published"].value
    checks = evaluations(result)
    announced = announced_results(shop.product().suite, COPIED)
    assert {(each.asset_key, each.check_name) for each in checks} == {
        (keys[each.table, "validated"], check_name(each.check)) for each in announced
    }
    assert all(each.passed for each in checks)
    counts = next(
        each
        for each in checks
        if each.check_name == "row_count" and each.asset_key == keys["public.person", "validated"]
    )
    assert counts.metadata["rows"].value == 40
    assert SECRET not in told(instance, result.run_id)
    again = executed(shop, *(keys[place, "published"] for place in COPIED), instance=instance)
    assert again.success  # still attested: the files did not change


def test_a_failed_leak_check(shop, instance, keys):
    before = shop.dump()
    shop.decide(*KEPT)
    result = executed(shop, instance=instance)
    assert not result.success
    found = materialized(result)
    assert not [key for key in found if key.path[-1].endswith("_published")]
    assert keys["public.event_log", "validated"] not in found and keys["hr.badge", "validated"] in found
    (failed,) = [each for each in evaluations(result) if not each.passed]
    assert (failed.asset_key, failed.check_name) == (keys["public.event_log", "validated"], "no_leak")
    assert failed.severity == dg.AssetCheckSeverity.ERROR and failed.blocking
    assert sum(value.value for name, value in failed.metadata.items() if isinstance(value.value, int)) > 0
    check = dg.AssetCheckKey(failed.asset_key, "no_leak")
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])[check]
    assert not record.event.dagster_event.event_specific_data.passed
    assert not [event for event in result.all_events if event.step_key == "shop__publish"]
    assert SECRET not in told(instance, result.run_id)
    # asked for in another run
    alone = executed(shop, *(keys[place, "published"] for place in COPIED), instance=instance)
    assert not alone.success and not materialized(alone)
    assert "failed checks: no_leak on public.event_log" in told(instance, alone.run_id)
    assert shop.dump() == before


def test_a_job_without_checks_cannot_be_made(small):
    """Validation is one op that yields assets and checks together, so Dagster itself refuses to leave the checks out."""
    lax = dg.define_asset_job(
        "lax", dg.AssetSelection.groups("shop").without_checks(), executor_def=dg.in_process_executor
    )
    made = dg.Definitions.merge(build_definitions(small.policy_file), dg.Definitions(jobs=[lax]))
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        made.resolve_job_def("lax")


def test_subsets(small, instance, keys):
    def run(*selection):
        result = executed(small, *selection, instance=instance)
        return result.success, set(materialized(result)), result

    structure, raw, scan, anonymized, validated, published = (
        dg.AssetKey(["shop", "structure"]), *(keys["public.person", stage] for stage in STAGES),
    )  # fmt: skip
    success, found, result = run(raw)
    assert not success and "structure was never read" in told(instance, result.run_id)
    assert run(structure, raw)[:2] == (True, {structure, raw})
    success, found, result = run(anonymized)
    assert (success, found) == (True, {anonymized})
    schema = materialized(result)[anonymized].metadata["dagster/column_schema"].value
    assert {column.name: column.tags for column in schema.columns}["email"]["transform"] == "token(length=24)"
    success, found, result = run(validated)
    assert not success and not found and "was not scanned" in told(instance, result.run_id)
    success, found, result = run(published)
    assert not success and not found and "was not validated" in told(instance, result.run_id)
    assert run(scan)[:2] == (True, {scan})
    assert run(validated)[:2] == (True, {validated})
    assert run(published)[:2] == (True, {published})
    assert small.query("SELECT count(*) FROM person") == [(40,)]


@pytest.mark.parametrize(
    ("severity", "wanted"), [("error", dg.AssetCheckSeverity.ERROR), ("warning", dg.AssetCheckSeverity.WARN)]
)
def test_severities(small, severity, wanted):
    result = Result(
        "odd name", "public.person", passed=False, severity=severity, counts={"rows": 3}, detail="three rows"
    )
    made = _check_result(small.product(), result)
    assert (made.severity, made.passed, made.check_name) == (wanted, False, check_name("odd name"))
    assert made.metadata["rows"].value == 3 and made.metadata["detail"].value == "three rows"


def test_two_products_run_from_one_location(small, instance, make_database):
    shop = small
    second = (shop.policy_file.read_text().replace("product: shop", "product: shop_two")
              .replace("database: shop_dev", "database: two_dev").replace("store: published", "store: two"))  # fmt: skip
    (shop.root / "policies" / "shop_two.yaml").write_text(second)
    resources = shop.root / "resources" / "local.yaml"
    target = make_database("shop_two")
    resources.write_text(resources.read_text().replace("kms:", f"  two_dev: {{postgres: {{url: '{target}'}}}}\nkms:"))
    made = dg.Definitions.merge(*(build_definitions(name, "local", shop.root) for name in ("shop", "shop_two")))
    for name in ("shop", "shop_two"):
        assert made.resolve_job_def(name).execute_in_process(instance=instance, raise_on_error=False).success
    mine, theirs = ({row[0] for row in shop.query("SELECT email FROM person", url)} for url in (shop.target, target))
    assert len(mine) == len(theirs) == 40 and not mine & theirs  # each product has its own key


def test_guarding_leaves_neither_text_nor_cause():
    with pytest.raises(dg.Failure) as caught, guarded("extract", "public.person"):
        raise ValueError("rosalind" + SECRET)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert caught.value.description.startswith("public.person: extract failed with ValueError")
    assert not caught.value.allow_retries
    with pytest.raises(dg.Failure) as caught, guarded("anonymize", "public.person"):
        raise TransformError("public.person.email", "two values have no @") from ValueError(SECRET)
    assert caught.value.description == "public.person.email: two values have no @."
    assert caught.value.metadata["code"].value == "AA500" and caught.value.__cause__ is None
    with pytest.raises(dg.Failure, match="as it was"), guarded("publish", "shop"):
        raise dg.Failure("as it was")


def test_a_failing_source_leaves_one_sentence(small):
    shop = small
    resources = shop.root / "resources" / "local.yaml"
    resources.write_text(resources.read_text().replace(shop.source, "postgresql://nobody@/nowhere?host=/nonexistent"))
    outcome = run_product(shop.product())
    assert not outcome.succeeded
    assert any("no server listens on that socket" in failure for failure in outcome.failures)


def command(shop, *arguments):
    environment = {**os.environ, "ANON_PROJECT": str(shop.root), "DAGSTER_HOME": str(shop.root / ".anon" / "dagster")}
    (shop.root / ".anon" / "dagster").mkdir(parents=True, exist_ok=True)
    (shop.root / ".anon" / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    program = [sys.executable, "-m", "dagster", *arguments]
    return subprocess.run(program, capture_output=True, text=True, env=environment, cwd=shop.root, check=False)


@pytest.mark.slow
def test_dagsters_own_command_line(small):
    shop = small
    done = command(
        shop, "asset", "materialize", "-m", "anon_assets.definitions", "--select", "shop/structure,shop/person_raw"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (shop.store / "staged" / "shop" / "raw" / "public.person" / "current").exists()
    done = command(shop, "job", "execute", "-m", "anon_assets.definitions", "-j", "shop")
    assert done.returncode == 0, done.stderr[-3000:]
    assert SECRET not in done.stdout + done.stderr
    assert shop.query("SELECT count(*) FROM person") == [(40,)]
