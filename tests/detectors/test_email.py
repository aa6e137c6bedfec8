"""E-mail addresses."""

from __future__ import annotations

import pyarrow as pa

from anon_assets.detectors.email import Email
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised
from anon_assets.text_shapes import text_shape


def accepted(value: str) -> bool:
    return bool(recognised(Email(), pa.array([value]), "t")[1][0])


def test_lengths_follow_rfc_5321() -> None:
    assert accepted("a" * 64 + "@example.com")
    assert not accepted("a" * 65 + "@example.com")
    assert not accepted("a@" + "b" * 245 + ".example")


def test_dots_and_hyphens_stand_in_order() -> None:
    for wrong in (".a@example.com", "a.@example.com", "a@.example.com", "a@-x.com", "a@x..com", "a@x-.com"):
        assert not accepted(wrong), wrong
    for right in ("a-b@x-y.co.uk", "a_b+c%d@sub.example.museum", "1@2.org", "ü@ö.de"):
        assert accepted(right), right


def test_letters_of_any_script_and_top_level_domains_of_any_kind_are_allowed() -> None:
    for right in (
        "jürgen@münchen.example",
        "用户@例子.广告",
        "x@xn--bcher-kva.example",
        "a!b#c$d@example.com",
        "A.B@EXAMPLE.COM",
    ):
        assert accepted(right), right
    assert accepted("mailto:ada@example.com")
    assert accepted("<ada@example.com>")


def test_masked_addresses_files_and_repositories_are_none() -> None:
    for wrong in ("a***@example.com", "j••••n@example.com", "xxxx@example.com", "redacted@example.com", "icon@3x.png",
                  "git@github.com", "ada@e*****.com", "***@***.com"):  # fmt: skip
        assert not accepted(wrong), wrong
        assert text_hits(pa.array([f"from {wrong} today"]), [Email()]) == {}, wrong
    assert (
        text_hits(pa.array(["see https://ada:s3cr3t@db.example.com/x", "postgres://u:p@db.example.com"]), [Email()])
        == {}
    )


def test_what_stands_in_text_is_the_address_and_nothing_else() -> None:
    around = [
        "<{}>",
        '"{}"',
        "'{}'",
        "mailto:{}",
        "({})",
        "cc={};",
        "{}.",
        "{},x",
        "[{}]",
        "{}!",
        "a {} b",
        "{}/",
        "{}:1",
    ]
    shape = text_shape(Email())
    for address in ("ada@example.com", "o'neil+x@mail.example.co.uk", "JÜRGEN@münchen.example", "a_b-c@x-y.museum"):
        for frame in around:
            text = frame.format(address)
            assert [text[start:end] for start, end in shape.spans(text)] == [address], text
    query = "https://example.com/?mail=ada%40example.com&x=1"
    assert text_hits(pa.array([query]), [Email()]) == {"email": 1}


def test_columns_are_typed_under_any_name(found) -> None:
    addresses = [f"user{number}@mail{number % 7}.example" for number in range(40)]
    for name in ("email", "c17", "sku", "correo_electronico", "email_verified"):
        assert found({name: addresses})[name] == "email", name
    for name in ("email_verified", "email_count", "email_template"):
        assert found({name: [f"v{number}" for number in range(30)]})[name] == "", name


def test_addresses_are_found_between_signs() -> None:
    texts = [
        "<ada@example.com>",
        "mailto:ada@example.com",
        "(ada@example.com)",
        "cc=ada@example.com;",
        "ada@example.com.",
    ]
    assert text_hits(pa.array(texts), [Email()]) == {"email": len(texts)}
    assert text_hits(pa.array(["git@ host", "@ada", "logo@2x.png loads", "a@b"]), [Email()]) == {}
