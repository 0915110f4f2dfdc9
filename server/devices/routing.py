"""Which device may serve which role at a terminal, and which of them is shared. Pure."""

from collections.abc import Iterable

ROLES = ("receipt", "drawer", "scale", "scanner", "display", "bell")
"""What a device is to a terminal."""

CLASS_OF_ROLE = {role: "printer" if role == "receipt" else role for role in ROLES}
ROLE_OF_CLASS = {device_class: role for role, device_class in CLASS_OF_ROLE.items()}
SHARED = frozenset({"receipt", "bell"})
"""Roles in which one device serves several terminals by itself; a scan in two carts or a stranger's drawer is wrong."""


def first_come(
    *,
    terminals: Iterable[int],
    devices: Iterable[tuple[int, str]],
    bound: Iterable[tuple[int, str, int]],
) -> list[tuple[int, str, int]]:
    """New bindings (terminal, role, device) for terminals that have none in a role, in the order of coming.

    `devices` lists (id, class), `bound` what is bound already. A device that is not shared serves its first terminal.
    """
    standing = list(bound)
    roles_taken = {(terminal, role) for terminal, role, _ in standing}
    devices_taken = {device for _, _, device in standing}
    made: list[tuple[int, str, int]] = []
    offered = list(devices)
    for terminal in terminals:
        for device, device_class in offered:
            role = ROLE_OF_CLASS.get(device_class)
            is_free = role in SHARED or device not in devices_taken
            if role is None or (terminal, role) in roles_taken or not is_free:
                continue
            made.append((terminal, role, device))
            roles_taken.add((terminal, role))
            devices_taken.add(device)
    return made
