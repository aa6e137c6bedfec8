"""Permanent account numbers of India."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.in_pan import InPan
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(InPan(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [InPan()]).get("in_pan", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def text(count: int, alphabet: str = LETTERS) -> str:
    return "".join(random.choices(alphabet, k=count))


def made() -> str:
    return f"{text(3)}P{text(1)}{random.randint(1, 9999):04d}{text(1)}"


def test_published_numbers_are_recognised() -> None:
    """Samples of the tax office: a person, an association, a company."""
    assert all(accepted("AAAPZ1234C", "ACUPA7085R", "AAPPV8261K", "AABCU9603R", "AAAAA1234A", "aappv8261k"))


def test_the_fourth_letter_tells_the_holder() -> None:
    assert "".join(letter for letter in LETTERS if accepted(f"AAA{letter}Z1234C")[0]) == "ABCFGHJKLPT"
    assert not any(accepted("AAAPZ0000C", "AAAPZ123C", "AAAP11234C", "AAAPZ12345"))


def test_four_random_texts_in_ten_pass() -> None:
    random.seed(1)
    share = sum(accepted(*(text(5) + digits(4) + text(1) for _ in range(10_000)))) / 10_000
    assert abs(share - InPan.chance) < 0.02


def test_columns(found: Found) -> None:
    random.seed(2)
    columns = {
        "c1": [made() for _ in range(40)], "color": [made() for _ in range(40)],
        "c2": [text(5) + digits(4) + text(1) for _ in range(40)], "pan_number": [made() for _ in range(40)],
    }  # fmt: skip
    assert [name for name, kind in found(columns).items() if kind == "in_pan"] == ["c1", "color", "pan_number"]


def test_names(found: Found) -> None:
    names = ("pan_number", "PanCard", "permanent_account_number", "pan", "pan_verified", "pan_europe_id")
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "in_pan"] == list(names[:4])
    assert found({"pan": pa.array([None] * 5, pa.string())}, table="kitchenware") == {"pan": ""}


def test_in_text() -> None:
    assert in_text("PAN: AAAPZ1234C.", "(ACUPA7085R)", "pan number aappv8261k") == 3
    assert in_text("AAAXZ1234C", "AAAPZ1234CX", "part aappv8261k") == 0
