"""Numbers of patients."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from anon_assets.detectors.medical_record import MedicalRecord
from anon_assets.stages.scan import text_hits
from anon_assets.stages.text_search import recognised

Found = Callable[..., dict[str, str]]


def accepted(*values: str) -> list[bool]:
    return list(recognised(MedicalRecord(), pa.array(values), "t")[1].tolist())


def in_text(*texts: str) -> int:
    return text_hits(pa.array(texts), [MedicalRecord()]).get("medical_record", 0)


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def test_labelled_numbers_and_the_specimen_of_medicare_are_recognised() -> None:
    assert all(accepted("MRN-0048213", "MRN 4821345", "MRN:12345", "MRN004821", "mrn-99812", "1EG4-TE5-MK73"))


def test_letters_that_medicare_leaves_out_are_refused() -> None:
    for wrong in ("1SG4-TE5-MK73", "0EG4-TE5-MK73", "1EG4-LE5-MK73", "1EG4-TE5-MB73", "1EGA-TE5-MK73"):
        assert accepted(wrong) == [False], wrong
    assert not any(accepted("0048213", "MRN", "MRN-12", "ORD-0048213", "ABCD-123-4567"))


def test_random_groups_hardly_pass() -> None:
    random.seed(1)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    def text(count: int) -> str:
        return "".join(random.choices(signs, k=count))

    assert sum(accepted(*(f"{text(4)}-{text(3)}-{text(4)}" for _ in range(10_000)))) / 10_000 <= MedicalRecord.chance


def test_columns(found: Found) -> None:
    random.seed(2)
    columns = {
        "c1": [f"MRN-{digits(7)}" for _ in range(40)], "color": [f"MRN{digits(8)}" for _ in range(40)],
        "c2": [digits(7) for _ in range(40)], "c3": [f"ORD-{digits(7)}" for _ in range(40)],
        "mrn": [digits(8) for _ in range(40)], "chart_number": list(range(10_000_000, 10_000_040)),
    }  # fmt: skip
    typed = [name for name, kind in found(columns).items() if kind == "medical_record"]
    assert typed == ["c1", "color", "mrn", "chart_number"]


def test_names(found: Found) -> None:
    names = (
        "mrn", "MedicalRecordNumber", "patientennummer", "numero_de_dossier_medical", "historia_clinica",
        "cartella_clinica", "prontuario", "patientnummer", "numer_pacjenta", "medical_record_type", "mrn_system",
    )  # fmt: skip
    types = found({name: pa.array([None] * 5, pa.string()) for name in names})
    assert [name for name in names if types[name] == "medical_record"] == list(names[:9])


def test_in_text() -> None:
    assert (
        in_text("MRN 4821345 admitted", "(MRN-0048213)", "medical record number: 883921", "Patientennummer 4711-22")
        == 4
    )
    assert in_text("room 4821", "order 883921", "1SG4-TE5-MK73", "the medical record was lost") == 0
