"""Personal data that stands in the structure itself: nobody accepted it, nothing is read."""

from __future__ import annotations

import re

import pytest

from anon_assets.errors import FindingsError
from tests.shop import Shop


@pytest.fixture
def own_shop(tmp_path, embedded_server, shop_source, make_database):
    """A project whose source may be changed."""
    source, target = make_database("shop", shop_source), make_database("shop_dev")
    found = Shop(tmp_path / "p", source, target, embedded_server.programs)
    found.write()
    return found


@pytest.mark.parametrize(
    "written",
    [
        "COMMENT ON COLUMN purchase.note IS 'ask zoe.quill@kundenpost.example'",
        "ALTER TABLE purchase ALTER note SET DEFAULT 'zoe.quill@kundenpost.example'",
        "CREATE VIEW hers AS SELECT * FROM purchase WHERE note = 'zoe.quill@kundenpost.example'",
        "CREATE FUNCTION whose() RETURNS text LANGUAGE sql AS $$ SELECT 'zoe.quill@kundenpost.example' $$",
        "CREATE INDEX hers ON purchase (amount) WHERE note = 'zoe.quill@kundenpost.example'",
    ],
)
def test_an_address_in_the_structure_stops_until_it_is_accepted(own_shop, written):
    shop = own_shop
    shop.query(written, shop.source)
    with shop.session() as session, pytest.raises(FindingsError) as caught:
        session.structure()
    told = str(caught.value)
    assert "structure.email: 1 lines read as email" in told
    assert "zoe" not in told
    assert not (shop.store / "staged" / "shop" / "structure").exists()
    fingerprint = re.search(r"\[([0-9a-f]{12})\]", told)[1]
    shop.decide("accepted: []", f"accepted:\n  - {{finding: {fingerprint}, who: anna, why: ours, until: 2099-01-01}}")
    with shop.session() as session:
        assert session.structure().copied
