"""Which device jobs, device events and pairing codes are over."""

from server.core.retention import Over
from server.devices.models import DeviceEvent, DeviceJob, PairingCode


def jobs(before: int) -> Over:
    """Jobs that came to an end. One that is open stays: an unclear paper waits for a person, however long."""
    return Over(DeviceJob, DeviceJob.is_open.is_(False) & (DeviceJob.created_at < before))


def events(before: int) -> Over:
    """What devices told; an agent says nothing again that is older than a week."""
    return Over(DeviceEvent, DeviceEvent.received_at < before)


def pairing_codes(before: int) -> Over:
    """Codes that nobody can use any more."""
    return Over(PairingCode, PairingCode.expires_at < before)
