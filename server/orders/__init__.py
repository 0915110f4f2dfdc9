"""Open orders: held sales now, tabs and tables later, folded from their operations."""
