"""The virtual scanner: sends a code over a serial line, with AIM id and CR."""

from edge_agent.virtual.terminal import SerialTwin

AIM_IDS = {
    "ean13": "]E0", "ean8": "]E4", "code128": "]C0", "gs1-128": "]C1", "qr": "]Q1", "gs1-qr": "]Q3",
    "datamatrix": "]d2",
}  # fmt: skip
MAX_CODE = 512


class VirtualScanner:
    """A scanner at the end of a serial line."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._line = SerialTwin(lambda asked: b"")

    @property
    def path(self) -> str:
        return self._line.path

    def scan(self, code: str, symbology: str | None = None) -> None:
        """Read a code. `symbology`: a name of AIM_IDS or an AIM id; EAN by its length where it is not given."""
        if not 0 < len(code) <= MAX_CODE or any(letter in code for letter in "\r\n"):
            raise ValueError("a code takes 1 to 512 characters and no line break")
        aim = AIM_IDS.get(symbology or _guessed(code), symbology or "]C0")
        self._line.send(aim.encode() + code.encode() + b"\r")

    def stop(self) -> None:
        self._line.stop()


def _guessed(code: str) -> str:
    return {13: "ean13", 8: "ean8"}.get(len(code), "qr") if code.isdecimal() else "qr"
