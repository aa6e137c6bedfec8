from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import pickle
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from anon_assets.contracts.database import Column
from anon_assets.contracts.transform import TRANSFORMS, Context
from anon_assets.errors import TransformError
from anon_assets.keys import KeyRing
from anon_assets.policies.plan import spell
from anon_assets.sealed import Sealed
from anon_assets.transforms.generalize import Generalize

FILES = Path(__file__).parent / "hierarchies"
CITIES, NUMBERS = str(FILES / "cities.csv"), str(FILES / "numbers.csv")
ADULT = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "adult"

LAW_CASES = [
    {"prefix": 2, "fill": ""},
    {"prefix": 0, "fill": "ä"},
    {"ip": 24},
    {"ip6": 32, "else": "suppress"},
    *({"date": period, "else": "null"} for period in ("year", "quarter", "month", "week", "day")),
    {"bands": 10},
    {"bands": 7, "else": "suppress"},
    {"bands": 10**9},
    {"hierarchy": CITIES, "level": 1, "else": "suppress"},
    {"hierarchy": NUMBERS, "level": 1, "else": "null"},
]

LAW_VALUES = {  # what some rule knows, and what none does
    "text": st.one_of(
        st.ip_addresses().map(str),
        st.dates().map(str),
        st.integers(0, 200).map(str),
        st.sampled_from(["Munich", "Paris", "15", "1", "10.1.2.3/16", "80331", "", "äöü😀", "a\nb", "99999-01-01"]),
    )
}


@pytest.fixture
def written(tmp_path):
    """A hierarchy file of that text."""

    def made(text: str | bytes) -> str:
        path = tmp_path / "h.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return made


def refused(parameters, root=None) -> str:
    member, found = TRANSFORMS.parse({"generalize": parameters}, "x", root=root)
    assert member is None
    return " ".join(str(each) for each in found)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_prefix(make, apply, kind) -> None:
    values = ["80331", None, "80", "", "äöü😀x", "803"]
    assert apply(make("generalize", prefix=3), values, kind) == ["803**", None, "80", "", "äöü**", "803"]
    assert apply(make("generalize", prefix=3, fill="x"), values, kind) == ["803xx", None, "80", "", "äöüxx", "803"]
    assert apply(make("generalize", prefix=3, fill=""), values, kind) == ["803", None, "80", "", "äöü", "803"]
    assert apply(make("generalize", prefix=0), ["abc", ""], kind) == ["***", ""]
    assert make("generalize", prefix=3).effects(Column("c")).preserves_length
    assert not make("generalize", prefix=3, fill="").effects(Column("c")).preserves_length
    assert list(make("generalize", prefix=5).problems(Column("c", max_length=5)))
    assert not list(make("generalize", prefix=4).problems(Column("c", max_length=5)))


def network(text: str, four: int, six: int) -> str:
    address = ipaddress.ip_interface(text)
    kept = four if address.version == 4 else six
    made = ipaddress.ip_network(f"{address.ip}/{kept}", strict=False).network_address
    return f"{made}/{min(kept, address.network.prefixlen)}" if "/" in text else str(made)


def test_ip(make, apply) -> None:
    values = ["10.1.2.3", "255.255.255.255/32", "10.1.2.3/16", "2001:db8:1:2:3:4:5:6", "fe80::1/64", "0.0.0.0/0", "::"]
    for parameters, kept in (({"ip": 24}, (24, 48)), ({"ip6": 64}, (24, 64)), ({"ip": 9, "ip6": 127}, (9, 127))):
        expected = [network(value, *kept) for value in values]
        assert apply(make("generalize", **parameters), values) == expected
        assert apply(make("generalize", **parameters), [*values, None], logical="inet") == [*expected, None]
    assert apply(make("generalize", ip=0), values[:2]) == ["0.0.0.0", "0.0.0.0/0"]
    assert apply(make("generalize", ip=32, ip6=128), values) == values
    mapped = ["::ffff:10.1.2.3", "::ffff:10.1.2.3/128", "::ffff:a01:203"]
    assert apply(make("generalize", ip=24), mapped) == ["::ffff:10.1.2.0", "::ffff:10.1.2.0/120", "::ffff:10.1.2.0"]
    with pytest.raises(TransformError, match="1 of 2 distinct values cannot be generalized by ip"):
        apply(make("generalize", ip=24), ["10.1.2.3", "n/a"])
    assert apply(make("generalize", ip=24, **{"else": "suppress"}), ["n/a", None]) == ["*", None]
    assert apply(make("generalize", ip=24), ["10.1.2.3"], max_length=15) == ["10.1.2.0"]
    assert apply(make("generalize", ip=31, **{"else": "null"}), ["::ffff:ff01:203"], max_length=15) == [
        None
    ]  # too long


