"""Bad input over the public API: each a clear message that has words in every language, and nothing lost."""

import dataclasses
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from edge_agent.profiles import printer_profile
from edge_agent.rendering import PrintJob, render
from edge_agent.wire import Document, WireError
from fixtures.browser import PUBLIC_KEY
from server.core.doors import App
from server.core.flags import Flag
from server.core.inbox import RejectedOperation
from server.core.tenant import Tenant
from server.core.transaction import session
from server.devices.models import DeviceJob
from server.devices.models import Terminal as TerminalRow
from server.sales.models import Sale
from server.seeds.till import Head
from server.values.barcode import with_check_digit
from tests.edge_agent.escpos_decoder import Reading, read
from tests.server.api.requests import Request, send_by
from tests.server.worlds import Terminal, World, make_world

BREAD = "Tandır çörəyi"
LANGUAGES = ("az", "en", "ru", "tr")
LOCALES = Path(__file__).parents[3] / "server" / "locales"
OPENS_DRAWER = "\x1bp\x00\x19\xfa"
OPENS_DRAWER_NOW = "\x10\x14\x01\x00\x01"
CUTS = "\x1dV\x00"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    opened.open(5_000)
    return opened


@pytest.fixture(scope="module")
def words() -> dict[str, dict[str, str]]:
    """What is said for a code, by language."""
    return {name: json.loads((LOCALES / name / "errors.json").read_text("utf-8")) for name in LANGUAGES}


def has_words(words: dict[str, dict[str, str]], code: str) -> bool:
    return all(f"errors.{code}" in words[language] for language in LANGUAGES)


def faults(answer: TestResponse) -> list[tuple[str, str]]:
    """Faulty fields and their codes."""
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    return [(fault["field"], fault["code"]) for fault in answer.json["errors"]]


def printed(document: Document) -> Reading:
    """What a printer would do with a paper."""
    profile = printer_profile("virtual")
    pages = {number: page for page, number in profile.code_pages.items()}
    raw = render(PrintJob(document=document, tag="7F3A"), profile)
    return read(raw, pages, (profile.cell_width, profile.cell_height))


def body_of(world: World, **change: Any) -> dict[str, Any]:
    """A new item."""
    known = world.owner().get(f"/catalog/items/{world.ware(BREAD).item_id}").json
    return {"sku": "N1", "name": "Yeni", "unit_id": known["unit_id"], "tax_class_id": known["tax_class_id"]} | change


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": f"Süd{OPENS_DRAWER}"}, "name", "control_characters"),
        ({"name": f"Süd{OPENS_DRAWER_NOW}"}, "name", "control_characters"),
        ({"name": "Süd\x00"}, "name", "control_characters"),
        ({"name": "Süd\x85ucuz"}, "name", "control_characters"),
        ({"sku": "S\x7f1"}, "sku", "control_characters"),
        ({"barcodes": [{"code": "4006381333932"}]}, "barcodes.0.code", "wrong_check_digit"),
        ({"barcodes": [{"code": "96385075"}]}, "barcodes.0.code", "wrong_check_digit"),
        ({"barcodes": [{"code": "çörək"}]}, "barcodes.0.code", "not_a_code"),
        ({"price_minor": 10**15}, "price_minor", "out_of_range"),
        ({"unit_id": 2**40}, "unit_id", "not_found"),
    ],
)
def test_a_faulty_item_is_refused_with_its_field_and_a_word_for_it(
    world: World, words: dict[str, dict[str, str]], change: dict[str, Any], field: str, code: str
) -> None:
    before = world.contents()

    answer = world.owner().post("/catalog/items", body_of(world, **change))

    assert faults(answer) == [(field, code)]
    assert has_words(words, code) and has_words(words, answer.json["code"])
    assert world.contents()["item"] == before["item"]


