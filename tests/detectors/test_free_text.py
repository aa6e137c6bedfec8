from __future__ import annotations

from anon_assets.contracts.database import Column, Table
from anon_assets.stages.scan import scan_batches


def test_text_is_personal_for_what_stands_in_it() -> None:
    import pyarrow as pa

    lines = [f"ticket {n}: please write to p{n}@mail.example before Friday, it is about the chair" for n in range(30)]
    table = Table("public", "ticket", (Column("note"),))
    (verdict,) = scan_batches(table, iter([pa.record_batch({"note": lines})]))
    assert (verdict.verdict, verdict.entity, verdict.share) == ("contains", "email", 1.0)


def test_text_without_anything_in_it_is_not(found) -> None:
    lines = [f"the chair number {n} arrived in good order" for n in range(30)]
    assert found({"note": lines}, table="ticket")["note"] == ""
    assert found({"note": lines}, table="patient")["note"] == "free_text"  # about a person, whatever it says


def test_only_running_text_under_a_word_for_it_beside_persons_counts(found) -> None:
    lines = [f"She said on day {n} that the chair is fine" for n in range(30)]
    words = [f"w{n}" for n in range(30)]
    for name in ("case_notes", "bemerkungen", "observaciones", "anamnesis", "uwagi"):
        assert found({name: lines}, table="patients")[name] == "free_text", name
        assert found({name: words}, table="patients")[name] == "", name
        assert found({name: lines}, table="chairs")[name] == "", name
    assert found({"note_count": lines}, table="patients")["note_count"] == ""
