from __future__ import annotations

import random

import faker
import pytest

from anon_assets.detectors.username import Username

LOGINS = [f"user{number}x{number * 7}" for number in range(30)]


def test_logins_are_known_by_name(found) -> None:
    for name in ("username", "login", "user_name", "benutzername"):
        assert found({name: LOGINS})[name] == "username", name


def test_counts_of_users_are_not(found) -> None:
    for name in ("user_count", "login_attempts"):
        assert found({name: list(range(30))})[name] == "", name


def from_names(form: str, count: int = 120) -> list[str]:
    made, fake = random.Random(3), faker.Faker(["en_US", "de_DE", "fr_FR", "it_IT"])
    fake.seed_instance(5)
    given, family = (
        {name.lower() for name in (draw() for _ in range(900)) if name.isascii() and name.isalpha() and len(name) > 3}
        for draw in (fake.first_name, fake.last_name)
    )
    given, family = sorted(given), sorted(family)
    people = [(made.choice(given), made.choice(family)) for _ in range(count)]
    return [form.format(first=a, last=b, initial=a[0], n=made.randint(1, 99)) for a, b in people]


@pytest.mark.parametrize(
    "form", ["{first}.{last}", "{first}_{last}{n}", "{initial}{last}{n}", "{initial}.{last}", "{first}{last}", "{first}{n}",
             "{last}.{first}", "CORP\\{initial}{last}"]
)  # fmt: skip
def test_logins_built_of_names_are_known_by_their_values(form: str, found) -> None:
    assert found({"c5": from_names(form), "n": list(range(120))}, table="t")["c5"] == "username"


def test_words_are_no_logins() -> None:
    fake = faker.Faker("en_US")
    fake.seed_instance(1)
    made = random.Random(2)
    columns = [
        [fake.word() for _ in range(300)],
        [".".join(fake.words(2)) for _ in range(300)],
        [f"{fake.word()}_{made.randint(1, 99)}" for _ in range(300)],
        [fake.slug() for _ in range(300)],
        [fake.color_name().lower() for _ in range(300)],
        [fake.hostname() for _ in range(300)],
        [fake.domain_word() for _ in range(300)],
        [fake.last_name() for _ in range(300)],
        [fake.first_name().lower() for _ in range(300)],
        [f"{fake.last_name()}-{fake.last_name()}" for _ in range(300)],
        [f"SKU-{number}" for number in range(300)],
        [f"user{number}" for number in range(300)],
        [f"v{number}.{number % 7}" for number in range(300)],
    ]
    for values in columns:
        assert not any(Username().valid(sorted(set(values)))), values[0]
