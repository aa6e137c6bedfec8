"""Every topic, or those named: ``python -m benchmarks.transforms [TOPIC ...]``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from benchmarks import transforms
from benchmarks.measuring import Figure, show


def figures(topics: list[str]) -> Iterator[Figure]:
    for topic in topics:
        print(f"measuring {topic} ...", file=sys.stderr)
        yield from importlib.import_module(f"benchmarks.transforms.{topic}").measure()


if __name__ == "__main__":
    known = sorted(module.name for module in pkgutil.iter_modules(transforms.__path__) if module.name != "__main__")
    show(figures(sys.argv[1:] or known))
