from __future__ import annotations

JOBS = ["Engineer", "Nurse", "Sales Manager", "Teacher", "Analyst", "Clerk", "Director", "Driver"]
NAMES = ["Anna", "Bernd", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas"][:8]


def test_a_title_is_a_job_beside_a_persons_name_only(found) -> None:
    assert found({"first_name": NAMES, "title": JOBS}, table="employee")["title"] == "job_title"
    assert found({"id": list(range(8)), "title": JOBS}, table="album")["title"] == ""


def test_a_job_title_counts_by_itself(found) -> None:
    assert found({"job_title": JOBS})["job_title"] == "job_title"
