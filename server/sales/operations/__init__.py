"""What terminals push about sales, by what it is about.

sales       sales, returns and exchanges: the path of one sale
till        copies of receipts, and what happens at a till besides sales
"""

from collections.abc import Sequence

from server.core.facts import Fact, Raised
from server.sales.operations.sales import SaleBook
from server.sales.operations.till import TillBook


def record_sales(facts: Sequence[Fact]) -> list[list[Raised]]:
    """Book sales that came together, in the transaction in force, and return the flags of each. Raises NotAFact."""
    book = SaleBook(facts)
    raised = [book.record(fact) for fact in facts]
    book.close()
    return raised


__all__ = ["SaleBook", "TillBook", "record_sales"]
