"""The whole run against plain COPY: 1,000,000 rows of 8 columns through every stage, on one embedded server.

Prints rows per second of each stage, the peak memory of this process, and the ratio of the whole run to `COPY` of the same
table out to a file and in again on the same server. Run: ``python benchmarks/pipeline.py [--rows N]``.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa

from anon_assets.resources.databases.postgres import Postgres, create_database
from anon_assets.resources.databases.postgres.filling import open_filling
from anon_assets.stages.product import load_product
from anon_assets.stages.session import open_session

TABLE = """
CREATE TABLE public.person (
  id bigint NOT NULL, first_name text NOT NULL, last_name text NOT NULL, email text NOT NULL, phone text, city text,
  born date, balance double precision)
"""
POLICY = """
product: bench
source: bench
tables:
  public.person:
    id: keep
    first_name: {fake: {as: first_name}}
    last_name: {fake: {as: last_name}}
    email: {fake: {as: email, unique: true}}
    phone: {fake: {as: phone}}
    city: {fake: {as: city}}
    born: {date_shift: {within: 60 days, per: id}}
    balance: {noise: {ratio: 0.1}}
publish: [{database: bench_dev}]
"""
PROFILE = """
databases:
  bench: {{postgres: {{embedded: {folder}/pg, database: bench}}}}
  bench_dev: {{postgres: {{embedded: {folder}/pg, database: bench_dev}}}}
kms: {{local: {{path: {folder}/keys}}}}
store: {{local: {{path: {folder}/store}}}}
"""


def rows_of(count: int, seed: int = 1, cut: int = 50_000) -> list[pa.RecordBatch]:
    """Made-up people: names of 4,000 and 20,000 forms, everything else distinct."""
    generator = np.random.default_rng(seed)
    batches = []
    for start in range(0, count, cut):
        size = min(cut, count - start)
        numbers = np.arange(start, start + size)
        first = np.char.add("Fn", generator.integers(0, 4_000, size).astype(str))
        last = np.char.add("Ln", generator.integers(0, 20_000, size).astype(str))
        mail = np.char.add(np.char.add(np.char.add(first, "."), numbers.astype(str)), "@mail.test")
        phone = np.char.add("+4930", generator.integers(10_000_000, 99_999_999, size).astype(str))
        city = np.char.add("City", generator.integers(0, 5_000, size).astype(str))
        born = pa.array(generator.integers(-10_000, 12_000, size).astype("int32")).cast(pa.date32())
        arrays = [numbers, first, last, mail, phone, city, born, np.round(generator.normal(1000, 300, size), 2)]
        names = ["id", "first_name", "last_name", "email", "phone", "city", "born", "balance"]
        batches.append(pa.RecordBatch.from_arrays([pa.array(each) for each in arrays], names=names))
    return batches


def plain_copy(source: Postgres, target: Postgres, folder: Path) -> float:
    """Seconds for COPY of the table out to a file and into a table of another database, with its key."""
    file = folder / "copy.bin"
    started = time.perf_counter()
    with (
        psycopg.connect(**source.parameters()) as connection,
        file.open("wb") as sink,
        connection.cursor().copy("COPY person TO STDOUT (FORMAT binary)") as copy,
    ):
        for block in copy:
            sink.write(block)
    with psycopg.connect(**target.parameters()) as connection, file.open("rb") as blocks:
        connection.execute("DROP TABLE IF EXISTS public.person")
        connection.execute(TABLE)
        with connection.cursor().copy("COPY person FROM STDIN (FORMAT binary)") as copy:
            while block := blocks.read(1 << 20):
                copy.write(block)
        connection.execute("ALTER TABLE public.person ADD PRIMARY KEY (id)")
        connection.execute("ALTER TABLE public.person ADD UNIQUE (email)")
    seconds = time.perf_counter() - started
    with psycopg.connect(**target.parameters()) as connection:
        connection.execute("DROP TABLE person")
    return seconds


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="ab-") as name:
        folder = Path(name)
        for inner, text in (("policies/bench.yaml", POLICY), ("resources/local.yaml", PROFILE.format(folder=folder))):
            (folder / inner).parent.mkdir()
            (folder / inner).write_text(text)
        product = load_product(folder, "bench")
        source, target = product.source, product.profile.database("bench_dev")
        assert isinstance(source, Postgres)
        assert isinstance(target, Postgres)
        create_database(source)
        create_database(target)
        with open_filling(source) as filling:
            filling.execute(TABLE)
            batches = rows_of(rows)
            filling.copy("public", "person", batches[0].schema.names, batches)
            filling.execute(
                "ALTER TABLE public.person ADD PRIMARY KEY (id); ALTER TABLE public.person ADD UNIQUE (email)"
            )
            del batches
        copied = plain_copy(source, target, folder)
        print(f"{rows:,} rows of 8 columns\n")
        print(f"{'stage':<12}{'seconds':>9}{'rows/s':>14}")
        total = 0.0
        with open_session(product) as session:
            stages = {
                "structure": session.structure,
                "extract": lambda: session.extract("public.person"),
                "scan": lambda: session.scan("public.person"),
                "anonymize": lambda: session.anonymize("public.person"),
                "validate": session.validate,
                "publish": session.publish,
            }
            for stage, work in stages.items():
                started = time.perf_counter()
                result = work()
                seconds = time.perf_counter() - started
                total += seconds
                print(f"{stage:<12}{seconds:>9.2f}{rows / seconds:>14,.0f}")
                if stage == "validate":
                    failed = [each for each in result if not each.passed]
                    assert not failed, [(each.check, each.detail) for each in failed]
        print(f"{'whole run':<12}{total:>9.2f}{rows / total:>14,.0f}")
        print(f"{'plain COPY':<12}{copied:>9.2f}{rows / copied:>14,.0f}")
        print(f"\nthe whole run takes {total / copied:.1f} times a plain COPY out and in")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of this process, sample data included: {peak:,.0f} MiB")
        size = sum(f.stat().st_size for f in (folder / "store").rglob("*") if f.is_file())
        print(f"store after the run: {size / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
