"""Free text: log messages, command lines, node lists."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anon_assets.sample.draw import gather, pick

__all__ = ["commands", "messages", "nodes"]

_PROGRAMS = ("gromacs", "lammps", "openfoam", "vasp", "nextflow", "icon", "train.py", "reconstruct.py")
_RUNS = ("equilibrate", "production", "sweep-03", "baseline", "restart", "hires", "debug", "tune")


_MESSAGES = (
    (14, "info", "job {job} started on {node}"),
    (14, "info", "user {login} authenticated from {ip}"),
    (12, "debug", "prolog on {node} took {count} us"),
    (12, "info", "copied {count} files to /scratch/{login}/{job}"),
    (10, "info", "notified {email}: job {job} ended"),
    (9, "warning", "quota of /home/{login} nearly used up, mail sent to {email}"),
    (8, "error", "step 0 of job {job} exceeded its memory limit on {node}"),
    (7, "warning", "login of {login} from unknown address {ip} refused"),
    (7, "debug", "cgroup of job {job} removed"),
    (5, "info", "{first} {last} asked to extend the wall time of job {job}"),
    (2, "info", "ticket {count}: {first} {last} <{email}>, tel. {phone}, reports a hanging job"),
)
"""(share in percent, level, text)"""


def messages(rng: np.random.Generator, facts: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """A level and a message for each row of facts."""
    shares = np.array([share for share, _, _ in _MESSAGES]) / 100
    which = rng.choice(len(_MESSAGES), len(facts), p=shares)
    level = gather(pl.Series([level for _, level, _ in _MESSAGES]), which)
    return level, _filled(facts, [text for _, _, text in _MESSAGES], which)


def commands(rng: np.random.Generator, login: pl.Series) -> pl.Series:
    """A command line for each login; half of them hold its home directory."""
    rows = len(login)
    facts = pl.DataFrame({
        "login": login, "program": pick(rng, _PROGRAMS, rows), "run": pick(rng, _RUNS, rows),
        "count": gather(pl.Series(["1", "2", "4", "8", "16", "32"]), rng.integers(0, 6, rows)),
    })  # fmt: skip
    texts = (
        "sbatch --nodes {count} /home/{login}/runs/{run}/job.sh",
        "srun -n {count} {program} -i {run}.in",
        "mpirun -np {count} /home/{login}/bin/{program} --out /scratch/{login}/{run}",
        "python {program} --config {run}.yaml --workers {count}",
    )
    return _filled(facts, texts, rng.choice(4, rows, p=(0.3, 0.3, 0.2, 0.2)))


def _filled(facts: pl.DataFrame, texts: tuple[str, ...] | list[str], which: NDArray[np.int64]) -> pl.Series:
    """For each row text ``texts[which]`` with its ``{names}`` replaced by the row's facts."""
    pieces, order = [], []
    for number, text in enumerate(texts):
        rows = np.flatnonzero(which == number)
        head, *rest = text.split("{")
        named = [part.split("}", 1) for part in rest]
        parts = [pl.lit(head), *(part for name, tail in named for part in (pl.col(name), pl.lit(tail)))]
        pieces.append(facts[rows].select(pl.concat_str(parts).alias("text")).to_series())
        order.append(rows)
    back = np.empty(len(which), np.int64)
    back[np.concatenate(order)] = np.arange(len(which))
    return gather(pl.concat(pieces), back)


def nodes(rng: np.random.Generator, rows: int) -> pl.Series:
    """Array literals of one to four neighbouring nodes."""
    first, count = rng.integers(1, 900, rows), rng.integers(1, 5, rows)
    names = pl.Series([f"n{number:04}" for number in range(1000)])
    columns = {str(place): gather(names, first + place) for place in range(4)}
    literals = [pl.concat_str(*(str(place) for place in range(many)), separator=",") for many in range(1, 5)]
    many = pl.lit(pl.Series(count))
    chosen = pl.when(many == 1).then(literals[0]).when(many == 2).then(literals[1])
    chosen_text = chosen.when(many == 3).then(literals[2]).otherwise(literals[3])
    return pl.DataFrame(columns).select(pl.concat_str(pl.lit("{"), chosen_text, pl.lit("}"))).to_series()
