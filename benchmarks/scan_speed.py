"""The scan's speed: columns of 1,000,000 rows through ``anon_assets.scan`` end to end, beside presidio-analyzer without NER.

Nanoseconds of processor time, of all threads together, so that they are those of one core; 2,000 ns are 500,000 values per
second. The peer reads a sample of the same values in an environment of its own (see ``benchmarks/scan_quality/peer.py``).
Run: ``python -m benchmarks.scan_speed [--rows N] [--peer-python PATH] [--profile]``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

import anon_assets
from anon_assets.contracts.detector import DETECTORS
from benchmarks.measuring import Figure, show
from benchmarks.scan_quality import identifiers
from benchmarks.scan_quality.cultures import CULTURES
from benchmarks.scan_quality.peer import Answer, ask, default_python
from benchmarks.scan_quality.personal import plain_ascii

__all__ = ["columns", "main"]

_RATIO, _NS = 300.0, 2_000.0
_WORDS = (
    "steel", "table", "lamp", "garden", "hose", "winter", "jacket", "paint", "brush", "office", "chair", "shelf", "printer",
    "paper", "cable", "charger", "bottle", "toaster", "hammer", "roller", "stove", "tray", "blanket", "speaker", "keyboard",
    "screen", "mirror", "carpet", "window", "handle", "engine", "filter",
)  # fmt: skip
_SENTENCES = (
    "The parcel was left at the back door and one of the boxes is damaged, please send a new one soon.",
    "Customer asked for a copy of the invoice and wants the delivery moved to the beginning of next week.",
    "Ticket closed after the second restart, no further errors in the log since then, version unchanged.",
    "Wrong size delivered, the replacement has been ordered and will leave the warehouse within days.",
)


def _text(values: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(values).cast(pa.string())


def _pick(generator: np.random.Generator, words: list[str], rows: int) -> pa.Array:
    return pa.array(words).take(pa.array(generator.integers(0, len(words), rows)))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _personal(generator: np.random.Generator, rows: int) -> pa.Array:
    """E-mail addresses, IP addresses, phones, social security numbers, cards and IBANs, a sixth each."""
    own = random.Random(1)
    octets = [_text(generator.integers(1, 255, rows)) for _ in range(4)]
    digits = [_text(generator.integers(10**size, 10 ** (size + 1), rows)) for size in (1, 2, 3, 6)]
    kinds = [
        _emails(generator, rows),
        _join(octets[0], ".", octets[1], ".", octets[2], ".", octets[3]),
        _join("+49 30 ", digits[3]),
        _join(digits[1], "-", digits[0], "-", digits[2]),
        _pick(generator, [identifiers.card(own) for _ in range(20_000)], rows),
        _pick(generator, [identifiers.iban(own) for _ in range(20_000)], rows),
    ]
    return pc.choose(pa.array(generator.integers(0, len(kinds), rows)), *kinds)


def _emails(generator: np.random.Generator, rows: int) -> pa.Array:
    culture = CULTURES["de_DE"]
    given = [plain_ascii(name) for name in culture.female + culture.male]
    family = [plain_ascii(name) for name in culture.family]
    number = _text(generator.integers(0, 10**6, rows))
    return _join(
        _pick(generator, given, rows),
        ".",
        _pick(generator, family, rows),
        number,
        "@",
        _pick(generator, list(culture.domains), rows),
    )


def columns(rows: int, seed: int = 1) -> pa.Table:
    """A table of nine columns, each of one character.

    Args:
        rows: of each. seed: the same makes the same table.
    """
    generator = np.random.default_rng(seed)
    words = _join(_pick(generator, list(_WORDS), rows), " ", _pick(generator, list(_WORDS), rows))
    code = _text(generator.integers(10**9, 10**10, rows))
    personal = _personal(generator, rows)
    fifth = pa.array(generator.random(rows) < 0.2)
    half = pa.array(generator.random(rows) < 0.5)
    told = _join(_pick(generator, list(_SENTENCES), rows), " Ref ", code)
    names = _join(
        _pick(generator, [name for each in CULTURES.values() for name in each.female + each.male], rows), " ",
        _pick(generator, [name for each in CULTURES.values() for name in each.family], rows),
    )  # fmt: skip
    return pa.table({
        "short, half personal": pc.if_else(half, personal, _join(words, " ", _text(generator.integers(0, 10**5, rows)))),
        "e-mail addresses": _emails(generator, rows),
        "full names": names,
        "clean words": words,
        "codes": _join("AB-", code),
        "numbers as text": code,
        "sentences, a fifth personal": pc.if_else(fifth, _join(told, " Write to ", personal, " please."), told),
        "integers": pa.array(generator.integers(10**8, 10**10, rows)),
        "json": _join('{"id": ', code, ', "contact": {"to": "', personal, '"}, "state": "', words, '"}'),
    })  # fmt: skip


def _scanned(table: pa.Table) -> float:
    """Seconds of processor time for one scan."""
    started = time.process_time()
    anon_assets.scan(table)
    return time.process_time() - started


def _beside(table: pa.Table, python: str, sample: int) -> tuple[dict[str, float], Answer | None]:
    """The peer's seconds per value of each column, on its first values."""
    texts = {name: table[name].slice(0, sample).cast(pa.string()).to_pylist() for name in table.column_names}
    answer = ask(python, [text for values in texts.values() for text in values])
    if answer is None:
        return {}, None
    seconds, start = {}, 0
    for name, values in texts.items():
        seconds[name] = sum(answer.took[start : start + len(values)]) / len(values)
        start += len(values)
    return seconds, answer


def _figures(table: pa.Table, peer: dict[str, float]) -> Iterator[Figure]:
    beside = "presidio-analyzer" if peer else ""
    for name in table.column_names:
        distinct = pc.count_distinct(table[name]).as_py()
        seconds = _scanned(table.select([name]))
        yield Figure(f"{name} ({distinct:,} distinct)", seconds / len(table) * 1e9, beside, peer.get(name, 0.0) * 1e9)
    seconds = _scanned(table)
    mean = sum(peer.values()) / len(peer) if peer else 0.0
    yield Figure(
        "all columns in one frame", seconds / len(table) / len(table.column_names) * 1e9, beside, mean * 1e9,
        ratio_wanted=_RATIO if peer else None, ns_wanted=_NS,
    )  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer-python", default=default_python(), help="interpreter that has presidio-analyzer")
    parser.add_argument("--peer-values", type=int, default=1_000, help="values per column that the peer reads")
    parser.add_argument("--profile", action="store_true", help="print where the time of the whole frame goes instead")
    arguments = parser.parse_args()
    table = columns(arguments.rows)
    anon_assets.scan(table.slice(0, 1_000))  # patterns compiled, lists of names loaded
    if arguments.profile:
        with cProfile.Profile(time.process_time) as profile:
            anon_assets.scan(table)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return
    peer, answer = _beside(table, arguments.peer_python, arguments.peer_values)
    detectors = len(list(DETECTORS.kinds()))
    print(f"{arguments.rows:,} rows of {len(table.column_names)} columns, {detectors} detectors")
    if answer is None:
        print("no peer: --peer-python is not given")
    else:
        peer_of = f"presidio-analyzer {answer.version}, {len(answer.recognizers)} recognizers, without NER"
        print(f"{peer_of}, on {arguments.peer_values:,} values per column")
    show(_figures(table, peer))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, data included: {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
