"""The bodies of pushed operations about sales, checked fast."""

from server.cash.schemas import COUNTER_AT_MOST
from server.core import shape
from server.core.shape import fact_id, instant, money, needed, one_of, optional, printed, rows, text, whole, yes_no

LINES_AT_MOST = 500
DISCOUNTS_AT_MOST = 1_000
TENDERS_AT_MOST = 50
TAXES_AT_MOST = 50
UNIT_PRICE_AT_MOST = 10**11

LINE = shape.shape(
    {
        "position": needed(whole(1, LINES_AT_MOST)),
        "kind": optional(one_of("item", "modifier", "share", "charge"), "item"),
        "parent": optional(whole(1, LINES_AT_MOST)),
        "origin_id": optional(fact_id),
        "item_id": optional(shape.ref),
        "barcode": optional(printed(80)),
        "name": needed(printed()),
        "quantity_milli": needed(shape.quantity),
        "unit_price_minor": needed(whole(0, UNIT_PRICE_AT_MOST)),
        "price_id": optional(shape.ref),
        "priced_at": needed(instant),
        "tax_rate_id": needed(shape.ref),
        "discount_minor": needed(money),
        "share_minor": needed(money),
        "total_minor": needed(money),
        "weight_from": optional(one_of("scale", "label", "hand", "none"), "none"),
        "returns_position": optional(whole(1, LINES_AT_MOST)),
        "approved_by": optional(shape.ref),
        "note": optional(text(), ""),
    }
)
DISCOUNT = shape.shape(
    {
        "id": needed(fact_id),
        "position": optional(whole(1, LINES_AT_MOST)),
        "kind": needed(one_of("percent", "amount")),
        "value": needed(whole(0, 10**12)),
        "amount_minor": needed(money),
        "approved_by": optional(shape.ref),
    }
)
TENDER = shape.shape(
    {
        "id": needed(fact_id),
        "tender_type_id": needed(shape.ref),
        "amount_minor": needed(money),
        "given_minor": needed(money),
        "change_minor": needed(money),
        "reference": optional(text(60), ""),
    }
)
TAX = shape.shape({"tax_rate_id": needed(shape.ref), "base_minor": needed(money), "tax_minor": needed(money)})
SALE = shape.shape(
    {
        "number": needed(text(24, 1)),
        "series": needed(text(16, 1)),
        "counter": needed(whole(1, COUNTER_AT_MOST)),
        "lease_id": needed(fact_id),
        "register_id": needed(shape.ref),
        "lines": needed(rows(LINE, least=1, most=LINES_AT_MOST)),
        "discounts": optional(rows(DISCOUNT, most=DISCOUNTS_AT_MOST), ()),
        "tenders": optional(rows(TENDER, most=TENDERS_AT_MOST), ()),
        "taxes": optional(rows(TAX, most=TAXES_AT_MOST), ()),
        "total_minor": needed(money),
        "business_day": needed(shape.day),
        "catalogue_cursor": needed(shape.ref),
        "returns_sale_id": optional(fact_id),
        "customer_id": optional(fact_id),
        "approved_by": optional(shape.ref),
        "note": optional(text(), ""),
        "print": optional(yes_no, False),
    }
)
RECEIPT_COPY = shape.shape({"sale_id": needed(fact_id), "approved_by": optional(shape.ref)})
TILL_EVENT = shape.shape(
    {
        "kind": needed(text(24, 1)),
        "detail": optional(shape.plain_object, {}),
        "approved_by": optional(shape.ref),
    }
)