def test_an_unknown_code_is_not_found_and_a_wrong_one_is_just_as_unknown(world: World, till: Terminal) -> None:
    answers = [
        till.browser.get(f"/catalog/barcodes/{code}")
        for code in (with_check_digit("476099999999"), "4760", "%00", "a%1b", "%ff")
    ]

    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(404, "application/problem+json")] * 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff\xfe",
        b"sku;name\n",
        b"what;is;this\n1;2;3\n",
        b'sku;name;unit;tax;price\n1;"open quote;kq;azad;2\n',
        "sku;name;unit;tax;price\nA;Süd\x1bp;kq;azad;2\n".encode(),
        "sku;name;unit;tax;price;barcode\nA;Süd;kq;azad;2;4006381333932\n".encode(),
        "sku;name;unit;tax;price\nA;Süd;qutu;azad;iki;y;z\n".encode(),
    ],
)
def test_a_malformed_file_is_reported_row_by_row_and_nothing_is_written(
    world: World, words: dict[str, dict[str, str]], content: bytes
) -> None:
    owner = world.owner()
    before = world.contents()

    for query in ({"dry_run": "true"}, {}):
        request = Request(query=query, file=(content, "mallar.csv"))
        answer = send_by(owner, "/api/v1/catalog/imports", "POST", request)
        assert answer.status_code == 200, answer.text
        assert answer.json["faults"] > 0 and answer.json["errors"], answer.json
        assert all(has_words(words, fault["code"]) for fault in answer.json["errors"]), answer.json["errors"]

    assert world.contents()["item"] == before["item"]
    assert answer.json["state"] == "refused"


