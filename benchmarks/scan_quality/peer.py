"""presidio-analyzer without named entity recognition, asked in a process and an environment of its own.

It is no dependency of this project. To have it beside: make a virtual environment, ``pip install presidio-analyzer`` into it,
and give its interpreter with ``--peer-python`` (or in the variable ``PRESIDIO_PYTHON``). This file runs there, too, so that it
imports nothing but the standard library at its top.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

__all__ = ["Answer", "ask", "default_python"]


class Answer:
    """What the peer found.

    Args:
        told: its spans per text as (start, end, entity), seconds of processor time per text, version, and recognizers.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self.spans: list[list[tuple[int, int, str]]] = [[tuple(span) for span in each] for each in told["spans"]]
        self.took: list[float] = told["took"]
        self.version: str = told["version"]
        self.recognizers: list[str] = told["recognizers"]

    @property
    def seconds(self) -> float:
        """Of processor time, for all texts."""
        return sum(self.took)


def default_python() -> str:
    """The interpreter named by the environment; empty without."""
    return os.environ.get("PRESIDIO_PYTHON", "")


def ask(python: str, texts: Sequence[str], *, score: float = 0.0) -> Answer | None:
    """Let the peer look through texts; None without an interpreter.

    Args:
        python: path of the interpreter; empty for none. texts: to search. score: leave out results below; 0 as by default.
    """
    if not python:
        return None
    request = json.dumps({"texts": list(texts), "score": score})
    done = subprocess.run([python, "-I", __file__], input=request, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python} could not run presidio-analyzer: {done.stderr.strip().splitlines()[-1:]}")
    return Answer(json.loads(done.stdout))


def _engine() -> Any:
    import spacy  # type: ignore[import-not-found]
    import tldextract.tldextract  # type: ignore[import-not-found]
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found]

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())  # else it dials out

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        """Words only: no model is loaded."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            """Nothing is to load."""

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


def _answer() -> None:
    import logging
    from importlib.metadata import version

    logging.disable(logging.CRITICAL)
    request = json.load(sys.stdin)
    engine = _engine()
    engine.analyze("warm up ada@example.com", language="en")
    found, took = [], []
    for text in request["texts"]:
        started = time.process_time()
        found.append(engine.analyze(text, language="en", score_threshold=request["score"]))
        took.append(time.process_time() - started)
    json.dump(
        {
            "spans": [[(each.start, each.end, each.entity_type) for each in results] for results in found],
            "took": took,
            "version": version("presidio-analyzer"),
            "recognizers": sorted(each.name for each in engine.registry.recognizers),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    _answer()
