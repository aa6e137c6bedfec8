from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from anon_assets.errors import TransformError
from anon_assets.moments import DAY, Moments, civil, day_number, first_reading, known_zone, utc_offset

GENERATOR = np.random.default_rng(3)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def test_days_agree_with_the_standard_library_and_repeat_every_400_years() -> None:
    days = GENERATOR.integers(-719_162, 2_932_896, 5_000)
    year, month, day = civil(days)
    known = [dt.date.fromordinal(int(each) + 719_163) for each in days]
    assert [(each.year, each.month, each.day) for each in known] == list(zip(year, month, day, strict=True))
    far = GENERATOR.integers(-(10**9), 2 * 10**9, 5_000)
    assert (day_number(*civil(far)) == far).all()
    later = civil(far + 146_097)
    assert all((one == two).all() for one, two in zip(civil(far)[1:], later[1:], strict=True))
    assert (civil(far)[0] + 400 == later[0]).all()


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll", "Europe/Dublin"],
)
def test_offsets_agree_with_zoneinfo_in_every_year(zone) -> None:
    old, new = GENERATOR.integers(-62 * 10**9, 253 * 10**9, 1_500), GENERATOR.integers(-(2 * 10**9), 3 * 10**9, 3_000)
    instants, info = np.concatenate([old, new]), ZoneInfo(zone)
    known = [(EPOCH + dt.timedelta(seconds=int(each))).astimezone(info).utcoffset() for each in instants]
    assert utc_offset(instants, zone).tolist() == [int(each.total_seconds()) for each in known]
    hours = new // 3600 * 3600
    found = first_reading(hours, zone)
    for clock, instant in zip(hours.tolist(), found.tolist(), strict=True):
        local = (EPOCH + dt.timedelta(seconds=clock)).replace(tzinfo=info, fold=0)
        known_instant = local.astimezone(dt.UTC)
        if known_instant.astimezone(info).replace(tzinfo=None) == local.replace(tzinfo=None):
            assert known_instant == EPOCH + dt.timedelta(seconds=instant)


def test_fixed_offsets() -> None:
    assert known_zone("-03:30") and not known_zone("+24:00") and not known_zone("canary")
    assert utc_offset(np.array([0, 10**12]), "-03:30").tolist() == [-12_600, -12_600]
    assert utc_offset(np.array([5]), "UTC").tolist() == [0]


def test_text_is_read_and_written_alike() -> None:
    texts = ["2024-02-29", "0044-03-15 BC", "294276-12-31", "2024-02-29 01:02:03.000500+05:30", "infinity", None]
    moments = Moments.of(pa.array(texts, pa.large_string()), "s.t.c")
    assert moments.written(moments.seconds).to_pylist() == texts
    assert moments.written(moments.seconds).type == pa.large_string()
    assert moments.ahead.tolist() == [0, 0, 0, 19_800, 0, 0] and moments.still.tolist() == [False] * 4 + [True] * 2
    low, high = moments.era
    assert (low <= moments.seconds).all() and (moments.seconds <= high).all() and low[0] == -719_162 * DAY


def test_nanoseconds_are_there_to_their_last() -> None:
    ends = pa.array([1 - 2**63, 2**63 - 1, None], pa.int64()).view(pa.timestamp("ns"))
    moments = Moments.of(ends, "s.t.c")
    assert moments.written(moments.seconds).equals(ends) and moments.seconds.tolist()[:2] == list(moments.limits)
    for unit, per_second in (("us", 10**6), ("ns", 10**9)):
        fractions = pa.array([per_second // 20, per_second * 9 // 10], pa.int64()).view(pa.timestamp(unit))
        moments = Moments.of(fractions, "s.t.c", "timestamp[ns]")
        last = (2**63 - 1) * per_second // 10**9
        assert moments.written(np.array(moments.limits)).view(pa.int64()).to_pylist() == [-last, last]


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2024-00-10", "2024-02-30", "2024-1-1", "2024-01-01 25:00:00", "canary"]
)
def test_other_text_is_counted(text) -> None:
    with pytest.raises(TransformError, match="1 of 2 values"):
        Moments.of(pa.array([text, "2024-01-01"]), "s.t.c")
