"""Sales, reports and slips as the paper's functions take them, with the blocks that come out."""

from typing import Any

from server.cash.paper import slip_blocks, z_blocks
from server.core.words import words_of
from server.sales.receipt import receipt_blocks

SELLER = {"name": "Bahar Market MMC", "tax_id": "1234567891"}
BRANCH = {"name": "Bahar Nizami", "address": "Bakı, Nizami küç. 12", "head": "", "foot": ""}
VAT = {"rate_bp": 1_800, "kind": "standard", "base_minor": 600, "tax_minor": 108}
EXEMPT = {"rate_bp": 0, "kind": "exempt", "base_minor": 120, "tax_minor": 0}


def line(name: str, quantity_milli: int, price: int, gross: int, **more: Any) -> dict[str, Any]:
    """A line of a stored sale."""
    named = {"name": name, "quantity_milli": quantity_milli, "unit": "pcs", "unit_price_minor": price}
    row = named | {"gross_minor": gross, "discount_minor": 0, "note": ""} | more
    return row | {"total_minor": gross - row["discount_minor"]}


def tender(name: str, kind: str, amount: int, given: int) -> dict[str, Any]:
    """A tender of a stored sale."""
    return {"name": name, "kind": kind, "amount_minor": amount, "given_minor": given, "change_minor": given - amount}


SALE = {
    "id": "0199f0c4-7b1a-7cde-8f00-0123456789ab",
    "number": "K2-000042",
    "register": "K2",
    "cashier": "Aysel M.",
    "rung_at": "2026-11-24T18:05",
    "currency": "AZN",
    "note": "",
    "seller": SELLER,
    "branch": BRANCH,
    "returns_number": None,
    "lines": [
        line("Süd Bulaq 1 L", 2_000, 245, 490),
        line("Təndir çörəyi", 1_000, 120, 120),
        line("Alma", 1_235, 210, 259, unit="kg", discount_minor=26, note="yumşaq"),
    ],
    "gross_minor": 869,
    "discount_minor": 41,
    "total_minor": 828,
    "taxes": [VAT, EXEMPT],
    "tenders": [tender("Nağd", "cash", 500, 500), tender("Kart", "card", 328, 328)],
}
RETURN = SALE | {
    "number": "K2-000043",
    "returns_number": "K2-000042",
    "lines": [line("Süd Bulaq 1 L", -1_000, 245, -245, discount_minor=-12)],
    "gross_minor": -245,
    "discount_minor": -12,
    "total_minor": -233,
    "taxes": [{"rate_bp": 1_800, "kind": "standard", "base_minor": -197, "tax_minor": -36}],
    "tenders": [tender("Nağd", "cash", -233, -233)],
}
CHANGE = SALE | {
    "tenders": [tender("Nağd", "cash", 828, 2_000)],
    "note": "Zənbil ver",
    "branch": BRANCH | {"name": SELLER["name"], "head": "Hər gün 08:00-23:00", "foot": "Yenə gəlin!"},
}
FREE = SALE | {"lines": [line("Pay", 1_000, 0, 0)], "gross_minor": 0, "discount_minor": 0, "total_minor": 0}
FREE |= {"taxes": [], "tenders": [], "seller": SELLER | {"tax_id": ""}, "branch": BRANCH | {"address": ""}}
EXCHANGE = SALE | {"returns_number": "K2-000041"}

REPORT = {
    "z_number": "K2-Z000007",
    "shift_number": "K2-S000007",
    "register": "K2",
    "seller": SELLER,
    "branch": {"name": BRANCH["name"], "address": BRANCH["address"]},
    "currency": "AZN",
    "business_day": "2026-11-24",
    "opened_at": "2026-11-24T08:58",
    "opened_by": "Aysel M.",
    "closed_at": "2026-11-24T22:10",
    "closed_by": "Rəşad Ə.",
    "reason": "Xırda çatmadı",
    "sales": {"count": 3, "gross_minor": 9_000, "discount_minor": 250, "total_minor": 8_750},
    "returns": {"count": 1, "gross_minor": 245, "discount_minor": 12, "total_minor": 233},
    "net_minor": 8_517,
    "taxes": [
        {"tax_rate_id": 11, "rate_bp": 1_800, "base_minor": 6_116, "tax_minor": 1_101, "kind": "standard"},
        {"tax_rate_id": 12, "rate_bp": 0, "base_minor": 1_000, "tax_minor": 0, "kind": "zero"},
        {"tax_rate_id": 13, "rate_bp": 0, "base_minor": 300, "tax_minor": 0, "kind": "exempt"},
    ],
    "tenders": [
        {"tender_type_id": 1, "name": "Nağd", "kind": "cash", "count": 3, "amount_minor": 5_017},
        {"tender_type_id": 2, "name": "Kart", "kind": "card", "count": 1, "amount_minor": 3_500},
    ],
    "drawer": {
        "float_minor": 5_000,
        "cash_sales_minor": 5_017,
        "in_minor": 1_000,
        "out_minor": 2_000,
        "expected_minor": 9_017,
        "counted_minor": 9_000,
        "difference_minor": -17,
    },
    "late": [{"z": "K2-Z000006", "count": 1, "total_minor": 310}],
    "opening_sales_minor": 100_000,
    "closing_sales_minor": 108_750,
    "opening_returns_minor": 500,
    "closing_returns_minor": 733,
}
OVER = REPORT | {"drawer": REPORT["drawer"] | {"counted_minor": 9_020, "difference_minor": 3}}
EXACT = REPORT | {
    "drawer": REPORT["drawer"] | {"counted_minor": 9_017, "difference_minor": 0},
    "reason": "",
    "late": [],
}
X_REPORT = REPORT | {"z_number": None, "late": []}
BLIND = X_REPORT | {"drawer": None, "tenders": []}
SLIP = {
    "amount_minor": 2_000,
    "currency": "AZN",
    "reason": "Banka",
    "by": "Aysel M.",
    "moved_at": "2026-11-24T15:00",
    "register": "K2",
    "seller": SELLER,
}


def receipts() -> list[dict[str, Any]]:
    """Every kind of receipt in every language."""
    unnumbered, numbered = ({"printed_at": "2026-11-25T09:30", "copy": copy} for copy in (None, 2))
    papers = [
        ("sale", SALE, None),
        ("return", RETURN, None),
        ("change", CHANGE, None),
        ("free", FREE, None),
        ("exchange", EXCHANGE, None),
        ("copy", SALE, unnumbered),
        ("numbered copy", SALE, numbered),
    ]
    return [
        {
            "name": name,
            "language": language,
            "sale": sale,
            "copy": copy,
            "blocks": receipt_blocks(sale, language, words_of(language), copy),
        }
        for name, sale, copy in papers
        for language in ("az", "en", "ru", "tr")
    ]


def reports() -> dict[str, Any]:
    """Z and X reports and slips in every language."""
    named = [("short", REPORT), ("over", OVER), ("exact", EXACT), ("x", X_REPORT), ("blind x", BLIND)]
    slips = [SLIP | {"direction": direction} for direction in ("in", "out")]
    return {
        "reports": [
            {
                "name": name,
                "language": language,
                "report": report,
                "blocks": z_blocks(report, language, words_of(language)),
            }
            for name, report in named
            for language in ("az", "en", "ru", "tr")
        ],
        "slips": [
            {"language": language, "move": slip, "blocks": slip_blocks(slip, language, words_of(language))}
            for slip in slips
            for language in ("az", "en", "ru", "tr")
        ],
    }
