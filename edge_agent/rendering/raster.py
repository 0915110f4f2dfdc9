"""Raster: pictures as printer commands.

Printers obey real-time sequences (`10 04`, `10 05`, `10 14`) even inside picture data, so every such pair is
broken by one dot: bit 3 of the second byte, which none of the three has set.
"""

from PIL import Image

REALTIME = (0x04, 0x05, 0x14)
STRIPE_ROWS = 8


def gs_v_0(picture: Image.Image, slice_rows: int) -> bytes:
    """Rows of dots in slices (`GS v 0`): small printers lose power or buffer over a tall one."""
    row_bytes = (picture.width + 7) // 8
    parts = []
    for top in range(0, picture.height, slice_rows):
        rows = min(slice_rows, picture.height - top)
        data = without_realtime(picture.crop((0, top, row_bytes * 8, top + rows)).tobytes())
        parts.append(b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data)
    return b"".join(parts)


def esc_star(picture: Image.Image) -> bytes:
    """Stripes of 8 dots (`ESC * 1`) for impact printers without rows; a stripe is one line of 8/72 inch."""
    parts = [b"\x1b3\x10"]
    for top in range(0, picture.height, STRIPE_ROWS):
        stripe = picture.crop((0, top, picture.width, top + STRIPE_ROWS)).transpose(Image.Transpose.TRANSPOSE)
        data = without_realtime(stripe.tobytes())
        parts.append(b"\x1b*\x01" + picture.width.to_bytes(2, "little") + data + b"\n")
    return b"".join(parts)


def without_realtime(data: bytes) -> bytes:
    """The data with one dot more wherever two bytes would read as a real-time command."""
    safe = bytearray(data)
    for at in range(len(safe) - 1):
        if safe[at] == 0x10 and safe[at + 1] in REALTIME:
            safe[at + 1] ^= 0x08
    return bytes(safe)