def test_networks_of_a_cidr_column_stay_networks(make, apply) -> None:
    made = apply(
        make("generalize", ip=12), ["10.255.0.0/16", "192.168.3.4/32", "10.0.0.0/8"], logical="inet", type="cidr"
    )
    assert [str(ipaddress.ip_network(text)) for text in made] == ["10.240.0.0/12", "192.160.0.0/12", "10.0.0.0/8"]


DAYS = [dt.date(2024, 2, 29), dt.date(2020, 12, 31), dt.date(2021, 1, 3), dt.date(1, 1, 1), dt.date(9999, 12, 31)]


def label(day: dt.date, period: str) -> str:
    year, week, _ = day.isocalendar()
    return {
        "year": f"{day.year:04}",
        "quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
        "month": day.isoformat()[:7],
        "week": f"{year:04}-W{week:02}",
        "day": day.isoformat(),
    }[period]


def first(day: dt.date, period: str) -> dt.date:
    if period == "week":
        return day - dt.timedelta(day.weekday())
    month = {"year": 1, "quarter": (day.month - 1) // 3 * 3 + 1}.get(period, day.month)
    return day if period == "day" else day.replace(month=month, day=1)


@pytest.mark.parametrize("period", ["year", "quarter", "month", "week", "day"])
def test_dates(make, apply, period) -> None:
    transform = make("generalize", date=period)
    assert apply(transform, [*DAYS, None], pa.date32()) == [*(first(day, period) for day in DAYS), None]
    texts = [str(day) for day in DAYS]
    assert apply(transform, [*texts, "infinity"], logical="date") == [
        *(str(first(d, period)) for d in DAYS),
        "infinity",
    ]
    every = [dt.date(2019, 12, 20) + dt.timedelta(n) for n in range(800)]
    assert apply(transform, [str(day) for day in every]) == [label(day, period) for day in every]
    assert apply(transform, texts) == [label(day, period) for day in DAYS]
    timed = [f"{texts[0]} 12:34:56.7+02", f"{texts[1]}T00:00"]
    assert apply(transform, timed) == [label(day, period) for day in DAYS[:2]]
    longest = make("generalize", date=period).effects(Column("c", max_length=3)).max_length
    assert longest == len(label(DAYS[0], period))


def test_text_that_is_no_date(make, apply) -> None:
    values = ["2024-02-30", "2024-2-3", "0000-01-01", "2024-13-01", "today", "2024-02-29x", "", "12024-01-01", None]
    assert apply(make("generalize", date="week", **{"else": "suppress"}), values) == ["*"] * 8 + [None]
    assert apply(make("generalize", date="month", **{"else": "null"}), values) == [None] * 9
    with pytest.raises(TransformError, match="8 of 8 distinct values cannot be generalized by date") as caught:
        apply(make("generalize", date="year"), values)
    assert "today" not in str(caught.value)


def test_bands_of_integers(make, apply) -> None:
    transform = make("generalize", bands=10)
    values = [0, 9, 10, 39, -1, -10, None]
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64()):
        assert apply(transform, values, kind) == [0, 0, 10, 30, -10, -10, None]
    assert apply(transform, [0, 9, 255, None], pa.uint8()) == [0, 0, 250, None]
    assert apply(transform, [2**64 - 1, 5], pa.uint64()) == [(2**64 - 1) // 10 * 10, 0]
    assert apply(transform, [-(2**63), 2**63 - 1, -(2**63) + 9], pa.int64()) == [
        -(2**63), (2**63 - 1) // 10 * 10, (-(2**63) + 9) // 10 * 10,
    ]  # fmt: skip
    assert apply(transform, [-(2**15)], pa.int64(), bits=16) == [-(2**15)]  # the band begins outside of the type
    assert apply(make("generalize", bands=100_000), [-5, 5], pa.int16()) == [-(2**15), 0]
    assert transform.effects(Column("c", logical="integer")).preserves_order


def test_bands_of_text(make, apply) -> None:
    values = ["0", "9", "45", "100", "007", None]
    assert apply(make("generalize", bands=10), values) == ["0-9", "0-9", "40-49", "100-109", "0-9", None]
    assert apply(make("generalize", bands=7), ["45"]) == ["42-48"]
    others = ["-5", "4.5", "", "x", "9" * 19, " 4", "٤"]
    assert apply(make("generalize", bands=10, **{"else": "suppress"}), others) == ["*"] * 7
    assert len(apply(make("generalize", bands=10**9), ["9" * 18])[0]) <= 39
    assert list(make("generalize", bands=10).problems(Column("c", max_length=4)))
    narrow = make("generalize", bands=10, **{"else": "null"})
    assert (
        not list(narrow.problems(Column("c", max_length=5)))
        and narrow.effects(Column("c", max_length=5)).max_length == 5
    )
    assert apply(narrow, ["45", "100"], max_length=5) == ["40-49", None]


def test_hierarchy(make, apply) -> None:
    values = ["Munich", "Paris", None, "Nürnberg", "Frankfurt;Main"]
    states = ["Bavaria", "Île-de-France", None, "Bavaria", "Hesse"]
    assert apply(make("generalize", hierarchy=CITIES, level=1), values) == states
    countries = ["Germany", "France", None, "Germany", "Germany"]
    assert apply(make("generalize", hierarchy=CITIES, level=2), values, pa.large_string()) == countries
    unknown = ["Rome", "munich", "Munich"]
    with pytest.raises(TransformError, match="2 of 3 distinct values are not in the hierarchy") as caught:
        apply(make("generalize", hierarchy=CITIES, level=1), unknown)
    assert "Rome" not in str(caught.value)
    for word, result in (("null", None), ("suppress", "*")):
        transform = make("generalize", hierarchy=CITIES, level=1, **{"else": word})
        assert apply(transform, unknown) == [result, result, "Bavaria"]
        assert apply(transform, ["MUNICH", "munich"], folds_case=True) == ["Bavaria", "Bavaria"]
    assert make("generalize", hierarchy=CITIES, level=1).effects(Column("c")).max_length == len("Île-de-France")


def test_hierarchy_of_numbers(make, apply) -> None:
    transform = make("generalize", hierarchy=NUMBERS, level=1)
    assert apply(transform, [15, None, -3, 1], pa.int16()) == [10, None, -10, 0]
    assert apply(transform, ["15"]) == ["10"]
    assert "integer" not in make("generalize", hierarchy=CITIES, level=1).effects(Column("c")).accepts
    suppress = make("generalize", hierarchy=NUMBERS, level=1, **{"else": "suppress"})
    assert list(suppress.problems(Column("c", logical="integer")))


def test_labels_beyond_the_integer_type(make, written) -> None:
    transform = make("generalize", hierarchy=written("1;40000\n"), level=1)
    assert list(transform.problems(Column("c", logical="integer", bits=16)))
    assert not list(transform.problems(Column("c", logical="integer", bits=32)))


def test_hierarchies_of_arx(make, apply) -> None:
    if not ADULT.exists():
        pytest.skip("the shared data are not beside this project")
    age = str(ADULT / "adult_hierarchy_age.csv")
    assert apply(make("generalize", hierarchy=age, level=1), ["39", "1"]) == ["35-39", "0-4"]
    assert apply(make("generalize", hierarchy=age, level=4), ["39"]) == ["*"]
    education = str(ADULT / "adult_hierarchy_education.csv")
    assert apply(make("generalize", hierarchy=education, level=2), ["11th"]) == ["Secondary education"]


@pytest.mark.parametrize("text", ["a,1,x\nb,2,y\n", "\ufeffa;1;x\r\nb;2;y\r\n", '"a";"1";"x"\n\nb;2;y'])
def test_forms_of_the_file(make, apply, written, text) -> None:
    assert apply(make("generalize", hierarchy=written(text), level=2), ["b", "a"]) == ["y", "x"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("secret;1\nother;1;2\n", "line 2: 3 fields, the lines before have 2"),
        ("secret;1\nsecret;2\n", "lines 1 and 2: one value with two labels on level 1"),
        ("secret;1\n\n\nb;1\nsecret;2\n", "lines 1 and 5"),
        ("secret\n", "line 1: no fields"),
        ("", "line 1: no fields"),
        ("\n;\n", "line 1: no fields"),
        ('secret;1\n"secret" x;1\n', "line 2: not CSV"),
        (b"secret;1\n\xff;2\n", "not written in UTF-8"),
    ],
)
def test_errors_of_the_file_name_lines_and_no_values(written, text, told) -> None:
    found = refused({"hierarchy": written(text), "level": 1})
    assert told in found and "secret" not in found


