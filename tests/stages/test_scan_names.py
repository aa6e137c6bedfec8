"""What column names say, as whole words and phrases; what they must never be taken for."""

from __future__ import annotations

import pytest

from anon_assets.columns import LogicalType
from anon_assets.contracts.database import Column, ForeignKey, Schema, Table
from anon_assets.contracts.detector import Verdict
from anon_assets.stages.name_evidence import about_persons, names_itself, words
from anon_assets.stages.scan import refine, scan_batches


def judged(*columns: str, table: str = "facts", logical: LogicalType = "text") -> dict[str, Verdict]:
    whole = Table("public", table, tuple(Column(name, logical=logical) for name in columns))
    return {verdict.column: verdict for verdict in scan_batches(whole, [])}


@pytest.mark.parametrize(
    ("column", "entity"),
    [
        ("email", "email"), ("EMAIL_ADDRESS", "email"), ("eMail", "email"), ("contactEmail", "email"),
        ("e_mail_2", "email"),
        ("Correo Electrónico", "email"), ("courriel", "email"), ("adresse_mail", "email"),
        ("phone", "phone"), ("phoneNumber", "phone"), ("tel", "phone"), ("fax", "phone"), ("Rufnummer", "phone"),
        ("mobiele_telefoon", "phone"), ("téléphone", "phone"), ("telephone", "phone"),
        ("first_name", "first_name"), ("firstname", "first_name"), ("FirstName", "first_name"),
        ("Vorname", "first_name"),
        ("prenom", "first_name"), ("prénom", "first_name"), ("imię", "first_name"), ("imie", "first_name"),
        ("last_name", "last_name"), ("surname", "last_name"), ("Nachname", "last_name"), ("apellidos", "last_name"),
        ("customer_name", "person_name"), ("fullName", "person_name"), ("nom_complet", "person_name"),
        ("billing_address", "street_address"), ("address2", "street_address"), ("Straße", "street_address"),
        ("strasse", "street_address"), ("shipping_addresses", "street_address"), ("adres", "street_address"),
        ("ip", "ip_address"), ("client_ip", "ip_address"), ("ipAddress", "ip_address"), ("adresse_ip", "ip_address"),
        ("credit_card_number", "payment_card"), ("cardNo", "payment_card"), ("Kreditkartennummer", "payment_card"),
        ("zip", "postal_code"), ("zip_code", "postal_code"), ("PLZ", "postal_code"),
        ("billing_postal_code", "postal_code"),
        ("birth_date", "date_of_birth"), ("dob", "date_of_birth"), ("Geburtsdatum", "date_of_birth"),
        ("fecha_nacimiento", "date_of_birth"), ("date_of_birth", "date_of_birth"),
        ("username", "username"), ("user_name", "username"), ("login", "username"), ("Benutzername", "username"),
        ("password", "password"), ("password_hash", "password"), ("passwd", "password"), ("mot_de_passe", "password"),
        ("contraseña", "password"), ("hasło", "password"), ("salary", "salary"), ("Gehalt", "salary"),
        ("base_salary", "salary"),
        ("job_title", "job_title"), ("Beruf", "job_title"), ("Staatsangehörigkeit", "country"),
        ("staatsangehoerigkeit", "country"), ("nationality", "country"),
    ],
)  # fmt: skip
def test_a_name_is_read_by_its_words(column: str, entity: str) -> None:
    verdict = judged(column)[column]
    assert (verdict.verdict, verdict.entity) == ("type", entity)
    assert verdict.rule.startswith("name:")
    assert verdict.confidence < 0.9  # no value was seen


@pytest.mark.parametrize(
    "column",
    [
        "email_id", "email_verified", "email_count", "email_type", "email_template", "email_sent", "address_id",
        "phone_count",
        "phone_verified", "last_update", "city_id", "ip_version", "name_length", "address_type", "password_changed",
        "password_reset", "card_type", "zipline", "emailing", "telescope", "mailbox_quota", "user_id", "customer_id",
        "street_id", "login_attempts", "last_login", "file_name", "host_name", "product_name", "title", "name",
        "city", "state",
        "country", "notes", "description", "position", "memory_address", "phone_model", "country_code",
        "composer", "artist", "track", "reports_to", "amount", "status", "value", "key", "acid", "shipping",
    ],
)  # fmt: skip
def test_a_name_is_not_taken_for_more_than_it_says(column: str) -> None:
    assert not judged(column)[column].personal


