"""Filters, paths, file names and files that try to be something else: SQL, JSON, another file, a bomb."""

import dataclasses
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catalog.exports import DANGEROUS, _safe
from server.core.doors import App
from tests.server.api.contract import Contract
from tests.server.api.recipes import RECIPES
from tests.server.api.requests import Request, address, send_by
from tests.server.api.sites import MARK, Site
from tests.server.api.test_isolation import of_a_shop

CORPUS = (
    "' OR '1'='1",
    "' OR 1=1--",
    '" OR ""="',
    "'; DROP TABLE item;--",
    "1); DELETE FROM person;--",
    "' UNION SELECT pin_hash, password_hash FROM person--",
    "a'||(SELECT password_hash FROM person LIMIT 1)||'",
    "$(sleep 5)",
    "1; SELECT pg_sleep(5)--",
    "\\",
    "\\'",
    "%' ESCAPE '",
    "'%",
    '{"$ne": null}',
    '["a", "b"]',
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd",
    "{{7*7}}",
    "${jndi:ldap://127.0.0.1/a}",
    "%s%s%s%n",
    "\u202e\u0000x",
    "İ" * 300,
    "💥",
    "\ud800",
)
SLOW_S = 4.0
"""What a statement that was let to sleep for five seconds would take longer than; nothing else does, even here."""

CANARY = "canary-of-another-file"
INSIDES = ("sqlite3", "psycopg", "sqlalchemy", "syntax error", "Traceback", "$argon2", "root:x:0", CANARY)


