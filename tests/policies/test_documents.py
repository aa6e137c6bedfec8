from __future__ import annotations

from pathlib import Path

import pytest

from anon_assets.errors import DocumentError
from anon_assets.policies.documents import read_document

SECRET = "hunter2-canary"


def written(tmp_path: Path, content: bytes | str, name: str = "x.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_lines_are_remembered(tmp_path):
    document = read_document(written(tmp_path, "a: 1\ntables:\n  public.t:\n    x: keep\n    y: [keep]\n"))
    assert document.at("tables", "public.t", "x") == "x.yaml:4"
    assert document.at("tables", "public.t", "y", 0) == "x.yaml:5"
    assert document.at("tables", "public.t", "missing") == "x.yaml:3"
    assert document.data["tables"]["public.t"] == {"x": "keep", "y": ["keep"]}


def test_keys_are_always_text_and_yes_is_a_word(tmp_path):
    document = read_document(written(tmp_path, "on: yes\nnull: no\n2020: true\n1.5: ~\n"))
    assert document.data == {"on": "yes", "null": "no", "2020": True, "1.5": None}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (f"a: 1\na: {SECRET}\n", "key 'a' stands twice"),
        (f"t:\n  x: 1\n  y: 2\n  x: {SECRET}\n", "key 'x' stands twice"),
        (f"a: '{SECRET}\n", "is not valid YAML"),
        (f"a: [{SECRET}\nb: 1\n", "is not valid YAML"),
        (f"- {SECRET}\n", "does not hold a mapping"),
        ("", "is empty"),
        (SECRET, "does not hold a mapping"),
        (b"\x00\x01\x02\xff" + SECRET.encode(), "is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text"),
        (f"a: !!python/object/apply:os.system ['{SECRET}']\n", "is not valid YAML"),
        (f"? [a, b]\n: {SECRET}\n", "a key is not a plain word"),
        (f"a: &x {SECRET}\nb: *y\n", "is not valid YAML"),
        ("a: 2020-02-31\n", "holds a value that YAML cannot read"),
    ],
)
def test_bad_files_give_one_error_without_their_content(tmp_path, content, what):
    with pytest.raises(DocumentError) as caught:
        read_document(written(tmp_path, content))
    assert what in str(caught.value)
    assert "x.yaml" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(DocumentError, match="cannot be read"):
            read_document(path)
