from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.sealed import Sealed

UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
LAW_CASES = [{"to": "week"}, {"to": "hour"}, {"to": "year", "zone": "UTC"}, {"to": "day", "zone": "America/St_Johns"}]
ZONED = pa.timestamp("us", "UTC")


def beginning(moment: dt.datetime, unit: str) -> dt.datetime:
    if unit == "week":
        moment -= dt.timedelta(moment.weekday())
    if unit == "quarter":
        moment = moment.replace(day=1, month=(moment.month - 1) // 3 * 3 + 1)
    at = {"year": 1, "quarter": 2, "month": 2, "week": 3, "day": 3, "hour": 4, "minute": 5, "second": 6}[unit]
    parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second][:at]
    return dt.datetime(*parts, *[1] * (3 - at))  # noqa: DTZ001 a clock without a zone


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize("unit", UNITS)
def test_clocks_without_a_zone_agree_with_the_standard_library(make, apply, unit) -> None:
    generator = random.Random(5)
    span, first = 9_998 * 365 * 86_400, dt.datetime.fromisoformat("0001-01-08")
    moments = [first + dt.timedelta(0, generator.randrange(span), 1) for _ in range(300)]
    wanted = [beginning(moment, unit) for moment in moments]
    transform = make("date_truncate", unit)
    assert apply(transform, [*moments, None], pa.timestamp("us")) == [*wanted, None]
    assert apply(transform, list(map(str, moments)), logical="timestamp") == list(map(str, wanted))
    if unit in UNITS[:4]:
        dates = apply(transform, [moment.date() for moment in moments], pa.date32())
        assert dates == [moment.date() for moment in wanted]
        assert apply(transform, [moment.date() for moment in moments], pa.date64()) == dates
        assert apply(transform, [str(moment.date()) for moment in moments], logical="date") == list(map(str, dates))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"])