def test_a_level_that_is_not_there_and_a_missing_file(written, tmp_path) -> None:
    assert "has 2 levels, there is no level 3" in refused({"hierarchy": CITIES, "level": 3})
    assert "cannot be read" in refused({"hierarchy": str(tmp_path / "none.csv"), "level": 1})


def test_one_value_twice_with_one_label_is_no_error(make, apply, written) -> None:
    assert apply(make("generalize", hierarchy=written("a;1\na;1\n"), level=1), ["a"]) == ["1"]


def test_relative_paths_start_at_the_project(tmp_path) -> None:
    (tmp_path / "h.csv").write_text("a;1\n")
    member, found = TRANSFORMS.parse({"generalize": {"hierarchy": "h.csv", "level": 1}}, "x", root=tmp_path)
    assert member is not None and not found
    assert member.hierarchy == "h.csv"  # the plan does not depend on where the project lies
    assert "cannot be read" in refused({"hierarchy": "h.csv", "level": 1}, root=tmp_path / "elsewhere")


def test_the_file_is_part_of_the_identity(written) -> None:
    def dumped() -> tuple[Generalize, dict]:
        member = Generalize.model_validate({"hierarchy": str(path), "level": 1})
        return member, member.model_dump(mode="json", by_alias=True)

    path = Path(written("a;1\n"))
    (one, before), (same, _) = dumped(), dumped()
    assert before["hierarchy_sha256"] == hashlib.sha256(b"a;1\n").hexdigest()
    assert one == same and pickle.loads(pickle.dumps(one)) == one
    written("a;2\n")
    other, after = dumped()
    assert before != after and one != other
    assert spell([one]) == f"generalize(hierarchy={path}, level=1)"
    assert "hierarchy_sha256" not in Generalize(prefix=3).model_dump()


