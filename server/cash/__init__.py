"""Cash: registers, leases, shifts, tenders and the holders of money."""
