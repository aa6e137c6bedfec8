from __future__ import annotations

import pytest

from anon_assets.errors import FindingsError
from anon_assets.policies.documents import read_document
from anon_assets.policies.profile import parse_profile

GOOD = """\
databases:
  shop: {postgres: {url: {env: SHOP_URL}}}
kms: {local: {path: .anon/keys}}
store: {local: {path: .anon/store}}
"""


def profile_of(tmp_path, text):
    path = tmp_path / "local.yaml"
    path.write_text(text)
    return parse_profile(read_document(path), tmp_path)


def test_relative_paths_start_at_the_project(tmp_path):
    assert str(profile_of(tmp_path, GOOD).kms.path) == str(tmp_path / ".anon/keys")


@pytest.mark.parametrize(
    "spec",
    [
        "{postgres: {url: 'postgresql://anna:hunter2@host/shop'}}",
        "{postgres: {url: 'postgresql://host/shop?user=anna&password=hunter2'}}",
        "{postgres: {url: {env: A, file: hunter2}}}",
        "{postgres: {url: {env: A}, password: hunter2}}",
    ],
)
def test_a_literal_secret_is_refused_and_not_shown(tmp_path, spec):
    with pytest.raises(FindingsError) as caught:
        profile_of(tmp_path, GOOD.replace("{postgres: {url: {env: SHOP_URL}}}", spec))
    assert "local.yaml:2" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_every_error_comes_at_once(tmp_path):
    with pytest.raises(FindingsError) as caught:
        profile_of(tmp_path, "databases: {a: {postgrse: {}}}\nkms: {locla: {}}\nstoer: {}\n")
    for told in ("did you mean postgres?", "did you mean local?", "did you mean store?", "store: a required key"):
        assert told in str(caught.value)


def test_an_unknown_database_names_the_nearest(tmp_path):
    with pytest.raises(FindingsError, match="did you mean shop"):
        profile_of(tmp_path, GOOD).database("shpo")


CLASSIFIER = (
    "classifier: {openai_compatible: {url: 'https://api.example.com/v1', model: small, key: {env: MODEL_KEY}}}\n"
)


def test_a_classifier_is_optional(tmp_path):
    assert profile_of(tmp_path, GOOD).classifier is None
    found = profile_of(tmp_path, GOOD + CLASSIFIER).classifier
    assert (found.kind(), found.url, found.model) == ("openai_compatible", "https://api.example.com/v1", "small")
    assert (found.key.env, found.timeout) == ("MODEL_KEY", "20 s")


def test_a_relative_path_of_its_key_starts_at_the_project(tmp_path):
    found = profile_of(tmp_path, GOOD + CLASSIFIER.replace("env: MODEL_KEY", "file: secrets/key")).classifier
    assert found.key.file == str(tmp_path / "secrets/key")


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("key: {env: MODEL_KEY}", "key: hunter2", "a secret written out"),
        ("url: 'https://", "url: 'https://anna:hunter2@", "a secret belongs in key"),
        ("url: 'https://", "url: 'http://", "http is for this machine only"),
        ("model: small", "modle: hunter2", "did you mean model?"),
        ("openai_compatible:", "openai_compatibel:", "did you mean openai_compatible?"),
        (CLASSIFIER.removeprefix("classifier: ").rstrip(), "hunter2 x", "not a kind"),
        ("classifier:", "clasifier:", "did you mean classifier?"),
    ],
)  # fmt: skip
def test_a_wrong_classifier_is_told_with_its_line_and_without_its_secret(tmp_path, good, bad, told):
    with pytest.raises(FindingsError) as caught:
        profile_of(tmp_path, GOOD + CLASSIFIER.replace(good, bad))
    assert told in str(caught.value) and "local.yaml:5" in str(caught.value)
    assert "hunter2" not in str(caught.value)
