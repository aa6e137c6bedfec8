from __future__ import annotations

import pytest

COLUMNS = [
    ["Christian", "Muslim", "Hindu", "Jewish", "Buddhist", "Atheist", "None"],
    ["römisch-katholisch", "evangelisch", "konfessionslos", "muslimisch", "jüdisch"],
    ["catholique", "musulmane", "protestant", "juive", "athée", "bouddhiste"],
    ["católico", "evangélica", "musulmán", "judío", "ateo", "agnóstico"],
    ["cattolico", "ortodosso", "musulmano", "ebreo", "buddista"],
    ["católica", "espírita", "candomblé", "umbanda", "ateu", "budista"],
    ["rooms-katholiek", "protestants", "islam", "geen religie", "joods"],
    ["katolicyzm", "prawosławie", "ateizm", "islam", "judaizm", "protestantyzm"],
]


@pytest.mark.parametrize("values", COLUMNS)
def test_religions_by_value_alone(found, values: list[str]) -> None:
    assert found({"c17": values * 10}, table="t")["c17"] == "religion"


@pytest.mark.parametrize(
    "values",
    [
        ["Zen", "Modern", "Rustic", "Classic", "Gothic"],
        ["Spiritual", "Gospel", "Jazz", "Rock", "Soul"],
        ["none", "other", "unknown"],
        ["German", "French", "English", "Hindi", "Arabic"],
        ["Sufi", "Druid", "Wizard", "Rogue", "Bard", "Monk"],
        ["active", "inactive", "closed", "open", "reformed"],
    ],
)
def test_styles_classes_and_languages_are_none(found, values: list[str]) -> None:
    assert found({"c17": values * 10}, table="t")["c17"] == ""


def test_it_is_known_by_name_and_is_sensitive(found) -> None:
    from anon_assets.detectors.religion import Religion

    for name in ("religion", "konfession", "religión", "religione", "religião", "geloof", "wyznanie"):
        assert found({name: ["a1", "b2", "c3"] * 5}, table="t")[name] == "religion", name
    assert Religion.tier == "sensitive"
    assert any("art. 9" in rule for rule in Religion.taxonomy)
