from __future__ import annotations

LOGINS = [f"user{number}x{number * 7}" for number in range(30)]


def test_logins_are_known_by_name(found) -> None:
    for name in ("username", "login", "user_name", "benutzername"):
        assert found({name: LOGINS})[name] == "username", name


def test_counts_of_users_are_not(found) -> None:
    for name in ("user_count", "login_attempts"):
        assert found({name: list(range(30))})[name] == "", name
