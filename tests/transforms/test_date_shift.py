from __future__ import annotations

import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

LAW_CASES = [{"within": "2 weeks", "per": "subject"}, {"within": "36 hours"}, {"within": "36 hours", "per": "subject"}]
DAY = dt.date(2024, 2, 27)


def shifts(apply, transform, subjects, **more) -> list[int]:
    sources = {"id": pa.array(subjects)}
    shifted = apply(transform, [DAY] * len(subjects), pa.date32(), sources=sources, domains={"id": "people"}, **more)
    return [(day - DAY).days for day in shifted]


def test_offsets_are_uniform_and_never_zero(make, apply) -> None:
    counted = Counter(shifts(apply, make("date_shift", within="5 days", per="id"), range(50_000)))
    assert sorted(counted) == [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]
    assert min(counted.values()) > 4_700 and max(counted.values()) < 5_300


def test_without_subject_one_secret_offset(make, apply) -> None:
    transform = make("date_shift", within="30 days")
    moved = apply(transform, [DAY, DAY + dt.timedelta(3), None], pa.date32())
    assert moved[1] - moved[0] == dt.timedelta(3) and moved[0] != DAY and moved[2] is None
    found = set()
    for number in range(200):
        keys = KeyRing("example", {1: Sealed(bytes([number]) * 32)})
        found.add((apply(transform, [DAY], pa.date32(), keys=keys)[0] - DAY).days)
    assert 0 not in found and min(found) >= -30 and max(found) <= 30 and len(found) > 45


def test_intervals_agree_over_tables_types_and_domains(make, apply) -> None:
    transform = make("date_shift", within="30 days", per="id")
    subjects = ["7", "8", None, "7"]
    days = shifts(apply, transform, subjects, domain="public.a.born")
    assert days[0] == days[3] != days[1]
    assert shifts(apply, transform, pa.array([7, 8, None, 7]), domain="public.b.paid") == days
    moment = dt.datetime.fromisoformat("2024-02-27 13:30:01.123456")
    moved = apply(
        make("date_shift", within="30 days", per="owner"), [moment] * 4, pa.timestamp("us"),
        sources={"owner": pa.array(subjects)}, domains={"owner": "people"},
    )  # fmt: skip
    assert [(after - moment) for after in moved] == [dt.timedelta(day) for day in days]


def test_text_keeps_infinities_fractions_and_zones(make, apply) -> None:
    transform = make("date_shift", within="30 days")
    (offset,) = ((day - DAY).days for day in apply(transform, [DAY], pa.date32()))
    moved = str(DAY + dt.timedelta(offset))
    assert apply(transform, ["infinity", "-infinity", "2024-02-27", None], logical="date") == [
        "infinity", "-infinity", moved, None,
    ]  # fmt: skip
    texts = ["2024-02-27 10:00:00.5+02", "2024-02-27 10:00:00", "2024-02-27T10:00:00Z", "infinity"]
    assert apply(transform, texts, logical="timestamp") == [
        f"{moved} 10:00:00.5+02", f"{moved} 10:00:00", f"{moved} 10:00:00Z", "infinity",
    ]  # fmt: skip


def test_hours_move_the_clock_by_whole_seconds(make, apply) -> None:
    moment = dt.datetime.fromisoformat("2024-02-27 13:30:01.123456")
    (moved,) = apply(make("date_shift", within="36 hours"), [moment], pa.timestamp("us"))
    assert 0 < abs((moved - moment).total_seconds()) <= 36 * 3600 and moved.microsecond == 123456
    (text,) = apply(make("date_shift", within="36 hours"), [str(moment)], logical="timestamp")
    assert text == str(moved)
    assert list(make("date_shift", within="36 hours").problems(Column("c", logical="date")))


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (pa.date32(), None), (pa.date64(), 10**3), (pa.timestamp("s"), 1), (pa.timestamp("ms"), 10**3),
        (pa.timestamp("us"), 10**6), (pa.timestamp("us", "UTC"), 10**6), (pa.timestamp("ns"), 10**9),
    ],
    ids=str,
)  # fmt: skip
def test_ends_of_the_calendar_continue_at_the_other_end(make, apply, kind, unit) -> None:
    day = 86_400 * unit if unit else 1
    first, last = -719_162 * day, 2_932_897 * day - 1  # 0001-01-01, and the last moment of 9999-12-31
    if kind == pa.timestamp("ns"):
        first, last = -106_751 * day, 106_751 * day - 1
    carrier = pa.int64() if unit else pa.int32()
    numbers = [first, last - (last + 1) % day - day + 1, 0]
    for seed in range(8):
        keys = KeyRing("example", {1: Sealed(bytes([seed]) * 32)})
        column = pa.array(numbers, carrier).view(kind)
        shifted = apply(make("date_shift", within="30 days"), column, keys=keys)
        moved = pa.array(shifted, kind).view(carrier).to_pylist()
        offset = moved[2]
        assert 0 < abs(offset) <= 30 * day and offset % day == 0
        assert moved == [(number + offset - first) % (last - first + 1) + first for number in numbers]


