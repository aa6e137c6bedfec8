"""Projects, hosts, jobs and their log lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from anon_assets.sample.draw import BATCH_ROWS, Ints, batch, decimals, fill, gather, generator, ip_addresses, pick
from anon_assets.sample.people import People
from anon_assets.sample.texts import commands, messages, nodes

__all__ = ["HOST", "JOB", "LOG_LINE", "MEMBERSHIP", "PROJECT", "Work", "draw_work"]

_UTC = pa.timestamp("us", tz="UTC")
_DAY = np.timedelta64(1, "D")
_OPENS = np.datetime64("2024-01-01T00:00:00", "us")
_SECONDS = 731 * 86_400
_HOSTS = 24

PROJECT = pa.schema({
    "project_id": pa.int32(), "code": pa.string(), "title": pa.string(), "lead_id": pa.int64(),
    "starts_on": pa.date32(), "ends_on": pa.date32(), "budget_hours": pa.decimal128(12, 1),
})  # fmt: skip
MEMBERSHIP = pa.schema({
    "project_id": pa.int32(), "account_id": pa.string(), "role": pa.string(), "joined_on": pa.date32(),
})  # fmt: skip
HOST = pa.schema({"host_id": pa.int16(), "name": pa.string(), "ip": pa.string(), "rack": pa.string()})
JOB = pa.schema({
    "job_id": pa.int64(), "submitted_at": _UTC, "account_id": pa.string(), "project_id": pa.int32(),
    "host_id": pa.int16(), "submit_ip": pa.string(),
    "started_at": _UTC, "ended_at": _UTC, "state": pa.string(), "exit_code": pa.int16(),
    "cpu_seconds": pa.int64(), "command": pa.string(), "nodes": pa.string(),
})  # fmt: skip
LOG_LINE = pa.schema({
    "line_id": pa.int64(), "job_id": pa.int64(), "job_submitted_at": _UTC, "logged_at": _UTC, "level": pa.string(),
    "message": pa.string(),
})  # fmt: skip

_METHODS = (
    "Molecular dynamics", "Lattice simulation", "Density functional theory", "Machine learning",
    "Large-eddy simulation", "Genome assembly", "Monte Carlo study", "Image reconstruction", "Ensemble forecast",
)  # fmt: skip
_SUBJECTS = (
    "of membrane proteins", "of alpine precipitation", "of turbulent boundary layers", "of battery electrolytes",
    "of river deltas", "of galaxy clusters", "of wheat pathogens", "of lung tissue", "of perovskite surfaces",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """What happens in the centre. Jobs and log lines are drawn batch by batch, again for each use.

    Args:
        people: everybody.
        projects: number of projects.
        member: project_id and account (row of ``people.account``), one row a membership.
        addresses: where each account usually logs in from.
        jobs: number of jobs. lines: log lines a job, on average.
    """

    people: People
    projects: int
    member: pl.DataFrame
    addresses: pl.Series
    jobs: int
    lines: int

    def project_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.project``."""
        rng, rows = generator(self.people.seed, "project"), self.projects
        first = np.datetime64("2021-01-01") + rng.integers(0, 1400, rows) * _DAY
        number = pl.Series(np.arange(1, rows + 1)).cast(pl.String)
        yield batch(PROJECT, {
            "project_id": np.arange(1, rows + 1),
            "code": fill(rng, ["??"], np.zeros(rows, np.int64)) + number.str.zfill(5),
            "title": pick(rng, _METHODS, rows) + " " + pick(rng, _SUBJECTS, rows),
            "lead_id": rng.integers(1, len(self.people.person) + 1, rows),
            "starts_on": first,
            "ends_on": first + rng.integers(180, 1800, rows) * _DAY,
            "budget_hours": decimals(rng.integers(1_000, 5_000_000, rows) * 10 // 2, 12, 1),
        })  # fmt: skip

    def membership_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.membership``."""
        for part, frame in enumerate(self.member.iter_slices(BATCH_ROWS)):
            rng = generator(self.people.seed, "membership", part)
            yield batch(MEMBERSHIP, {
                "project_id": frame["project_id"],
                "account_id": self.people.account["account_id"].gather(frame["account"]),
                "role": pick(rng, ("member", "deputy", "lead"), len(frame), (0.85, 0.1, 0.05)),
                "joined_on": np.datetime64("2021-01-01") + rng.integers(0, 1500, len(frame)) * _DAY,
            })  # fmt: skip

    def host_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.submit_host``: every third has an IPv6 address."""
        number = pl.Series(range(1, _HOSTS + 1))
        text = number.cast(pl.String)
        six = pl.concat_str(pl.lit("2001:db8:c0de::"), pl.lit(text))
        four = pl.concat_str(pl.lit("10.20.0."), pl.lit(text))
        yield batch(HOST, {
            "host_id": number,
            "name": "login" + text.str.zfill(2) + ".centre.example.org",
            "ip": pl.select(pl.when(pl.lit(number) % 3 == 0).then(six).otherwise(four)).to_series(),
            "rack": "R" + ((number - 1) // 8 + 1).cast(pl.String).str.zfill(2),
        })  # fmt: skip

    def job_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.job``, in order of submission."""
        for part in range(self._parts):
            frame = self._job_frame(part)
            rng = generator(self.people.seed, "job details", part)
            rows = len(frame)
            usual = self.addresses.gather(frame["account"])
            away, shown = pl.Series(rng.random(rows) < 0.1), pl.Series(rng.random(rows) < 0.97)
            address = pl.when(shown).then(pl.when(away).then(ip_addresses(rng, rows)).otherwise(usual))
            yield batch(JOB, {
                **frame.to_dict(),
                "account_id": self.people.account["account_id"].gather(frame["account"]),
                "host_id": rng.integers(1, _HOSTS + 1, rows),
                "submit_ip": pl.select(address).to_series(),
                "command": commands(rng, self.people.account["login"].gather(frame["account"])),
                "nodes": nodes(rng, rows),
            })  # fmt: skip

    def log_rows(self) -> Iterator[pa.RecordBatch]:
        """Rows of ``centre.log_line``, by job and time."""
        start = 1
        for part in range(self._parts):
            job = self._job_frame(part)
            rng = generator(self.people.seed, "log", part)
            at = np.repeat(np.arange(len(job)), rng.integers(0, 2 * self.lines + 1, len(job)))
            for cut in range(0, len(at), BATCH_ROWS):
                rows = at[cut : cut + BATCH_ROWS]
                yield self._log_batch(generator(self.people.seed, f"log {part}", cut), job[rows], rows, start)
                start += len(rows)

    @property
    def _parts(self) -> int:
        return -(-self.jobs // BATCH_ROWS)

    def _job_frame(self, part: int) -> pl.DataFrame:
        """What log lines need to know of a batch of jobs. Each batch covers its share of the two years."""
        first = part * BATCH_ROWS
        rows = min(BATCH_ROWS, self.jobs - first)
        rng = generator(self.people.seed, "job", part)
        moment = np.sort(rng.random(rows)) * rows / self.jobs + first / self.jobs
        second, micro = np.timedelta64(1_000_000, "us"), np.timedelta64(1, "us")
        submitted = (
            _OPENS + (moment * (_SECONDS - 1)).astype(np.int64) * second + rng.integers(0, 1_000_000, rows) * micro
        )
        started = submitted + np.rint(rng.exponential(1_800, rows)).astype(np.int64) * second
        seconds = np.clip(np.rint(rng.lognormal(7.2, 1.6, rows)), 1, 172_800).astype(np.int64)
        state = rng.choice(4, rows, p=(0.82, 0.1, 0.05, 0.03))
        never = pl.lit(pl.Series((state == 2) & (rng.random(rows) < 0.5)))
        who = (rng.random(rows) ** 2 * len(self.member)).astype(np.int64)  # some are busier than others
        codes = np.where(state == 1, rng.choice([1, 2, 127, 134, 137, 139], rows), np.where(state == 3, 140, 0))
        cores = 2 ** rng.integers(0, 8, rows)
        frame = pl.DataFrame({
            "job_id": np.arange(first + 1, first + rows + 1), "submitted_at": submitted, **self.member[who].to_dict(),
            "started_at": started, "ended_at": started + seconds * second, "exit_code": codes,
            "state": gather(pl.Series(("completed", "failed", "cancelled", "timeout")), state),
            "cpu_seconds": seconds * cores,
        })  # fmt: skip
        return frame.with_columns(
            pl.when(~never).then("started_at"), pl.when(~never).then("ended_at"),
            exit_code=pl.when(pl.col("state") != "cancelled").then("exit_code"),
            cpu_seconds=pl.when(never).then(0).otherwise("cpu_seconds"),
        )  # fmt: skip

    def _log_batch(self, rng: np.random.Generator, job: pl.DataFrame, at: Ints, start: int) -> pa.RecordBatch:
        rows = len(job)
        account = self.people.account[job["account"]]
        person = self.people.person[account["person_id"] - 1]
        later = _since_first(at) * 45 + rng.integers(0, 45, rows)
        facts = pl.DataFrame({
            "login": account["login"], "first": person["first_name"], "last": person["last_name"],
            "email": person["email"], "phone": person["phone"].fill_null("n/a"),
            "ip": self.addresses.gather(job["account"]),
            "job": job["job_id"].cast(pl.String), "node": fill(rng, ["n0###"], np.zeros(rows, np.int64)),
            "count": pl.Series(rng.integers(1, 10_000_000, rows)).cast(pl.String),
        })  # fmt: skip
        level, message = messages(rng, facts)
        return batch(LOG_LINE, {
            "line_id": np.arange(start, start + rows), "job_id": job["job_id"], "job_submitted_at": job["submitted_at"],
            "logged_at": job["submitted_at"].to_numpy() + later * np.timedelta64(1_000_000, "us"), "level": level,
            "message": message,
        })  # fmt: skip


def _since_first(at: Ints) -> Ints:
    """How many equal neighbours stand before each element."""
    place = np.arange(len(at))
    begins = np.concatenate([[True], at[1:] != at[:-1]])
    return place - np.maximum.accumulate(np.where(begins, place, 0))


def draw_work(people: People, jobs: int, lines: int) -> Work:
    """Memberships and usual addresses; the rest follows batch by batch.

    Args:
        people: everybody.
        jobs: number of jobs, at least 1.
        lines: log lines a job on average; a job has none to twice as many.
    """
    rng = generator(people.seed, "work")
    accounts, projects = len(people.account), max(3, len(people.person) // 12)
    member = np.repeat(np.arange(accounts), rng.choice([1, 2, 3], accounts, p=(0.6, 0.3, 0.1)))
    step = _since_first(member) * (
        1 + member % max(1, projects // 3 - 1)
    )  # below projects: an account's projects differ
    member_frame = pl.DataFrame({"project_id": (member + step) % projects + 1, "account": member})
    shuffled = member_frame[rng.permutation(len(member_frame))]
    return Work(people, projects, shuffled, ip_addresses(rng, accounts), jobs, lines)