def text_filters(app: App, contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Endpoint, address and name of every filter that takes a text."""
    for rule, method in of_a_shop(app):
        operation = contract.operation(rule.rule, method) if method == "GET" else None
        for parameter in (operation or {}).get("parameters", []):
            kinds = parameter.get("schema", {}).get("type", "string")
            if parameter.get("in") == "query" and "string" in ([kinds] if isinstance(kinds, str) else kinds):
                yield rule.endpoint, rule.rule, parameter["name"]


def test_no_filter_is_read_as_anything_but_a_text(app: App, site: Site, neighbour: Site) -> None:
    assert neighbour.sale
    contract, faults, asked = Contract(app), [], 0
    for endpoint, rule, name in text_filters(app, contract):
        request = RECIPES[endpoint](site)
        browser = site.visitors[request.by] if isinstance(request.by, str) else request.by
        for payload in CORPUS:
            begun = time.monotonic()
            query = {**request.query, name: payload.encode("utf-8", "surrogatepass")}
            with send_by(
                browser, address(rule, request.path), "GET", dataclasses.replace(request, query=query)
            ) as answer:
                asked += 1
                said = "" if answer.mimetype == "text/event-stream" else answer.text.replace(payload, "")
                is_quick = time.monotonic() - begun < SLOW_S
                if answer.status_code not in (200, 401, 404, 410, 422) or not is_quick or MARK in said:
                    faults.append((endpoint, name, payload, answer.status_code, said[:200]))
                faults += [(endpoint, name, payload, word) for word in INSIDES if word in said]

    assert faults == []
    assert asked > 15 * len(CORPUS)


# An underscore parts words, so none reaches the database.
@pytest.mark.parametrize("payload", ["%", "%%", "%_%"])
def test_a_sign_that_stands_for_anything_to_the_database_stands_for_itself(site: Site, payload: str) -> None:
    owner = site.visitors["owner"]
    everything = {path: len(owner.get(path).json["rows"]) for path in ("/staff/people", "/catalog/items")}

    found = {path: owner.get(path, q=f"Ays{payload}l").json["rows"] for path in everything}

    assert min(everything.values()) > 1
    assert all(rows == [] for rows in found.values()), found


CLIMBS = [
    "../canary.txt",
    "..%2fcanary.txt",
    "%2e%2e/canary.txt",
    "....//canary.txt",
    "assets/../../canary.txt",
    "..\\canary.txt",
    "/etc/passwd",
    "//etc/passwd",
    "icons/../../../../../../etc/passwd",
    "file:///etc/passwd",
    "canary.txt%00.png",
    "C:\\canary.txt",
]


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_address_leads_out_of_the_app_s_folder(site: Site, built: Path, climb: str) -> None:
    (built.parent / "canary.txt").write_text(CANARY)

    answer = send_by(site.visitors["nobody"], f"/app/{climb}", "GET", Request())

    assert answer.status_code in (200, 302, 404, 308), answer.status_code
    assert not any(word in answer.get_data(as_text=True) for word in INSIDES)


@pytest.mark.parametrize("climb", ["../../etc/passwd", "%0d%0aX-Evil:%201", "a%00b", "@127.0.0.1:1/x", "a b", "ö"])
def test_the_way_to_the_virtual_hardware_leads_nowhere_else(site: Site, climb: str) -> None:
    answer = send_by(site.till.browser, f"/api/v1/devices/counter/{climb}", "GET", Request())

    assert answer.status_code in (200, 404, 422, 503), answer.text
    assert "X-Evil" not in answer.headers
    assert answer.status_code == 200 or answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("cursor", ["0.json/../1", "%2e%2e", "1.json%00", "99999999999999999999", "-1", "1e9", "x"])
def test_a_snapshot_is_named_by_a_number_and_nothing_else(site: Site, cursor: str) -> None:
    answer = send_by(site.till.browser, f"/api/v1/sync/snapshot/{cursor}.json", "GET", Request())

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), answer.text


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "..\\..\\x.csv",
        "/etc/passwd",
        "a\x00.csv",
        "<img src=x>.csv",
        "=cmd|'/c calc'!A0.csv",
        "x" * 500,
    ],
)
def test_the_name_of_a_file_is_a_text_and_no_place(site: Site, name: str, tmp_path: Path) -> None:
    content = b"sku;name;unit;tax;price\n;;;;\n"

    answer = send_by(site.visitors["owner"], "/api/v1/catalog/imports", "POST", Request(file=(content, name)))

    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert "/" not in answer.json["file_name"].replace("</", "") or answer.json["state"] == "refused"


def bomb() -> bytes:
    """A spreadsheet file that unpacks to a hundred times as much as is let in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    return packed.getvalue()


FILES = {
    "zip bomb": bomb,
    "entities": lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "many columns": lambda: b";" * 2_000_000,
    "many rows": lambda: b"sku;name\n" + b"\n" * 3_000_000,
    "one long cell": lambda: b'sku;name\n1;"' + b"x" * 4_000_000 + b'"\n',
    "quotes": lambda: b'"' * 1_000_001,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_a_bomb_is_refused_quickly(site: Site, kind: str) -> None:
    content = FILES[kind]()
    begun = time.process_time()

    answer = send_by(site.visitors["owner"], "/api/v1/catalog/imports", "POST", Request(file=(content, "mallar.xlsx")))

    assert answer.status_code in (200, 413), answer.text
    assert answer.status_code == 413 or (answer.json["state"], answer.json["faults"] > 0) == ("refused", True)
    assert "root:x:0" not in answer.text
    assert time.process_time() - begun < SLOW_S


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n '\"a1;,|"), max_size=12))
def test_no_cell_of_an_export_is_a_formula(cell: str) -> None:
    """CSV formula injection: whatever a name begins with, a spreadsheet takes it for text."""
    safe = _safe(cell)

    assert not safe.startswith(DANGEROUS)
    assert safe in (cell, f"'{cell}")


def test_every_export_is_made_by_the_one_that_makes_cells_safe() -> None:
    server = Path(__file__).parents[3] / "server"

    writers = {
        str(file.relative_to(server)) for file in server.rglob("*.py") if "csv.writer" in file.read_text("utf-8")
    }

    assert writers == {"catalog/exports.py"}
