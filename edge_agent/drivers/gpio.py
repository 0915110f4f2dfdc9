"""A bell on a GPIO pin, by gpiozero: imported only where a bell is configured."""

from typing import Protocol


class Switch(Protocol):
    """Something that is on or off: a relay output, or its virtual twin."""

    def on(self) -> None: ...

    def off(self) -> None: ...

    def close(self) -> None: ...


def relay(pin: int, active_high: bool) -> Switch:
    """The output of a pin, off. A board's `config.txt` sets the level from power-on until here."""
    from gpiozero import OutputDevice

    output: Switch = OutputDevice(pin, active_high=active_high, initial_value=False)
    return output
