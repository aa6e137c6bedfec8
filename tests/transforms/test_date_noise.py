from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed
from tests.keyed import prf, word

LAW_CASES = [
    {"within": "2 weeks", "not_before": "1900-01-01", "not_after": "2100-12-31"},
    {"within": {"years": 30, "hours": 5}},
    {"within": "90 minutes"},
]
DAY = dt.date(2024, 1, 31)
MOMENT = dt.datetime.fromisoformat("2024-01-31 13:30:01.123456")


def drawn(value: int, row: str) -> list[int]:
    key = KeyRing("example", {1: Sealed(bytes(32))}).derive("example", "date_noise").reveal()
    raw = prf(key, value.to_bytes(8, "little", signed=True) + f"\x1f{row}".encode(), 24)
    return [word(raw, number) for number in range(3)]


def months_later(day: dt.date, months: int) -> dt.date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def test_distances_are_drawn_by_key_from_value_and_row(make, apply) -> None:
    transform = make("date_noise", within={"years": 1, "months": 2, "weeks": 1, "days": 23, "hours": 12})
    moved = apply(transform, [MOMENT] * 300, pa.timestamp("us"))
    seconds = int((MOMENT - dt.datetime.fromisoformat("1970-01-01")).total_seconds())
    for row, now in enumerate(moved):
        month, day, second = drawn(seconds, str(row))
        day_after = months_later(MOMENT.date(), month % 29 - 14) + dt.timedelta(day % 61 - 30)
        wanted = dt.datetime.combine(day_after, MOMENT.time()) + dt.timedelta(seconds=second % 86_401 - 43_200)
        assert now == wanted
    assert apply(transform, [MOMENT] * 2, pa.timestamp("us"), rows=["7", "3"]) == [moved[7], moved[3]]


@pytest.mark.parametrize(
    ("within", "grain", "most"),
    [("5 days", dt.timedelta(1), 5), ("1 week", dt.timedelta(1), 7), ("3 seconds", dt.timedelta(seconds=1), 3)],
)
def test_one_unit_is_uniform_and_never_zero(make, apply, within, grain, most) -> None:
    moved = apply(make("date_noise", within), [MOMENT] * 20_000, pa.timestamp("us"))
    counted = Counter((now - MOMENT) / grain for now in moved)
    assert sorted(counted) == [step for step in range(-most, most + 1) if step]
    assert all(abs(count - 10_000 / most) < 4.5 * (10_000 / most) ** 0.5 for count in counted.values())


def test_months_end_with_the_month(make, apply) -> None:
    moved = apply(make("date_noise", within={"months": 2}), [DAY] * 500, pa.date32())
    assert set(moved) == {dt.date(2023, 11, 30), dt.date(2023, 12, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 31)}
    years = {day.year for day in apply(make("date_noise", within="2 years"), [DAY] * 500, pa.date32())}
    assert years == {2022, 2023, 2024, 2025, 2026}


def test_several_units_never_give_the_value_either(make, apply) -> None:
    moved = apply(make("date_noise", within={"months": 1, "days": 1}), [DAY] * 3_000, pa.date32())
    assert DAY not in moved and DAY + dt.timedelta(1) in moved


def test_bounds(make, apply) -> None:
    transform = make("date_noise", within="30 days", not_before="2024-01-20", not_after=dt.date(2024, 2, 2))
    moved = apply(transform, [DAY] * 500 + [dt.date(2024, 2, 2)] * 20 + [dt.date(1990, 1, 1)], pa.date32())
    assert min(moved) == moved[-1] == dt.date(2024, 1, 20) and max(moved) == dt.date(2024, 2, 2)
    assert DAY not in moved[:500] and dt.date(2024, 2, 2) not in moved[500:-1]
    transform = make("date_noise", within="9 days", not_before="2024-01-31 12:00:00.5", not_after="2024-02-01")
    moved = apply(transform, [MOMENT, MOMENT + dt.timedelta(days=1)] * 50, pa.timestamp("us"))
    early, late = dt.datetime.fromisoformat("2024-01-31 12:00:00.5"), dt.datetime.fromisoformat("2024-02-02")
    assert all(early <= now < late for now in moved)
    transform = make("date_noise", within="9 hours", not_after="2024-01-31 13:30:02+00:00")
    moved = apply(transform, [MOMENT.replace(tzinfo=dt.UTC)] * 50, pa.timestamp("us", "UTC"))
    assert all(now <= dt.datetime(2024, 1, 31, 13, 30, 2, tzinfo=dt.UTC) for now in moved)
    moved = apply(transform, ["2024-01-31 19:00:00+05:30"] * 50, logical="timestamp")
    assert max(moved) == "2024-01-31 19:00:02+05:30"  # which is 13:30:02 in UTC


