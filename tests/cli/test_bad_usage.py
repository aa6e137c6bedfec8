"""Wrong words on the command line: exit code 2 and one line that names the right word."""

from __future__ import annotations

import pytest

from tests.cli.corner import ask, refused

WRONG = {
    ("plann", "corner"): ["no command 'plann'", "did you mean plan?"],
    ("frobnicate",): ["no command 'frobnicate'", "one of: demo, fields, init"],
    ("plan", "--jsn", "corner"): ["anon-assets plan: no such option '--jsn'", "did you mean '--json'?"],
    ("plan",): ["missing argument 'PRODUCT'", "anon-assets plan --help"],
    ("plan", "corner", "twice"): ["unexpected extra argument"],
    ("--jsn", "plan", "corner"): ["no such option '--jsn'"],
    ("plan", "cornre"): ["policies/cornre.yaml: there is no such product", "did you mean corner?"],
    ("--profile", "locl", "plan", "corner"): ["resources/locl.yaml: there is no such profile", "did you mean local?"],
    ("preview", "corner", "public.custmer"): ["does not copy such a table", "did you mean public.customer?"],
    ("preview", "corner", "public.note", "--limit", "0"): ["'--limit'", "0 is not in the range 1<=x<=10000"],
    ("preview", "corner", "public.note", "--limit", "ten"): ["'--limit'", "'ten' is not a valid integer"],
    ("preview", "corner", "public.note", "--offset", "-1"): ["'--offset'", "-1 is not in the range x>=0"],
    ("fields", "corner", "--limit", "0"): ["'--limit'", "0 is not in the range x>=1"],
    ("fields", "corner", "--table", "public.custmer"): ["no column matches", "did you mean public.customer?"],
    ("fields", "corner", "--table", "public.note", "--changed"): ["no column matches", "leave out the filters"],
    ("run", "corner", "--table", "public.custmer"): ["does not copy such a table", "did you mean public.customer?"],
    ("scan",): ["name a product or a --database, not both"],
    ("scan", "corner", "--database", "postgresql://h/d"): ["name a product or a --database, not both"],
    ("scan", "--database", "postgresql://h/d", "--write"): ["--write needs a product"],
    ("show", "transfroms"): ["no family 'transfroms'", "did you mean transforms?"],
    ("show", "transforms", "maks"): ["no kind 'maks'", "did you mean mask?"],
    ("show", "--schema", "polcy"): ["'polcy' is not one of 'policy', 'profile', 'checks'"],
    ("init",): ["missing argument 'DIRECTORY'"],
    ("init", "somewhere"): ["missing option '--database'"],
    ("demo", "--size", "smal"): ["no size 'smal'", "did you mean small?"],
    ("demo", "--size", "1"): ["--size: 1 persons are too few"],
    ("demo", "--seed", "-1"): ["'--seed'", "-1 is not in the range x>=0"],
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage(first_corner, arguments, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    if arguments[0] == "demo":
        answer = ask(*arguments)
    else:
        with first_corner.untouched():
            answer = first_corner.ask(*arguments)
    refused(answer, *WRONG[arguments], code=2)
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_product_that_is_there_is_not_drafted_again(corner, tmp_path) -> None:
    with corner.untouched():
        answer = ask("init", corner.root, "--database", corner.source)
        refused(answer, "already holds a policy for corner", "scan corner --write", code=2)
        for name in ("Corner 2", "../corner", "1st", ""):
            answer = ask("init", corner.root, "--database", corner.source, "--product", name)
            refused(answer, code=2)


def test_a_folder_that_is_no_project(tmp_path) -> None:
    answer = ask("-C", tmp_path / "nowhere", "plan", "corner")
    refused(answer, f"there is no such product in {tmp_path}/nowhere", "anon-assets init", code=2)


def test_without_a_command_the_help_is_told() -> None:
    answer = ask()
    assert answer.code == 2 and "Examples:" in answer.err and "anon-assets demo" in answer.err


def test_what_goes_wrong_inside_is_told_without_its_text(first_corner, monkeypatch) -> None:
    from anon_assets.cli.commands import fields

    secret = "hunter" + "2"  # a traceback shows lines of code

    def fail(*_: object) -> None:
        raise RuntimeError(f"value {secret} of a row")

    monkeypatch.setattr(fields, "show_table", fail)
    refused(first_corner.ask("fields", "corner"), "RuntimeError inside", "--debug shows where", code=1)
    told = first_corner.ask("--debug", "fields", "corner")
    assert told.code == 1 and "in fail" in told.err and "hunter2" not in told.err
    monkeypatch.setattr(fields, "show_table", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    stopped = first_corner.ask("fields", "corner")
    assert (stopped.code, stopped.err.strip()) == (130, "error: stopped")
