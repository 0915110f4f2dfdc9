"""USB printers through libusb, for models that `usblp` does not serve. Needs `usblp` kept off the device."""

from typing import Any

from edge_agent.drivers.link import CHUNK, WRITE_S, LinkDown

PRINTER_INTERFACE = 7
TIMED_OUT = (110, 10060)


class UsbBulk:
    """A link to the bulk endpoints of a printer, found by maker, model and serial number."""

    is_shared = False

    def __init__(self, vid: int, pid: int | None, serial: str | None) -> None:
        self._vid, self._pid, self._serial = vid, pid, serial
        self._device: Any = None
        self._out: Any = None
        self._in: Any = None

    def __str__(self) -> str:
        return f"usb {self._vid:04x}:{self._pid or 0:04x} {self._serial or ''}".rstrip()

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        """Raises: LinkDown."""
        if self._device is None:
            self._device = self._found()
            self._out, self._in = self._endpoints()

    def close(self) -> None:
        if self._device is not None:
            import usb.util

            usb.util.dispose_resources(self._device)
            self._device = None

    def write(self, data: bytes) -> None:
        """Raises: LinkDown."""
        import usb.core

        for at in range(0, len(data), CHUNK):
            try:
                self._required(self._out).write(data[at : at + CHUNK], int(WRITE_S * 1000))
            except usb.core.USBError as trouble:
                self.close()
                raise LinkDown(f"{self}: {trouble}", at) from trouble

    def read(self, timeout_ms: int) -> bytes:
        """Raises: LinkDown."""
        import usb.core

        try:
            return bytes(self._required(self._in).read(CHUNK, max(1, timeout_ms)))
        except usb.core.USBError as trouble:
            if trouble.errno in TIMED_OUT:
                return b""
            self.close()
            raise LinkDown(f"{self}: {trouble}") from trouble

    def _required(self, endpoint: Any) -> Any:
        if self._device is None:
            raise LinkDown(f"{self}: not open")
        return endpoint

    def _found(self) -> Any:
        import libusb_package
        import usb.core

        wanted = {"idVendor": self._vid} | ({"idProduct": self._pid} if self._pid else {})
        for device in libusb_package.find(find_all=True, **wanted):
            try:
                if self._serial in (None, device.serial_number):
                    return device
            except (usb.core.USBError, ValueError):
                continue  # A device whose serial number cannot be read is not the one that was asked for.
        raise LinkDown(f"{self}: not plugged in")

    def _endpoints(self) -> tuple[Any, Any]:
        import usb.util

        for interface in self._device.get_active_configuration():
            if interface.bInterfaceClass == PRINTER_INTERFACE:
                ways = {usb.util.endpoint_direction(end.bEndpointAddress): end for end in interface}
                return ways[usb.util.ENDPOINT_OUT], ways[usb.util.ENDPOINT_IN]
        self.close()
        raise LinkDown(f"{self}: has no printer interface")
