"""Reports and slips on paper: the vectors that the browser shares, and what a manager must find on a Z."""

import json
from pathlib import Path

import pytest

from edge_agent.wire.blocks import Document
from server.cash.paper import slip_blocks, z_blocks
from server.core.words import words_of

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "zpaper.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["reports"], ids=lambda case: f"{case['name']} {case['language']}")
def test_reports_are_those_of_the_vectors(case):
    blocks = z_blocks(case["report"], case["language"], words_of(case["language"]))

    assert blocks == case["blocks"]
    assert len(Document.from_dict({"blocks": blocks}).blocks) == len(blocks)


@pytest.mark.parametrize("case", VECTORS["slips"], ids=lambda case: f"{case['move']['direction']} {case['language']}")
def test_slips_are_those_of_the_vectors(case):
    assert slip_blocks(case["move"], case["language"], words_of(case["language"])) == case["blocks"]


def rows(name):
    case = next(case for case in VECTORS["reports"] if (case["name"], case["language"]) == (name, "az"))
    blocks = z_blocks(case["report"], "az", words_of("az"))
    return {block["left"]: block["right"] for block in blocks if block["kind"] == "row"}


def test_a_z_says_what_was_sold_what_should_be_there_and_what_is_missing():
    z = rows("short")

    assert z["YEKUN"] == "85,17 AZN"
    assert z["ƏDV 18%, baza 61,16"] == "11,01"
    assert z["ƏDV 0%, baza 10,00"] == z["ƏDV-dən azad, baza 3,00"] == "0,00"
    assert z["Olmalıdır"] == "90,17"
    assert z["Əskik"] == "0,17"
    assert z["Satışların ümumi cəmi, sonra"] == "1087,50"
    assert z["Gecikmiş satışlar, Z K2-Z000006 (1)"] == "3,10"


def test_an_x_closes_nothing_and_may_hide_what_is_expected():
    assert "Sayılıb" not in rows("x")
    assert "Satışların ümumi cəmi, sonra" not in rows("x")
    assert rows("x")["Olmalıdır"] == "90,17"
    assert "Olmalıdır" not in rows("blind x")