def test_control_bytes_in_the_name_of_a_file_are_dropped(world: World) -> None:
    content = "sku;name;unit;tax;price\nA9;Süd;kq;azad;2,50\n".encode()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00\x1bb.csv"\r\n\r\n'

    answer = world.owner()._open(
        "POST",
        "/catalog/imports",
        data=head + content + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert (answer.status_code, answer.json["state"], answer.json["file_name"]) == (200, "done", "ab.csv"), answer.text


def test_a_file_that_is_too_large_is_refused_as_a_problem(world: World) -> None:
    answer = send_by(
        world.owner(), "/api/v1/catalog/imports", "POST", Request(file=(b"x" * 9 * 1024 * 1024, "mallar.csv"))
    )

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"data": b"{", "content_type": "application/json"}, ("body", "not_valid")),
        ({"data": b"\xff\xfe{}", "content_type": "application/json"}, ("body", "not_valid")),
        ({"data": b"[]", "content_type": "application/json"}, ("body", "not_object")),
        ({"data": b"name=a", "content_type": "application/x-www-form-urlencoded"}, ("name", "required")),
        ({"data": b"", "content_type": "application/json"}, ("name", "required")),
        ({"data": b'{"name": "A", "surprise": 1}', "content_type": "application/json"}, ("surprise", "unknown_field")),
    ],
)
def test_what_is_not_asked_for_is_refused_by_name(
    world: World, words: dict[str, dict[str, str]], sent: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = world.owner()._open("POST", "/catalog/categories", **sent)

    assert faults(answer) == [fault]
    assert has_words(words, fault[1])


def test_tenders_that_do_not_cover_the_total_are_kept_whole_for_a_person(
    world: World, till: Terminal, words: dict[str, dict[str, str]]
) -> None:
    sale = till.sell([till.line(BREAD)])
    tender = sale["body"]["tenders"][0]
    short = tender | {"amount_minor": tender["amount_minor"] - 1, "given_minor": tender["given_minor"] - 1}
    till.outbox[-1] = sale | {"body": sale["body"] | {"tenders": [short]}}

    result = till.push()["results"][-1]

    assert (result["verdict"], result["error"]["code"]) == ("rejected", "tenders_differ")
    assert has_words(words, "tenders_differ")
    assert world.rows(Sale) == []
    (shown,) = world.owner().get("/flags/rejected").json["rows"]
    assert shown["operation_id"] == sale["id"]
    assert shown["body"]["body"]["tenders"] == [short]
    assert [row.operation_id for row in world.rows(RejectedOperation)] == [uuid.UUID(sale["id"])]


def test_a_sale_pushed_into_a_closed_shift_and_one_into_an_unknown_shift_are_booked(
    world: World, till: Terminal
) -> None:
    till.sell([till.line(BREAD)])
    late = till.sell([till.line(BREAD)])
    till.outbox.remove(late)
    till.close()
    till.push()
    till.outbox.append(late)
    closed = till.push()["results"][0]

    unknown = till.sell([till.line(BREAD)])
    till.outbox[-1] = unknown | {"shift_id": str(uuid.UUID(int=7))}
    made = till.push()["results"][0]

    assert (closed["verdict"], closed["flags"]) == ("accepted", ["late_for_shift"])
    assert made["verdict"] == "accepted"
    assert {str(sale.id) for sale in world.rows(Sale)} >= {late["id"], unknown["id"]}
    assert [flag.kind for flag in world.rows(Flag) if flag.subject_id == late["id"]] == ["late_for_shift"]


def test_more_returned_than_sold_is_booked_and_flagged(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    till.give_back(sale, [(1, 1_000)])
    till.give_back(sale, [(1, 1_000)])

    results = till.push()["results"]

    assert {row["verdict"] for row in results} == {"accepted"}
    assert results[-1]["flags"] == ["returned_too_much"]
    assert len(world.rows(Sale)) == 3


def test_a_revoked_terminal_keeps_what_it_rang_and_sends_it_once_it_is_paired_again(
    world: World, till: Terminal, words: dict[str, dict[str, str]]
) -> None:
    till.push()
    same_key = sa.update(TerminalRow).where(TerminalRow.id == till.id).values(public_key=PUBLIC_KEY)
    world.inside(lambda: session().execute(same_key), mode="writing")
    sale, owner = till.sell([till.line(BREAD)]), world.owner()
    owner.now_ms = till.now_ms
    assert owner.post(f"/devices/terminals/{till.id}/revoke").status_code == 200

    shut_out = till.browser.post("/sync/push", {"batch": "b", "ops": till.outbox})
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]
    again = till.browser.post("/devices/pair", {"code": code, "name": "Kassa K1", "public_key": PUBLIC_KEY})

    assert (shut_out.status_code, shut_out.mimetype) == (401, "application/problem+json")
    assert shut_out.json["code"] == "device_revoked" and has_words(words, "device_revoked")
    assert again.status_code == 200
    results = till.browser.post("/sync/push", {"batch": "b", "ops": till.outbox}).json["results"]
    assert [row["verdict"] for row in results] == ["accepted"], results
    assert [str(row.id) for row in world.rows(Sale)] == [sale["id"]]


def test_control_bytes_in_a_name_are_no_printer_command(world: World, till: Terminal) -> None:
    world.give_devices(till.id)
    name = f"Süd{OPENS_DRAWER}{OPENS_DRAWER_NOW}{CUTS}yağlı"
    line = till.line(BREAD)
    ware = dataclasses.replace(line.ware, name=name)
    till.sell([dataclasses.replace(line, ware=ware)], [till.card()], Head(prints=True), age_ms=1_000)
    assert set(till.verdicts()) == {"accepted"}

    (job,) = world.rows(DeviceJob)
    paper = printed(Document.from_dict(job.args["doc"]))
    assert (paper.pulses, paper.strays, len(paper.papers)) == ([], [], 1)
    assert "yağlı" in paper.papers[0].text and "\x1b" not in paper.papers[0].text


def test_even_a_name_that_stands_in_the_database_with_commands_prints_none() -> None:
    """Whoever wrote it there: the wire takes no NUL, and the renderer trusts no text."""
    text = f"Süd {OPENS_DRAWER}{OPENS_DRAWER_NOW}{CUTS}"
    with pytest.raises(WireError):
        Document.from_dict({"blocks": [{"kind": "text", "text": text}]})
    blocks = [{"kind": "text", "text": text.replace("\x00", "\x01")}]

    paper = printed(Document.from_dict({"blocks": blocks}))

    assert (paper.pulses, paper.strays, len(paper.papers)) == ([], [], 1)