def test_stars_fit_only_into_text(make) -> None:
    transform = make("generalize", ip=24, **{"else": "suppress"})
    assert not list(transform.problems(Column("c"))) and not list(transform.problems(Column("c", logical="inet")))
    effects = make("generalize", ip=24, **{"else": "null"}).effects(Column("c"))
    assert effects.may_null and not make("generalize", prefix=3, **{"else": "null"}).effects(Column("c")).may_null


def test_other_columns_are_refused(make, apply) -> None:
    for parameters, value, kind in (({"prefix": 3}, 1, pa.int64()), ({"bands": 5}, dt.date(2024, 1, 1), pa.date32()),
                                    ({"date": "year"}, 1.5, pa.float64())):  # fmt: skip
        with pytest.raises(TransformError, match="does not fit"):
            apply(make("generalize", **parameters), [value], kind)
    assert apply(make("generalize", prefix=3), pa.nulls(2), logical="text") == [None, None]


def test_the_same_everywhere(make) -> None:
    context = Context("s.t.c", Column("c"), "example", KeyRing("example", {1: Sealed(bytes(32))}))
    column = pa.array(["80331", None, "80995", "80331", "1"])
    whole = make("generalize", prefix=3).apply(column, context)
    assert make("generalize", prefix=3).apply(column[1:4], context).equals(whole[1:4])


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"prefix": 3, "ip": 24}, {"prefix": 65}, {"ip": 33}, {"ip6": 129}, {"date": "hour"}, {"bands": 1},
        {"hierarchy": CITIES}, {"level": 1}, {"prefix": 3, "level": 1}, {"fill": "x", "bands": 5}, {"prefix": 1, "fill": "**"},
        {"bands": 5, "else": "token"}, {"ip6": 48, "date": "year"},
    ],
)  # fmt: skip
def test_mistaken_parameters(parameters) -> None:
    assert refused(parameters)
