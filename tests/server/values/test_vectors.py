"""The shared vectors of `server.values`: the browser's `core/` reads the same files."""

import json
import uuid
from pathlib import Path

import pytest

from server.values import barcode, folding, gs1, hlc, labels, money, paper, rounding, tax

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_products_round_half_up_away_from_zero():
    for case in vectors("money")["scaled"]:
        assert rounding.round_half_up(case["a"] * case["b"], case["divisor"]) == case["expected"], case


def test_line_amounts_and_percentages():
    for case in vectors("money")["line_amount"]:
        expected = case.pop("expected")
        assert money.line_amount(**case) == expected, case
    for case in vectors("money")["percent_of"]:
        assert money.percent_of(case["amount_minor"], rate_bp=case["rate_bp"]) == case["expected"], case


def test_plain_amounts_are_written_and_read():
    for case in vectors("money")["plain"]:
        assert money.plain(case["amount_minor"], case["currency"]) == case["expected"]
    for case in vectors("money")["parse"]:
        if case["expected"] is None:
            with pytest.raises(ValueError, match="not an amount"):
                money.parse(case["text"])
        else:
            assert money.parse(case["text"]) == case["expected"], case


def test_amounts_are_allocated_by_largest_remainder():
    for case in vectors("allocate"):
        assert money.allocate(case["amount_minor"], case["weights"]) == case["expected"], case


def test_tax_inside_and_its_shares():
    for case in vectors("tax")["inside"]:
        amounts, rate = case["amounts_minor"], case["rate_bp"]
        assert tax.tax_inside(sum(amounts), rate_bp=rate) == case["tax_minor"]
        assert tax.shares_inside(amounts, rate_bp=rate) == case["shares_minor"], case
        assert tax.per_line_inside(amounts, rate_bp=rate) == case["per_line_minor"], case


def test_tax_on_top_adds_up_to_the_total():
    for case in vectors("tax")["on_top"]:
        nets = {int(rate): net for rate, net in case["nets"].items()}
        document = tax.exclusive(nets, {rate: rate for rate in nets}, denominator=case["denominator"])

        assert document.total_minor == case["total_minor"], case
        assert {str(row.tax_rate_id): row.tax_minor for row in document.taxes} == case["taxes_minor"]
        assert document.base_minor + sum(row.tax_minor for row in document.taxes) == document.total_minor
        assert sum(row.base_minor for row in document.taxes) == document.base_minor


def test_check_digits_and_kinds_of_codes():
    found = vectors("barcode")
    assert [barcode.check_digit(case["body"]) for case in found["check_digits"]] == [
        case["digit"] for case in found["check_digits"]
    ]
    assert [code for code in found["valid"] if not barcode.is_valid(code)] == []
    assert [code for code in found["invalid"] if barcode.is_valid(code)] == []
    for case in found["symbology"]:
        assert barcode.symbology(case["code"]) == case["kind"]
    for case in found["lookup_forms"]:
        assert list(barcode.lookup_forms(case["code"])) == case["forms"]
    for case in found["aim"]:
        assert barcode.split_aim(case["scanned"]) == (case["code"], case["aim"])


def test_the_code_of_a_receipt_names_its_sale():
    for case in vectors("barcode")["receipts"]:
        sale_id = barcode.sale_of_receipt(case["scanned"])
        assert (str(sale_id) if sale_id else None) == case["sale_id"]
    sale = uuid.UUID("0199f0c4-7b1a-7cde-8f00-0123456789ab")
    assert barcode.sale_of_receipt(barcode.receipt_code(sale)) == sale


def test_labels_of_weighed_goods():
    for case in vectors("barcode")["labels"]:
        if case["label"] == "wrong_check_digit":
            with pytest.raises(labels.WrongCheckDigit):
                labels.read_label(case["code"], case["patterns"])
        else:
            expected = labels.Label(**case["label"]) if case["label"] else None
            assert labels.read_label(case["code"], case["patterns"]) == expected, case


def test_price_check_digits_guard_a_printed_price():
    for case in vectors("barcode")["price_digits"]:
        assert labels.price_check_digit(case["price"]) == case["digit"]
    code = barcode.with_check_digit("211234" + str(labels.price_check_digit("14685")) + "14685")
    wrong = barcode.with_check_digit("211234" + str((labels.price_check_digit("14685") + 1) % 10) + "14685")

    label = labels.read_label(code, ["21{item:4}{v}{price_c:5}{c}"])

    assert label is not None
    assert (label.plu, label.price_minor) == (1234, 14685)
    with pytest.raises(labels.WrongCheckDigit):
        labels.read_label(wrong, ["21{item:4}{v}{price_c:5}{c}"])
    with pytest.raises(ValueError, match="4 or 5 digits"):
        labels.price_check_digit("123")


@pytest.mark.parametrize("pattern", vectors("barcode")["bad_patterns"])
def test_a_template_that_explains_no_code_is_refused(pattern):
    with pytest.raises(labels.BadTemplate):
        labels.compile_template(pattern)


def test_gs1_element_strings():
    for case in vectors("barcode")["gs1"]:
        elements = gs1.read_elements(case["scanned"])
        assert gs1.is_gs1(case["scanned"]) == case["is_gs1"], case
        assert (elements.fields, elements.rest) == (case["fields"], case["rest"]), case
        assert (elements.gtin, elements.lot) == (case["gtin"], case["lot"])
        assert (elements.weight_milli, elements.count) == (case["weight_milli"], case["count"])


def test_names_fold_to_plain_ascii():
    for case in vectors("folding"):
        assert folding.search_key(case["text"]) == case["key"], case
        assert folding.search_key(case["text"]).isascii()


def test_names_sort_by_the_azerbaijani_alphabet():
    found = vectors("sort")
    keys = [folding.sort_key(name) for name in found["in_order"]]
    assert keys == sorted(set(keys))
    assert [pair for pair in found["equal"] if folding.sort_key(pair[0]) != folding.sort_key(pair[1])] == []
    for case in found["keys"]:
        assert folding.sort_key(case["text"]) == case["key"]


def test_figures_and_days_on_paper():
    found = vectors("format")
    functions = {
        "paper_amount": paper.amount,
        "paper_pieces": paper.pieces,
        "paper_percent": paper.percent,
        "paper_moment": paper.moment,
        "day": paper.day,
    }
    for name, function in functions.items():
        for case in found[name]:
            for language in paper.LANGUAGES:
                assert function(case["value"], language) == case[language], (name, case, language)


def test_the_logical_clock():
    found = vectors("hlc")
    for case in found["ticks"]:
        assert str(hlc.tick(hlc.parse(case["last"]), case["now_ms"])) == case["expected"], case
    for case in found["received"]:
        assert str(hlc.receive(hlc.parse(case["last"]), hlc.parse(case["seen"]), case["now_ms"])) == case["expected"], (
            case
        )
    for text in found["malformed"]:
        with pytest.raises(ValueError, match="not a clock reading"):
            hlc.parse(text)
