"""How figures and days stand on paper, in four languages: no grouping and no currency sign, which printers may lack.

Screens have richer formats of their own in the browser (`core/format.ts`, which holds these as well).
"""

from server.values import money, quantity

LANGUAGES = ("az", "en", "ru", "tr")


def amount(amount_minor: int, language: str, currency: str = "AZN") -> str:
    """1250 → "12,50" (English: "12.50")."""
    return _localised(money.plain(amount_minor, currency), language)


def pieces(quantity_milli: int, language: str) -> str:
    """1235 → "1,235", 2000 → "2"."""
    return _localised(quantity.plain(quantity_milli), language)


def percent(rate_bp: int, language: str) -> str:
    """1800 → "18%", 1850 → "18,5%"; Turkish writes the sign in front."""
    figure = _localised(quantity.plain(rate_bp * 10), language)
    return f"%{figure}" if language == "tr" else f"{figure}%"


def day(iso_day: str, language: str) -> str:
    """ "2026-11-24" → "24.11.2026" (English: "24/11/2026")."""
    year, month, date = iso_day.split("-")
    return f"{date}/{month}/{year}" if language == "en" else f"{date}.{month}.{year}"


def moment(local_minute: str, language: str) -> str:
    """ "2026-11-24T18:05" on the wall clock → "24.11.2026 18:05"."""
    iso_day, minute = local_minute.split("T")
    return f"{day(iso_day, language)} {minute}"


def _localised(figure: str, language: str) -> str:
    return figure if language == "en" else figure.replace(".", ",")
