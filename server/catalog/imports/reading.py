"""The bytes of a CSV file as rows of cells: encodings and delimiters that shops' spreadsheets really write."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

FILE_AT_MOST = 6 * 1024 * 1024
ROWS_AT_MOST = 50_000
CELL_AT_MOST = 10_000
DELIMITERS = (";", ",", "\t")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HIGH_RUN = re.compile(rb"[\xc0-\xff]{2,}")
_HIGH_ALONE = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")


class BadFile(Exception):
    """The file cannot be read; says in which row, and what is the matter."""

    def __init__(self, code: str, /, *, row: int = 1, **params: Any) -> None:
        super().__init__(code)
        self.code, self.row, self.params = code, row, params


@dataclass(frozen=True)
class Sheet:
    """The headings, and every row that is not blank with its number as a spreadsheet shows it (headings are row 1)."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Sheet:
    """Take a file apart. Raises BadFile."""
    if len(content) > FILE_AT_MOST:
        raise BadFile("file_too_large", most=FILE_AT_MOST // 1024 // 1024)
    text = _text(content)
    if not text.strip():
        raise BadFile("file_empty")
    rows = _rows(text, _delimiter(text))
    headings = rows[0][1] if rows and rows[0][0] == 1 else []
    if len(rows) < 2:
        raise BadFile("file_without_rows")
    if len(rows) - 1 > ROWS_AT_MOST:
        raise BadFile("too_many_rows", most=ROWS_AT_MOST)
    return Sheet(headings, rows[1:])


def _text(content: bytes) -> str:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if not content.split(b"\n", 1)[0].isascii() and _is_utf8(content.split(b"\n", 1)[0]):
            raise BadFile("not_utf8", row=content[: error.start].count(b"\n") + 1) from error
        return _decoded(content, _old_encoding(content))


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile("encoding_unknown", row=content[: error.start].count(b"\n") + 1) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _old_encoding(content: bytes) -> str:
    """Windows' Cyrillic or Turkish page: Cyrillic words are runs of high bytes, in Latin words they stand alone."""
    return "cp1251" if len(_HIGH_RUN.findall(content)) > len(_HIGH_ALONE.findall(content)) else "cp1254"


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    outside = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=outside.count)


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    csv.field_size_limit(CELL_AT_MOST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, number = [], 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, [cell.strip(" \t\u00a0") for cell in cells]))
    except csv.Error as error:
        code = "quote_not_closed" if "end of data" in str(error) else "not_csv"
        raise BadFile(code, row=number + 1) from error
    return rows
