"""The paper of sales: the vectors that the browser shares, and the facts that a customer must find on it."""

import json
from pathlib import Path

import pytest

from edge_agent.wire.blocks import Document
from server.core.words import words_of
from server.sales.receipt import receipt_blocks

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "receipts.json").read_text(encoding="utf-8"))


def paper(name, language="az"):
    case = next(case for case in VECTORS if (case["name"], case["language"]) == (name, language))
    return receipt_blocks(case["sale"], language, words_of(language), case["copy"])


def rows(blocks):
    return [(block["left"], block["right"]) for block in blocks if block["kind"] == "row"]


def texts(blocks):
    return [block["text"] for block in blocks if block["kind"] == "text"]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['name']} {case['language']}")
def test_the_blocks_are_those_of_the_vectors(case):
    blocks = receipt_blocks(case["sale"], case["language"], words_of(case["language"]), case["copy"])

    assert blocks == case["blocks"]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['name']} {case['language']}")
def test_the_agent_takes_every_paper(case):
    assert len(Document.from_dict({"blocks": case["blocks"]}).blocks) == len(case["blocks"])


def test_a_sale_shows_seller_lines_discounts_taxes_and_tenders():
    blocks = paper("sale")

    assert texts(blocks)[:4] == ["Bahar Market MMC", "Bahar Nizami", "Bakı, Nizami küç. 12", "VÖEN: 1234567891"]
    assert rows(blocks) == [
        ("Çek K2-000042", "24.11.2026 18:05"),
        ("Kassa: K2", "Kassir: Aysel M."),
        ("2 x 2,45", "4,90"),
        ("Təndir çörəyi", "1,20"),
        ("1,235 kq x 2,10", "2,59"),
        ("Endirim", "-0,26"),
        ("Endirimsiz cəmi", "8,69"),
        ("Endirimlər", "-0,41"),
        ("CƏMİ", "8,28 AZN"),
        ("ƏDV 18%, baza 6,00", "1,08"),
        ("ƏDV-dən azad, baza 1,20", "0,00"),
        ("Nağd", "5,00"),
        ("Kart", "3,28"),
    ]
    assert "Qeyd: yumşaq" in texts(blocks)
    assert texts(blocks)[-2:] == ["Alış-veriş üçün təşəkkür edirik!", "Fiskal sənəd deyil"]
    assert {"kind": "qr", "data": "AS1:0199F0C4-7B1A-7CDE-8F00-0123456789AB"} in blocks


def test_a_return_names_the_receipt_and_what_was_paid_back():
    blocks = paper("return")

    assert texts(blocks)[3:5] == ["QAYTARMA", "Qaytarılan malın çeki: K2-000042"]
    assert ("-1 x 2,45", "-2,45") in rows(blocks)
    assert ("Endirim", "0,12") in rows(blocks)
    assert ("QAYTARILIR", "2,33 AZN") in rows(blocks)
    assert ("Geri verildi: Nağd", "2,33") in rows(blocks)


def test_change_stands_below_the_cash():
    given, change = rows(paper("change"))[-2:]

    assert (given, change) == (("Nağd", "20,00"), ("Qalıq", "11,72"))
    assert texts(paper("change"))[-2:] == ["Yenə gəlin!", "Fiskal sənəd deyil"]


def test_a_copy_says_so_with_its_time_and_its_number_once_it_has_one():
    assert "SURƏT" in texts(paper("copy"))
    assert "Çap edilib: 25.11.2026 09:30" in texts(paper("copy"))
    assert "Surət 2" not in texts(paper("copy"))
    assert "Surət 2" in texts(paper("numbered copy"))
    assert "SURƏT" not in texts(paper("sale"))


def test_a_sale_of_nothing_has_no_tender():
    assert rows(paper("free"))[-1] == ("CƏMİ", "0,00 AZN")
