"""The virtual bell: a switch that counts how often it rang."""

from collections.abc import Callable


class VirtualBell:
    """A relay output without a wire; the bell driver turns it on and off."""

    def __init__(self, device: str, changed: Callable[[], None]) -> None:
        self.device = device
        self._changed = changed
        self.is_ringing = False
        self.rings = 0

    def on(self) -> None:
        self.rings += 0 if self.is_ringing else 1
        self.is_ringing = True
        self._changed()

    def off(self) -> None:
        self.is_ringing = False
        self._changed()

    def close(self) -> None:
        """As a real output does at the end."""
        self.off()
