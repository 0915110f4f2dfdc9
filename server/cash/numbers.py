"""How numbers of a register are printed."""

DIGITS = 6


def number_text(series: str | None, number: int | None) -> str | None:
    """A number as it is printed: K2-000001."""
    return None if series is None or number is None else f"{series}-{number:0{DIGITS}}"
