"""QR codes and barcodes: by the printer's own commands, drawn where it has none."""

import segno
from escpos.constants import QR_ECLEVEL_M, QR_MODEL_2
from escpos.printer import Dummy
from PIL import Image

from edge_agent.profiles import PrinterProfile
from edge_agent.rendering.layout import wrap
from edge_agent.rendering.letters import clean, encode
from edge_agent.rendering.raster import gs_v_0
from edge_agent.wire import Barcode, Qr

QR_DOT = 6
"""Dots of a QR module: 6 at 203 dpi is 0.75 mm, read by any phone."""
BARCODE_DOTS_HIGH = 80


def qr_bytes(block: Qr, profile: PrinterProfile) -> bytes:
    """A QR code, error correction M."""
    data = clean(block.data)
    if profile.has_qr:
        return _own_qr(data)
    if profile.raster == "gs_v_0":
        return gs_v_0(_drawn_qr(data, profile.dots), profile.slice_rows)
    return _as_words(data, profile.columns)


def barcode_bytes(block: Barcode, profile: PrinterProfile) -> bytes:
    """A line code with its digits below: EAN-13 for 13 digits, else Code 128 (set B)."""
    if not profile.has_barcode:
        return _as_words(block.data, profile.columns)
    head = b"\x1dh" + bytes([BARCODE_DOTS_HIGH]) + b"\x1dw\x02\x1df\x00\x1dH\x02"
    if len(block.data) == 13 and block.data.isdecimal():
        return head + b"\x1dk\x43\x0d" + block.data.encode("ascii")
    data = b"{B" + block.data.encode("ascii").replace(b"{", b"{{")
    return head + b"\x1dk\x49" + bytes([len(data)]) + data


def _own_qr(data: str) -> bytes:
    """`GS ( k` of a printer that draws QR codes itself, as python-escpos encodes it."""
    printer = Dummy()
    printer.qr(data, ec=QR_ECLEVEL_M, size=QR_DOT, model=QR_MODEL_2, native=True)
    return bytes(printer.output)


def _drawn_qr(data: str, dots: int) -> Image.Image:
    """The code in the middle of a picture of the paper's width; modules shrink where the paper is narrow."""
    rows = [bytes(row) for row in segno.make_qr(data, error="m").matrix_iter(scale=1, border=2)]
    dot = max(2, min(QR_DOT, dots // len(rows)))
    code = Image.new("1", (len(rows), len(rows)), 0)
    code.putdata([module for row in rows for module in row])
    code = code.resize((len(rows) * dot, len(rows) * dot), Image.Resampling.NEAREST)
    paper = Image.new("1", (dots, code.height), 0)
    paper.paste(code, ((dots - code.width) // 2, 0))
    return paper


def _as_words(data: str, columns: int) -> bytes:
    return b"".join(encode(line, "ascii") + b"\n" for line in wrap(data, columns))
