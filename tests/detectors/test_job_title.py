from __future__ import annotations

import pytest
from faker import Faker

JOBS = ["Engineer", "Nurse", "Sales Manager", "Teacher", "Analyst", "Clerk", "Director", "Driver"]
NAMES = ["Anna", "Bernd", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas"][:8]


ALBUMS = ["Blue Train", "Abbey Road", "Thriller", "Rumours", "Nevermind", "Graceland", "Harvest", "Revolver"]


def test_a_title_is_a_job_beside_a_persons_name_only(found) -> None:
    odd = ["Grade B", "Band 7", "Second Level", "L4", "Tier two", "Upper", "Step nine", "Senior 2"]
    assert found({"first_name": NAMES, "title": odd}, table="employee")["title"] == "job_title"
    assert found({"id": list(range(8)), "title": ALBUMS}, table="album")["title"] == ""


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_ES", "pl_PL", "pt_BR", "tr_TR", "ru_RU"])
def test_jobs_are_known_by_their_values(found, locale: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(4)
    assert found({"c17": [fake.job() for _ in range(80)]}, table="t")["c17"] == "job_title"


def test_heads_of_titles_that_no_list_holds(found) -> None:
    made = [
        f"{rank} {what} {head}"
        for rank in ("Senior", "Junior", "Lead")
        for what in ("Cloud", "Payroll", "Brand", "Fraud")
        for head in ("Engineer", "Analyst", "Manager")
    ]
    assert found({"c17": made}, table="t")["c17"] == "job_title"


@pytest.mark.parametrize(
    "others",
    [
        ["Sales", "Marketing", "Engineering", "Finance", "Legal", "Operations", "Support", "Research", "Purchasing"],
        ["admin", "user", "guest", "editor", "viewer", "owner", "moderator", "superuser", "operator", "manager"],
        [f"web{n:02d}" for n in range(20)],
        [
            "Ergonomic Steel Chair",
            "Rustic Cotton Shirt",
            "Sleek Plastic Mouse",
            "Small Granite Table",
            "Fresh Soft Cheese",
        ],
    ],
)
def test_departments_roles_hosts_and_goods_are_no_jobs(found, others: list[str]) -> None:
    assert found({"c17": others * 3}, table="t")["c17"] == ""


def test_a_job_title_counts_by_itself(found) -> None:
    assert found({"job_title": JOBS})["job_title"] == "job_title"
