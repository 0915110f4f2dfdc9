"""Sales and returns: the documents of the till, their prices and their paper."""
