"""Stock: moves, cost layers, balances, entries."""