def test_nanoseconds_keep_their_time_of_day_at_both_ends(make, apply) -> None:
    ends = [-(2**63 // 1000) * 1000, 2**63 // 1000 * 1000, 0]
    for kind, unit, facts in ((pa.timestamp("ns"), 1, {}), (pa.timestamp("us"), 1000, {"type": "timestamp[ns]"})):
        column = pa.array([each // unit for each in ends], pa.int64()).view(kind)
        shifted = pa.array(apply(make("date_shift", within="90 days"), column, **facts), kind).view(pa.int64())
        shifted = [each * unit for each in shifted.to_pylist()]
        day = 86_400 * 10**9
        assert [each % day for each in shifted] == [each % day for each in ends]
        assert all(abs(each) < 2**63 for each in shifted) and shifted[:2] != ends[:2]


@pytest.mark.parametrize(
    "texts",
    [
        ["0000-03-15 BC"],
        ["2024-02-30"],
        ["canary"],
        [""],
        ["4714-11-23 BC"],
        ["2024-01-01 24:00:00"],
        ["1900-02-29"],
        ["0000-01-01"],
        ["6000000-01-01"],
        ["2024-01-01.5"],
    ],
)
def test_what_is_no_date_is_counted_and_not_shown(make, apply, texts) -> None:
    with pytest.raises(TransformError, match="1 of 3 values") as caught:
        apply(make("date_shift", within="30 days"), [*texts, "2024-02-27", None], logical="timestamp")
    assert all(not text or text not in str(caught.value) for text in texts)


def test_dates_outside_the_calendar_are_counted(make, apply) -> None:
    column = pa.array([-2_440_589, 2_146_000_000, 0, None], pa.int32()).view(pa.date32())
    with pytest.raises(TransformError, match="2 of 4"):
        apply(make("date_shift", within="30 days"), column)


def test_years_bc_and_far_years_shift_among_themselves(make, apply) -> None:
    transform = make("date_shift", within="30 days")
    offset = (apply(transform, [DAY], pa.date32())[0] - DAY).days
    numbers = [-1_000_000, -719_163, 3_000_000, -2_440_588]
    column = pa.array(numbers, pa.int32()).view(pa.date32())
    context = Context("s.t.c", Column("c", logical="date"), "example", KeyRing("example", {1: Sealed(bytes(32))}))
    moved = transform.apply(column, context).view(pa.int32()).to_pylist()
    room = 2_440_588 - 719_162
    assert moved[0] == -1_000_000 + offset and moved[2] == 3_000_000 + offset
    assert moved[1::2] == [(number + offset + 2_440_588) % room - 2_440_588 for number in numbers[1::2]]
    texts = apply(transform, ["0044-03-15 BC", "0044-03-15 10:00:00.25+01:30 BC", "0001-12-31 BC"], logical="timestamp")
    (day,) = apply(
        transform, [dt.date(357, 3, 15)], pa.date32()
    )  # 44 BC is year -43; 400 years later days are the same
    assert texts[:2] == [f"0044-{day:%m-%d} BC", f"0044-{day:%m-%d} 10:00:00.25+01:30 BC"]
    assert texts[2].startswith("4714" if offset > 0 else "0001") and texts[2].endswith(" BC")
    (far,) = apply(transform, ["12024-02-27 10:00:00"], logical="timestamp")
    assert far == f"1{DAY + dt.timedelta(offset)} 10:00:00"


def test_the_subject_column_must_be_there(make, apply) -> None:
    transform = make("date_shift", within="30 days", per="id")
    assert transform.needs() == {"id"}
    with pytest.raises(TransformError, match="no column id"):
        apply(transform, [DAY], pa.date32())


@pytest.mark.parametrize("within", ["0 days", "-3 days", "30", "days", "1.5 days", "3 months", ""])
def test_durations(within) -> None:
    member, found = TRANSFORMS.parse({"date_shift": {"within": within}}, "x")
    assert member is None and "such as 30 days" in str(found[0])


def test_effects(make) -> None:
    assert make("date_shift", within="1 week").effects(Column("c")).injective
    assert make("date_shift", within="1 week", per="id").effects(Column("c")).scope == "row"
    assert list(make("date_shift", within="999999 weeks").problems(Column("c", logical="date")))
