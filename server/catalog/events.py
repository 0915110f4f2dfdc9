"""What the catalogue announces."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Opening:
    """What lay on the shelf of an imported item, and what all of it cost. Units: thousandths, minor units."""

    item_id: int
    quantity_milli: int
    cost_minor: int


@dataclass(frozen=True)
class ItemsImported:
    """Items were brought in with opening stock, which lies in a branch."""

    import_id: str
    file_name: str
    branch_id: int
    openings: tuple[Opening, ...]
    by: int | None
