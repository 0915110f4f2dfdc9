"""What changes the cash, by what it is about.

basics      tender types and the holders of a branch: what a shop needs before its first sale
registers   tills, and which terminal gives their numbers
shifts      what terminals push: opening, closing with the Z, cash moves, drawer openings
"""

from server.cash.documents import Document, take_document
from server.cash.operations.basics import change_tender_type, create_tender_type, prepare, prepare_branch
from server.cash.operations.registers import change_register, create_register, take_lease
from server.cash.operations.shifts import ShiftBook
from server.cash.tills import Tills, Where

__all__ = [
    "Document",
    "ShiftBook",
    "Tills",
    "Where",
    "change_register",
    "change_tender_type",
    "create_register",
    "create_tender_type",
    "prepare",
    "prepare_branch",
    "take_document",
    "take_lease",
]
