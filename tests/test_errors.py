from __future__ import annotations

import pickle

import pytest

from anon_assets import errors
from anon_assets.errors import AnonError, FindingsError

CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, AnonError)]


def test_all_names_every_class() -> None:
    assert sorted(errors.__all__) == sorted(cls.__name__ for cls in CLASSES)


def test_codes_are_unique_and_drawn_in_the_tree() -> None:
    codes = [cls.code for cls in CLASSES]
    assert len(set(codes)) == len(codes)
    for cls in CLASSES:
        if cls is not AnonError:
            assert cls.__name__ in errors.__doc__ and cls.code in errors.__doc__


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_errors_survive_pickling(cls: type[AnonError]) -> None:
    error = cls("a.b", "is wrong.", ["one", "two"]) if cls is FindingsError else cls("a.b", "is wrong.", "do this")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is cls and str(copy) == str(error) and copy.args == error.args
    assert (copy.where, copy.what, copy.code) == ("a.b", "is wrong", cls.code)
    if cls is FindingsError:
        assert copy.lines == ("one", "two")
    else:
        assert str(copy) == "a.b: is wrong. do this" and copy.hint == "do this"


def test_usage_errors_exit_with_two_and_others_with_one() -> None:
    assert {cls.__name__ for cls in CLASSES if cls.exit_code == 2} == {"UsageError", "DocumentError", "MissingExtra"}
    assert {cls.__name__ for cls in CLASSES if cls.retryable} == {"ConnectionFailed"}


def test_a_message_without_hint_ends_with_one_point() -> None:
    assert str(AnonError("x", "is wrong.")) == "x: is wrong."
    assert str(FindingsError("x", "2 errors", ["one", "two"])) == "x: 2 errors.\n  one\n  two"
