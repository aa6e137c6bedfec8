"""What is written in the catalog is looked into, and told by place alone."""

from __future__ import annotations

import psycopg
import pytest

from anon_assets.contracts.database import CatalogText
from anon_assets.contracts.detector import Detector
from anon_assets.resources.databases.postgres import Postgres
from anon_assets.stages.catalog import CatalogHit, scan_catalog
from anon_assets.stages.survey import survey


def test_each_text_is_judged_by_itself():
    texts = [
        CatalogText("public.t", "comment", "nightly load, see the wiki"),
        CatalogText("public.t.a", "default", "'ada@example.com'::text"),
        CatalogText("public.v", "view", "SELECT 1\nFROM t WHERE m = 'ada@example.com'\n"
                    "OR m = 'bob@example.com' OR c = '+49 30 901820'"),
    ]  # fmt: skip
    hits = scan_catalog(texts)
    assert [(hit.where, hit.entity, hit.lines) for hit in hits] == [
        ("public.t.a (default)", "email", 1), ("public.v (view)", "email", 2), ("public.v (view)", "phone", 1),
    ]  # fmt: skip
    assert hits[0].tier == "direct" and hits[0].to_dict()["where"] == "public.t.a (default)"
    finding = hits[1].finding()
    assert (finding.severity, finding.code, finding.where) == ("warning", "personal-catalog", "public.v (view)")
    assert finding.what == "2 lines read as email" and hits[0].finding().what == "1 line reads as email"
    assert "ada" not in repr(hits) + str(finding)


@pytest.mark.parametrize(
    "text",
    [
        "nextval('public.customer_customer_id_seq'::regclass)", "'2005-07-31 23:59:59'::timestamp without time zone",
        "SELECT cu.customer_id AS id, (cu.first_name || ' '::text) || cu.last_name AS name FROM customer cu", "'0.0.0.0'",
        "CHECK (rating = ANY (ARRAY['G'::text, 'PG'::text, 'PG-13'::text]))", "version 1.2.3.4 of 2024-01-31", "",
        "decimal(19,4); 1000000000000000 at most", "now()", "gen_random_uuid()",
    ],
)  # fmt: skip
def test_what_catalogs_are_full_of_is_not_personal(text):
    found = [hit for hit in scan_catalog([CatalogText("public.t", "default", text)]) if hit.entity != "ip_address"]
    assert found == []


def test_nothing_written_is_nothing_found():
    assert scan_catalog([]) == []


def test_detectors_of_ones_own_are_asked_too():
    class BadgeNumber(Detector):
        patterns = ("BADGE-[0-9]{6}",)
        in_text = True
        chance = 0.001

    text = [CatalogText("public.t", "comment", "as of BADGE-123456")]
    assert scan_catalog(text, (BadgeNumber(),)) == [CatalogHit("public.t", "comment", "badge_number", "direct", 1)]


def test_a_survey_tells_of_comments_defaults_labels_and_views(make_database):
    url = make_database("written")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "CREATE TYPE owner AS ENUM ('ada@kundenpost.example', 'nobody')",
            "CREATE TABLE t (a text DEFAULT 'bob@kundenpost.example', o owner)",
            "COMMENT ON TABLE t IS 'ask cara@kundenpost.example'",
            "COMMENT ON COLUMN t.a IS 'or dora@kundenpost.example'",
            "CREATE VIEW v AS SELECT a FROM t WHERE a <> 'emil@kundenpost.example'",
            "CREATE SEQUENCE numbers",
        ):
            connection.execute(statement)
    found = survey(Postgres(url=url))
    assert {(hit.where, hit.entity) for hit in found.catalog} == {
        (where, "email") for where in ("public.owner (label)", "public.t (comment)", "public.t.a (comment)",
                                       "public.t.a (default)", "public.v (view)")
    }  # fmt: skip
    assert "kundenpost" not in str(found.to_dict())


@pytest.mark.parametrize("sample", ["sakila_url", "chinook_url"])
def test_the_catalogs_of_known_databases_hold_nothing_personal(request, sample):
    with Postgres(url=request.getfixturevalue(sample)).snapshot() as snapshot:
        texts = snapshot.texts()
        schema = snapshot.schema()
    assert scan_catalog(texts) == []
    assert {each.place for each in texts if each.part == "view"} == {view.place for view in schema.views}
