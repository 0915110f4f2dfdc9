"""The agent's clocks, and how its threads wait by them.

A small computer without a clock chip may wake up months ago, so lives are measured in boot time. `boot_ms` counts from
the kernel's start, sleep included, and means something only together with `boot_id`.
"""

import ctypes
import threading
import time
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TIME_ERROR = 5
"""What `adjtimex` answers while nobody keeps the clock right."""


class Clock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self.boot_id = BOOT_ID.read_text().strip()

    def boot_ms(self) -> int:
        """Milliseconds since this machine started."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_ms(self) -> int:
        """Milliseconds since 1970, as right as the machine knows."""
        return time.time_ns() // 1_000_000

    def is_synced(self) -> bool:
        """Whether the kernel believes its wall clock."""
        parameters = ctypes.create_string_buffer(512)
        answer = int(ctypes.CDLL(None, use_errno=True).adjtimex(parameters))
        return 0 <= answer < TIME_ERROR

    def event(self) -> threading.Event:
        """Something that a thread waits for; a simulated clock gives one that waits in its own time."""
        return threading.Event()

    def condition(self) -> threading.Condition:
        """The same, with a lock."""
        return threading.Condition()