def test_text_keeps_infinities_fractions_zones_and_eras(make, apply) -> None:
    texts = ["infinity", "-infinity", None, "2024-01-31 10:00:00.5+02", "0044-03-15 BC", "0001-01-01", "9999-12-31"]
    moved = apply(make("date_noise", within="9999 days"), texts * 20, logical="timestamp")
    assert moved[:3] == texts[:3]
    assert all(text.endswith(" 10:00:00.5+02") for text in moved[3::7])
    assert all(text.endswith(" BC") and len(text) == 13 for text in moved[4::7])
    assert all(len(text) == 10 and text not in texts for text in moved[5::7] + moved[6::7])


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ns"), pa.timestamp("us")])
def test_the_ends_of_a_type_hold(make, apply, kind) -> None:
    ends = [dt.date.min, dt.date.max] if kind != pa.timestamp("ns") else [dt.date(1677, 9, 22), dt.date(2262, 4, 10)]
    column = pa.array([day for day in ends for _ in range(50)], pa.date32()).cast(kind)
    moved = pa.array(apply(make("date_noise", within="100 days"), column), kind).cast(pa.date32()).to_pylist()
    assert all(0 <= (day - ends[0]).days <= 101 for day in moved[:50])
    assert all(0 <= (ends[1] - day).days <= 101 for day in moved[50:])
    assert len(set(moved)) > 20


def test_the_few_hours_of_nanoseconds_beside_whole_days(make, apply) -> None:
    last = 2**63 // 1000
    column = pa.array([-last, last] * 30, pa.int64()).view(pa.timestamp("us"))
    moved = apply(make("date_noise", within="9 days"), column, type="timestamp[ns]")
    assert all(dt.datetime(1677, 9, 21) < each < dt.datetime(2262, 4, 12) for each in moved)  # noqa: DTZ001
    back = pa.array(moved, pa.timestamp("us")).cast(pa.timestamp("ns"))
    assert len(set(moved)) > 10 and back.null_count == 0


def test_what_is_no_date_is_counted_and_not_shown(make, apply) -> None:
    with pytest.raises(TransformError, match="1 of 2 values") as caught:
        apply(make("date_noise", within="1 day"), ["canary", "2024-01-01"], logical="date")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"within": "30"}, {"within": {}}, {"within": {"days": 0}}, {"within": {"days": -1}}, {"within": {"moons": 2}},
     {"within": "1 day", "not_before": "2024-01-01", "not_after": "2023-01-01"}, {"within": "99999999 years"}],
)  # fmt: skip
def test_parameters(parameters) -> None:
    member, found = TRANSFORMS.parse({"date_noise": parameters}, "x")
    assert member is None and found


def test_shorthands_and_problems(make) -> None:
    assert make("date_noise", "30 days").most == make("date_noise", {"days": 30}).most == (0, 30, 0)
    date = Column("c", logical="date")
    assert list(make("date_noise", within="3 hours").problems(date))
    assert list(make("date_noise", within={"years": 999, "months": 900}).problems(Column("c", logical="timestamp")))
    assert not list(make("date_noise", within={"years": 1, "days": 3}).problems(date))
    assert make("date_noise", "1 day").effects(date).scope == "row"


def test_a_long_column_is_worked_on_in_parts_that_do_not_show(make, apply) -> None:
    days = pa.array([None if number % 9 == 0 else number % 20_000 for number in range(40_000)], pa.int32())
    noise, rows = make("date_noise", within={"months": 2, "days": 5}), [f"row {number}" for number in range(len(days))]
    whole = apply(noise, days.view(pa.date32()), rows=rows)
    assert whole[32_000:33_000] == apply(noise, days.view(pa.date32())[32_000:33_000], rows=rows[32_000:33_000])


def test_an_error_counts_over_the_whole_of_a_long_column(make, apply) -> None:
    texts = ["2024-01-31"] * 32_768 + ["x"] + ["2024-02-29"] * 10 + ["y"]
    with pytest.raises(TransformError, match=r"^(?!.*32.768).*\b2 of 32780\b"):
        apply(make("date_noise", within="3 days"), texts, logical="date")
