"""Cash: registers with their leases and shifts, what was given for each document, and who holds the money.

Owns registers, leases, holders, shifts, tender types, documents with tenders and taxes, cash moves, drawer openings and
Z reports. Calls `stores`, `devices` (terminals, jobs) and `staff` (names, rights). Announces `ShiftClosed`, `CashMoved`
and `DrawerWanted`; `papers.py` answers with slips, Z reports and pulses.
"""

from server.core.actor import Right

RIGHTS = (
    Right("drawer.open"),
    Right("cash.move"),
    Right("shift.open"),
    Right("shift.close"),
    Right("shift.see_expected"),
)
