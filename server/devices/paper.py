"""The test page of a printer. Pure."""

from edge_agent import wire
from server.values.times import to_iso

LETTERS = (
    "AaBbCcÇçDdEeƏəFfGgĞğHhXxIıİiJjKkQqLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz",
    "АаБбВвГгДдЕеЁёЖжЗзИиЙйКкЛлМмНнОоПпРрСсТтУуФфХхЦцЧчШшЩщЪъЫыЬьЭэЮюЯя",
    "0123456789 ₼ € % № « » – …",
)


def test_paper(device_name: str, now_ms: int) -> wire.Document:
    """Every letter of our languages, both edges of the paper, a QR code and a barcode. Units: ms UTC."""
    return wire.Document(
        blocks=(
            wire.Text(text="AI Sales POS", align="center", size=2, bold=True),
            wire.Text(text=device_name, align="center"),
            wire.Text(text=to_iso(now_ms), align="center"),
            wire.Rule(),
            *(wire.Text(text=line) for line in LETTERS),
            wire.Row(left="|<", right=">|"),
            wire.Row(left="1,234.50 ₼", right="1 234,50 ₼", bold=True),
            wire.Rule(),
            wire.Qr(data="AI Sales POS"),
            wire.Barcode(data="4760000000012"),
            wire.Cut(),
        )
    )
