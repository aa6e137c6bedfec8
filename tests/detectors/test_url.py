"""Links, which are personal only where they are somebody's own."""

from __future__ import annotations

SITES = [f"https://www.company{number}.example/products?page={number}" for number in range(40)]


def test_links_are_not_personal_by_themselves(found) -> None:
    images = [f"https://cdn.example.com/images/{number}/large.png" for number in range(40)]
    names = ("url", "link", "website", "image_url", "c17", "source_url")
    for values in (SITES, images):
        for name in names:
            assert found({name: values}, table="products")[name] == "", name


def test_a_persons_own_page_is(found) -> None:
    for name in ("website", "homepage", "blog", "site_web", "strona_internetowa"):
        assert found({name: SITES}, table="customers")[name] == "url", name
        assert found({name: SITES, "email": [f"p{n}@example.com" for n in range(40)]}, table="t")[name] == "url", name


def test_pages_of_companies_are_not_even_there(found) -> None:
    for name in ("company_website", "logo_url", "callback_url", "store_website"):
        assert found({name: SITES}, table="customers")[name] == "", name


def test_flags_under_such_a_name_are_no_links(found) -> None:
    assert found({"website": ["yes", "no", "unknown", "asked"] * 10}, table="customers")["website"] == ""