@pytest.mark.parametrize("unit", UNITS)
def test_zones_agree_with_zoneinfo(make, apply, unit, zone) -> None:
    generator, info = random.Random(7), ZoneInfo(zone)
    wanted, moments = [], []
    while len(moments) < 200:
        year = generator.choice([1850, 1950, 1985, 2005, 2024, 2055, 2140, 5000, 9990])
        moment = dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(0, generator.randrange(364 * 86_400), 5)
        local = moment.astimezone(info).replace(tzinfo=None)
        began = beginning(local, unit)
        readings = [began.replace(tzinfo=info, fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
        if len(set(readings)) == 1:  # no clock change over it
            moments.append(moment)
            wanted.append(readings[0])
    transform = make("date_truncate", to=unit, zone=zone)
    assert apply(transform, moments, ZONED) == wanted
    texts = apply(transform, [moment.astimezone(info).isoformat(" ") for moment in moments], logical="timestamp")
    assert [dt.datetime.fromisoformat(text) for text in texts] == wanted


@pytest.mark.parametrize(
    ("unit", "zone", "moment", "wanted"),
    [
        # the night has 02:00 to 03:00 twice: each keeps its own beginning, and the day the first midnight
        ("hour", "Europe/Berlin", "2024-10-27 00:40:10", "2024-10-27 00:00"),
        ("hour", "Europe/Berlin", "2024-10-27 01:40:10", "2024-10-27 01:00"),
        ("minute", "Europe/Berlin", "2024-10-27 01:40:10", "2024-10-27 01:40"),
        ("day", "Europe/Berlin", "2024-10-27 22:40", "2024-10-26 22:00"),
        ("day", "Europe/Berlin", "2024-03-31 12:00", "2024-03-30 23:00"),
        ("month", "Europe/Berlin", "2024-03-31 12:00", "2024-02-29 23:00"),
        ("year", "Europe/Berlin", "2024-07-01 12:00", "2023-12-31 23:00"),
        # midnight is skipped: the day begins at 01:00, the first instant there is
        ("day", "America/Sao_Paulo", "2018-11-04 15:00", "2018-11-04 03:00"),
        ("hour", "America/Sao_Paulo", "2018-11-04 03:10", "2018-11-04 03:00"),
        ("day", "Africa/Cairo", "2024-04-26 05:00", "2024-04-25 22:00"),
        # midnight comes twice: the day begins with the first, its hours apart
        ("day", "America/Havana", "2024-11-03 18:00", "2024-11-03 04:00"),
        ("day", "America/Havana", "2024-11-03 05:30", "2024-11-03 04:00"),
        ("hour", "America/Havana", "2024-11-03 05:30", "2024-11-03 05:00"),
        # half an hour forward, so that 02:00 is skipped, and back, so that 01:30 comes twice
        ("hour", "Australia/Lord_Howe", "2024-10-05 15:45", "2024-10-05 15:30"),
        ("hour", "Australia/Lord_Howe", "2024-04-06 15:15", "2024-04-06 14:00"),
        # a whole day was skipped
        ("day", "Pacific/Apia", "2011-12-30 10:30", "2011-12-30 10:00"),
        ("week", "Pacific/Apia", "2011-12-31 00:00", "2011-12-26 10:00"),
        # by its last rule, far ahead
        ("day", "Europe/Berlin", "9024-07-15 23:00", "9024-07-15 22:00"),
        ("day", "Europe/Berlin", "9024-01-15 23:30", "9024-01-15 23:00"),
    ],
)
def test_clock_changes(make, apply, unit, zone, moment, wanted) -> None:
    transform = make("date_truncate", to=unit, zone=zone)
    assert apply(transform, [utc(moment)], ZONED) == [utc(wanted)]
    (text,) = apply(transform, [f"{utc(moment):%Y-%m-%d %H:%M:%S}.5-03:30"], logical="timestamp")
    shifted = utc(moment) + dt.timedelta(hours=3, minutes=30)
    again = apply(transform, [shifted], ZONED)[0] - dt.timedelta(hours=3, minutes=30)
    assert text == f"{again:%Y-%m-%d %H:%M:%S}-03:30"


def test_where_clocks_go_back_over_midnight_order_may_break_and_is_not_declared(make, apply) -> None:
    transform = make("date_truncate", to="day", zone="America/St_Johns")  # at 00:01 on 7 November 2010 back to 23:01
    days = apply(transform, [utc("2010-11-07 02:30:30"), utc("2010-11-07 03:00")], ZONED)
    assert days == [utc("2010-11-07 02:30"), utc("2010-11-06 02:30")]
    effects = [make("date_truncate", **parameters).effects(Column("c", logical=logical)) for parameters, logical in (
        ({"to": "day", "zone": "America/St_Johns"}, "timestamp"), ({"to": "day"}, "timestamp"), ({"to": "year"}, "date"),
        ({"to": "day", "zone": "UTC"}, "timestamp"))]  # fmt: skip
    assert [each.preserves_order for each in effects] == [False, False, True, True]


def test_without_zone_the_column_s_own_decides(make, apply) -> None:
    transform = make("date_truncate", to="day")
    moment = utc("2024-07-01 23:30")
    assert apply(make("date_truncate", to="day", zone="-03:30"), [moment], ZONED) == [utc("2024-07-01 03:30")]
    assert apply(transform, [moment], ZONED) == [utc("2024-07-01 00:00")]
    assert apply(transform, [moment], pa.timestamp("ms", "Europe/Berlin")) == [utc("2024-07-01 22:00")]
    assert apply(transform, [moment], pa.timestamp("s", "+05:30")) == [utc("2024-07-01 18:30")]
    assert apply(transform, ["2024-07-02 01:30:00+02"], logical="timestamp") == ["2024-07-01 02:00:00+02"]
    # a clock without zone is cut as it is written, whatever the zone
    berlin = make("date_truncate", to="day", zone="Europe/Berlin")
    naive = dt.datetime.fromisoformat("2024-07-01 23:30")
    assert apply(berlin, [naive], pa.timestamp("us")) == [dt.datetime.fromisoformat("2024-07-01")]


def test_infinity_bc_and_far_years(make, apply) -> None:
    texts = ["infinity", "-infinity", None, "0044-03-15 BC", "0001-12-31 BC", "0001-05-05", "12024-08-09"]
    assert apply(make("date_truncate", to="year"), texts, logical="date") == [
        "infinity", "-infinity", None, "0044-01-01 BC", "0001-01-01 BC", "0001-01-01", "12024-01-01",
    ]  # fmt: skip
    week = apply(make("date_truncate", to="week"), texts[3:], logical="date")
    assert week == ["0044-03-11 BC", "0001-12-25 BC", "0001-04-30", "12024-08-05"]
    zoned = ["0044-03-15 10:20:30.5+00 BC", "12024-07-15 23:00:00+00"]
    berlin = apply(make("date_truncate", to="day", zone="Europe/Berlin"), zoned, logical="timestamp")
    assert berlin == ["0044-03-14 23:06:32+00 BC", "12024-07-15 22:00:00+00"]  # local mean time was 53:28 ahead
    first = apply(make("date_truncate", to="year"), ["4714-12-01 BC"], logical="date")
    assert first == ["4714-11-24 BC"]


def test_weeks_bc_begin_on_monday(make) -> None:
    days = pa.array([-2_440_588 + step for step in range(15)], pa.int32()).view(pa.date32())
    context = Context("s.t.c", Column("c", logical="date"), "d", KeyRing("example", {1: Sealed(bytes(32))}))
    cut = make("date_truncate", to="week").apply(days, context).view(pa.int32()).to_pylist()
    assert cut == [-2_440_588 + step // 7 * 7 for step in range(15)]  # Julian day 0 was a Monday


def test_nanoseconds_stay_inside_their_range(make, apply) -> None:
    first = pa.array([-106_750 * 86_400 * 10**9, 5 * 10**9 + 1], pa.int64()).view(pa.timestamp("ns"))
    made = pa.array(apply(make("date_truncate", to="year"), first), pa.timestamp("ns")).view(pa.int64()).to_pylist()
    assert made == [1 - 2**63, 0]
    made = pa.array(apply(make("date_truncate", to="second"), first), pa.timestamp("ns")).view(pa.int64()).to_pylist()
    assert made[1] == 5 * 10**9
    ends = pa.array([1 - 2**63, 2**63 - 1], pa.int64()).view(pa.timestamp("ns"))
    made = pa.array(apply(make("date_truncate", to="second"), ends), pa.timestamp("ns")).view(pa.int64()).to_pylist()
    assert made == [1 - 2**63, 9_223_372_036 * 10**9]


@pytest.mark.parametrize("to", ["year", "day", "hour", "second"])
def test_microseconds_that_go_back_into_nanoseconds_stay_inside_their_range(make, apply, to) -> None:
    early = pa.array([-(2**63 // 1000)], pa.int64()).view(pa.timestamp("us"))  # of 1677-09-21 00:12:43.145225
    made = pa.array(apply(make("date_truncate", to=to), early, type="timestamp[ns]"), early.type)
    assert made.equals(early)
    assert made.cast(pa.timestamp("ns")).view(pa.int64()).to_pylist() == [-(2**63 // 1000) * 1000]
    free = apply(make("date_truncate", to=to), early, type="timestamp[us]")
    assert free < early.to_pylist()


def test_what_is_no_date_is_counted_and_not_shown(make, apply) -> None:
    with pytest.raises(TransformError, match="1 of 2 values") as caught:
        apply(make("date_truncate", to="day"), ["canary", "2024-01-01"], logical="timestamp")
    assert "canary" not in str(caught.value)


def test_parameters_and_problems(make) -> None:
    for parameters in ({}, {"to": "decade"}, {"to": "day", "zone": "Berlin"}, {"to": "day", "zone": "+2500"}):
        member, found = TRANSFORMS.parse({"date_truncate": parameters}, "x")
        assert member is None and found
    date = Column("c", logical="date")
    assert list(make("date_truncate", "day").problems(date)) and list(make("date_truncate", "hour").problems(date))
    assert list(make("date_truncate", to="year", zone="Europe/Berlin").problems(date))
    assert not list(make("date_truncate", "week").problems(date))
