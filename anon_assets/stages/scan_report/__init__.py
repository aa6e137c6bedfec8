"""What a scan found and how far it looked, as one HTML page that needs no network, no script and no other file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files

from anon_assets import __version__
from anon_assets.contracts.detector import Verdict
from anon_assets.stages.drift import Drift
from anon_assets.stages.scan_report.drawing import bars, meter, shown, stacked
from anon_assets.stages.survey import Coverage, Survey

__all__ = ["scan_report"]

_CLASSES = {
    "direct": "names a person", "sensitive": "sensitive", "quasi": "narrows down", "none": "nothing found",
    "unknown": "undecided", "not_scanned": "not scanned",
}  # fmt: skip
_EXTENTS = {
    "full": "every row", "partial": "a sample", "unchanged": "unchanged since the last scan", "none": "nothing",
}  # fmt: skip
_READING = """<h2>How to read this</h2>
<p><b>Verdict</b>: the entity that the column is, or that some of its values contain; <i>nothing found</i>; <i>undecided</i>
where there was too little to say; <i>not scanned</i>, with the reason as evidence. <b>Confidence</b> runs from 0 to 1.
<b>Share</b> is that of the rows with a value. <b>Hits</b> are distinct values that were recognised, out of <b>distinct</b> ones
in so many <b>rows</b>. <b>Evidence</b> names what decided: the form of the values (pattern), a word in the name (name), the
other columns of the table (beside), a foreign key (key), or text inside values (text).</p>"""
_HIDDEN = 40  # tables from which on those without findings are folded away


def scan_report(
    survey: Survey,
    proposals: Mapping[str, Mapping[str, str]],
    of: str,
    made: datetime,
    drift: Drift | None = None,
) -> str:
    """The page. Names and counts only: no value of the database stands in it.

    Args:
        survey: what was found.
        proposals: place of a table to column name to the transform to propose, as it is spelled.
        of: what was scanned, for the title: a product, or host and database.
        made: when, with a time zone.
        drift: what changed since the owner decided; None without a policy.
    """
    verdicts = [verdict for found in survey.verdicts.values() for verdict in found]
    when = made.isoformat(sep=" ", timespec="minutes")
    told = f"Scanned {when} by anon_assets {__version__}. This page holds names and counts, no value of the database."
    parts = [
        f"<h1>Personal data in {shown(of)}</h1>",
        f'<p class="soft">{told}</p>',
        *_summary(survey, verdicts),
        *(_drift(drift) if drift is not None else ()),
        *_catalog(survey),
        *_coverage(survey),
        "<h2>Tables</h2>",
        *(
            _table(place, found, proposals.get(place, {}), len(survey.verdicts))
            for place, found in survey.verdicts.items()
        ),
        _READING,
    ]
    style = files(__name__).joinpath("style.css").read_text(encoding="utf-8")
    # the policy forbids the page every load, so that no name in it, however written, can make a browser ask for anything
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Personal data in {shown(of)}</title><style>{style}</style>"
    )
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _class(verdict: Verdict) -> str:
    """The kind of bar and tag: the tier of what was found, else the verdict."""
    return str(verdict.tier or "quasi") if verdict.personal else verdict.verdict


def _summary(survey: Survey, verdicts: Sequence[Verdict]) -> Iterator[str]:
    counts = Counter(_class(verdict) for verdict in verdicts)
    personal = sum(verdict.personal for verdict in verdicts)
    facts = [
        (len(survey.verdicts), "tables"), (len(verdicts), "columns"), (personal, "hold personal data"),
        (counts["unknown"], "undecided"), (counts["not_scanned"], "not scanned"), (len(survey.catalog), "texts in the catalog"),
    ]  # fmt: skip
    yield '<ul class="facts">' + "".join(f"<li><b>{count:,}</b>{words}</li>" for count, words in facts) + "</ul>"
    yield stacked([(kind, words, counts[kind]) for kind, words in _CLASSES.items()])
    keys = "".join(
        f'<span><svg width="12" height="12" aria-hidden="true"><rect class="{kind}" width="12" height="12" rx="2"/></svg>'
        f"{words}: {counts[kind]:,}</span>"
        for kind, words in _CLASSES.items()
    )
    yield f'<div class="legend">{keys}</div>'
    entities = Counter((verdict.entity, _class(verdict)) for verdict in verdicts if verdict.personal)
    if entities:
        yield "<h2>Entities</h2>"
        yield bars(sorted(entities.items(), key=lambda each: (-each[1], each[0])))


def _grid(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> str:
    """A table; the cells are HTML already."""
    kinds = [' class="number"' if heading in numbers else "" for heading in headings]
    head = "".join(f'<th scope="col"{kind}>{heading}</th>' for heading, kind in zip(headings, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _drift(drift: Drift) -> Iterator[str]:
    yield "<h2>Since the owner decided</h2>"
    rows = [
        *([shown(place), "new"] for place in drift.new),
        *([shown(place), "no longer there"] for place in drift.gone),
        *([shown(each.column), f"was {shown(each.was)}, is {shown(each.now)}"] for each in drift.changed),
    ]
    yield _grid(["place", "change"], rows) if rows else "<p>Nothing changed.</p>"
    if drift.findings:
        yield _grid(
            ["severity", "place", "finding", "fingerprint"],
            [[each.severity, shown(each.where), f"{shown(each.what)}. {shown(each.hint)}", each.fingerprint]
             for each in drift.findings],
        )  # fmt: skip


def _catalog(survey: Survey) -> Iterator[str]:
    yield "<h2>Comments, defaults, labels, views</h2>"
    if not survey.catalog:
        yield "<p>Nothing was found in what is written in the catalog.</p>"
        return
    yield "<p>A copy of the structure takes these texts along. Change them in the source.</p>"
    rows = [[shown(hit.where), _tag(hit.tier, hit.entity), f"{hit.lines:,}"] for hit in survey.catalog]
    yield _grid(["where", "reads as", "lines"], rows, ["lines"])


def _coverage(survey: Survey) -> Iterator[str]:
    yield "<h2>Coverage</h2>"
    rows = []
    for place, each in survey.coverage.items():
        left = [
            f"<code>{shown(verdict.column)}</code> ({shown(verdict.rule.removeprefix('rule:') or 'no reason given')})"
            for verdict in survey.verdicts.get(place, ())
            if verdict.verdict == "not_scanned"
        ]
        rows.append([f"<code>{shown(place)}</code>", _extent(each), "" if each.rows is None else f"{each.rows:,}",
                     "" if each.expected is None else f"{each.expected:,}", ", ".join(left)])  # fmt: skip
    yield _grid(["table", "looked at", "rows", "rows expected", "columns not scanned"], rows, ["rows", "rows expected"])
    if survey.schema.large_objects:
        yield f"<p>{survey.schema.large_objects:,} large objects were not scanned; they are never copied.</p>"
    for note in survey.notes:
        yield f"<p>{shown(note)}</p>"


def _extent(coverage: Coverage) -> str:
    told = _EXTENTS[coverage.extent]
    if coverage.reason:
        told += f": {shown(coverage.reason.removeprefix('rule:'))}"
    return told + (f" of those where <code>{shown(coverage.where)}</code>" if coverage.where else "")


def _tag(kind: str, words: str) -> str:
    return f'<span class="tag {kind}">{shown(words)}</span>'


def _table(place: str, verdicts: Sequence[Verdict], proposals: Mapping[str, str], tables: int) -> str:
    personal = sum(verdict.personal for verdict in verdicts)
    unfolded = " open" if personal or tables < _HIDDEN else ""
    rows = [row for verdict in verdicts for row in _rows(verdict, proposals.get(verdict.column, ""))]
    headings = ["column", "verdict", "tier", "confidence", "share", "hits", "distinct", "rows", "evidence", "proposed"]
    grid = _grid(headings, rows, ["confidence", "hits", "distinct", "rows"])
    told = f"{personal} of {len(verdicts)} columns hold personal data"
    return f"<details{unfolded}><summary><code>{shown(place)}</code> <span>{told}</span></summary>{grid}</details>"


def _rows(verdict: Verdict, proposed: str) -> Iterator[list[str]]:
    yield _row(f"<code>{shown(verdict.column)}</code>", verdict, proposed)
    for each in verdict.inside:
        where = f"at <code>{shown(each.path)}</code>" if each.path else "in its text"
        yield _row(f'<span class="soft">&#8627; {where}</span>', each, "")


def _row(name: str, verdict: Verdict, proposed: str) -> list[str]:
    kind = _class(verdict)
    words = verdict.verdict.replace("_", " ")
    if verdict.personal:
        words = verdict.entity if verdict.verdict == "type" else f"contains {verdict.entity}"
    looked = verdict.verdict != "not_scanned"
    return [
        name, _tag(kind, words), verdict.tier or "", f"{verdict.confidence:.2f}" if verdict.personal else "",
        meter(verdict.share, kind) if verdict.personal else "", f"{verdict.hits:,}" if verdict.personal else "",
        f"{verdict.distinct:,}" if looked else "", f"{verdict.rows:,}" if looked else "",
        shown(verdict.rule.removeprefix("rule:")), f"<code>{shown(proposed)}</code>" if proposed else "",
    ]  # fmt: skip