def test_storage_types_veto_names() -> None:
    never: tuple[tuple[str, LogicalType], ...] = (
        ("email", "boolean"), ("phone", "timestamp"), ("password", "date"), ("first_name", "integer"),
        ("credit_card", "boolean"), ("login", "timestamp"), ("birth_date", "boolean"),
    )  # fmt: skip
    for column, logical in never:
        assert judged(column, logical=logical)[column].verdict != "type"
    assert judged("birth_date", logical="date")["birth_date"].entity == "date_of_birth"
    assert judged("salary", logical="decimal")["salary"].entity == "salary"


def test_weak_words_count_beside_persons() -> None:
    alone = judged("city", "country", "state", "name", "notes", "company")
    assert not any(verdict.personal for verdict in alone.values())
    beside = judged("email", "city", "country", "state", "name", "notes", "company")
    assert {column: verdict.entity for column, verdict in beside.items()} == {
        "email": "email", "city": "city", "country": "country", "state": "region", "name": "person_name",
        "notes": "free_text", "company": "company",
    }  # fmt: skip
    assert beside["city"].rule == "beside:city"
    assert beside["city"].tier == "quasi"
    assert not beside["city"].identifying


def test_a_table_named_for_persons_is_about_persons() -> None:
    assert judged("city", table="patients")["city"].entity == "city"
    assert not judged("city", table="patient_types")["city"].personal
    assert about_persons("tbl_Kunden")
    assert not about_persons("user_settings")
    assert not about_persons("films")


def test_a_title_is_a_job_only_beside_a_name() -> None:
    assert not judged("title", "release_year", table="film")["title"].personal
    assert not judged("title", "email", table="newsletter")["title"].personal
    assert judged("title", "first_name", "last_name", table="employee")["title"].entity == "job_title"
    assert judged("name", "title", table="staff")["title"].entity == "job_title"


def test_lists_of_places_are_not_persons() -> None:
    for table, column in (
        ("city", "city"),
        ("cities", "city"),
        ("countries", "country_name"),
        ("zip_codes", "zip_code"),
    ):
        assert names_itself(table, column) is (table != "zip_codes")
    assert not judged("city", "country_id", table="city")["city"].personal
    assert judged("address", "district", table="address")["address"].entity == "street_address"


def test_a_reference_to_a_personal_column_is_personal_too() -> None:
    users = Table("public", "users", (Column("login"), Column("city")))
    orders = Table(
        "public", "orders", (Column("placed_by"), Column("amount", logical="decimal")),
        foreign_keys=(ForeignKey("fk", ("placed_by",), "public.users", ("login",)),),
    )  # fmt: skip
    items = Table(
        "public", "items", (Column("by"),), foreign_keys=(ForeignKey("fk", ("by",), "public.orders", ("placed_by",)),)
    )
    found = {table.place: scan_batches(table, []) for table in (items, orders, users)}
    assert found["public.orders"][0].verdict == "unknown"
    refined = refine(Schema((items, orders, users)), found)
    first, second = refined["public.orders"]
    assert (first.entity, first.rule, first.identifying) == ("username", "key:public.users.login", True)
    assert not second.personal
    assert refined["public.items"][0].entity == "username"
    assert refine(Schema((items, orders, users)), refined) == refined
    assert refine(Schema((items, orders, users)), {"public.items": found["public.items"]}) == {
        "public.items": found["public.items"]
    }


def test_words_are_parted_at_humps_digits_and_signs() -> None:
    assert words("customerEMailAddress_2nd") == ("customer", "e", "mail", "address", "nd")
    assert words("Größe.Łódź") == ("grosse", "lodz") or words("Größe.Łódź") == ("große", "lodz")
    assert words("123") == ()


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("cust_fnm", "first_name"), ("LNAME", "last_name"), ("EMAILADDR1", "email"), ("phn_no", "phone"),
        ("usrPswd", "password"), ("geb_dat", "date_of_birth"), ("brthDt", "date_of_birth"), ("d_o_b", "date_of_birth"),
        ("user_nm", "username"), ("pass_word", "password"), ("CUSTPHN", "phone"),
    ],
)  # fmt: skip
def test_short_forms_are_written_out(column: str, meant: str) -> None:
    assert judged(column)[column].entity == meant


@pytest.mark.parametrize(
    "column",
    ["storage", "postage", "usage_kb", "mileage", "package", "telemetry", "faxed", "phonetic_key", "mobility", "empire",
     "custom", "patch", "addressable", "emailed_at", "namespace", "numbers", "dated", "media"],
)  # fmt: skip
def test_no_word_is_found_inside_another(column: str) -> None:
    assert not judged(column)[column].personal
