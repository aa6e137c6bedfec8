"""Profile pages and accounts."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anon_assets.detectors.profile_url import ProfileUrl
from anon_assets.stages.scan import text_hits
from anon_assets.text_shapes import text_shape

FORMS = [
    "https://www.linkedin.com/in/ada-l-{}", "linkedin.com/in/ada{}", "https://de.linkedin.com/in/ada{}/", "github.com/ada{}",
    "https://github.com/ada{}", "https://twitter.com/ada{}", "https://x.com/ada{}", "https://www.facebook.com/ada.l.{}",
    "https://www.instagram.com/ada_{}/", "https://www.tiktok.com/@ada{}", "https://www.youtube.com/@ada{}",
    "https://mastodon.social/@ada{}", "@ada{}@mastodon.social", "https://t.me/ada{}", "https://www.xing.com/profile/Ada_L{}",
    "https://stackoverflow.com/users/{}/ada", "https://www.reddit.com/user/ada{}", "https://medium.com/@ada{}",
    "https://app.example.com/users/10{}", "https://example.org/profile/ada{}", "https://example.com/list?user_id=10{}",
    "https://www.facebook.com/profile.php?id=1000000{}", "https://uni.example/~ada{}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_columns_of_accounts_are_typed(form: str, found) -> None:
    values = [form.format(number) for number in range(100, 140)]
    assert found({"c9": values}, table="t")["c9"] == "profile_url"


@pytest.mark.parametrize(
    "form",
    [
        "https://www.linkedin.com/company/acme{}", "https://github.com/acme/repo{}", "https://www.acme{}.example/",
        "https://shop.example.com/products/{}", "https://www.youtube.com/watch?v=abc{}", "https://example.com/?page={}",
        "https://cdn.example.com/users/{}.png", "https://www.facebook.com/groups/{}", "https://example.com/blog/{}/",
        "https://twitter.com/acme/status/{}", "order@{}", "https://docs.example.com/api/users.html?v={}",
    ],
)  # fmt: skip
def test_columns_of_other_links_are_not(form: str, found) -> None:
    values = [form.format(number) for number in range(100, 140)]
    assert found({"c9": values}, table="t")["c9"] == ""


def test_in_text_the_address_ends_before_the_sentence_does() -> None:
    for address in ("https://github.com/octocat", "linkedin.com/in/ada-l", "https://mastodon.social/@Gargron"):
        text = f"See {address}, or {address}. ({address})"
        assert [text[slice(*span)] for span in text_shape(ProfileUrl()).spans(text)] == [address] * 3
    others = ["see https://github.com/features.", "https://example.com/a", "mail ada@example.com", "2x.com/", "x.com/i"]
    assert text_hits(pa.array(others), [ProfileUrl()]) == {}


def test_names(found) -> None:
    words = [f"x{number}" for number in range(30)]
    for name in ("profile_url", "linkedin", "url_perfil"):
        assert found({name: [None]})[name] == "profile_url", name
    for name in ("facebook_likes", "profile_views", "linkedin_company_id"):
        assert found({name: words}, table="t")[name] == "", name
