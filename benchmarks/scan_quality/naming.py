"""Column names: plain ones in eight languages and more, messy ones as databases have them, misleading ones and opaque ones."""

from __future__ import annotations

from random import Random

from benchmarks.scan_quality.data import read

__all__ = ["clean_name", "drawn", "messed", "messy_name", "misleading_name", "opaque_name"]


def drawn(random: Random, which: str) -> str:
    """One of a list of names: person_tables, thing_tables, misleading, crossed, opaque, prefixes."""
    names: str = read("column_names")[f"_{which}"]
    return random.choice(names.split())


def clean_name(random: Random, kind: str, language: str) -> str:
    """A plain name of the kind in the language, or in English where none is known (or now and then)."""
    forms: dict[str, str] = {key: text for key, text in read("column_names")[kind].items() if key != "messy"}
    own = forms.get(language if random.random() < 0.75 else "en") or forms.get("en") or next(iter(forms.values()))
    return random.choice(own.split())


def messy_name(random: Random, kind: str, language: str) -> str:
    """An abbreviated or oddly written name of the kind."""
    if random.random() < 0.65:
        names: str = read("column_names")[kind]["messy"]
        return random.choice(names.split())
    return messed(random, clean_name(random, kind, language))


def messed(random: Random, name: str) -> str:
    """Another way to write a name: capitals, camel case, prefix, suffix, hyphens."""
    words = name.split("_")
    how = random.randrange(6)
    if how == 0:
        return name.upper() + random.choice(("", "1", "_2"))
    if how == 1:
        return words[0] + "".join(word.title() for word in words[1:]) + random.choice(("", "1"))
    if how == 2:
        return f"{drawn(random, 'prefixes')}_{name}"
    if how == 3:
        return f"{name}_{random.choice(('txt', 'old', '2', 'raw', 'orig', 'x', 'new'))}"
    if how == 4:
        return "-".join(word.title() for word in words)
    return " ".join(word.title() for word in words)


def misleading_name(random: Random, kind: str, *, crossed: bool) -> str:
    """A name that says something impersonal or, with ``crossed``, another entity now and then."""
    if crossed and random.random() < 0.3:
        return next(name for name in iter(lambda: drawn(random, "crossed"), "") if name != kind)
    return drawn(random, "misleading")


def opaque_name(random: Random) -> str:
    """A name that says nothing."""
    return drawn(random, "opaque").format(random.randint(1, 40))
