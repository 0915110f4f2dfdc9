"""Two machines under one identity: a stolen card, a copied image.

The broker lets the newer connection take over, so twins push each other out for ever and each hears some of the
commands. A machine takes a new boot id at each start and never an old one again: a boot that was replaced and comes
back is the other machine. One return may be a message that the broker delivers twice; several within some minutes are
not.
"""

from collections import deque
from dataclasses import dataclass, field

from edge_agent import wire

RETURNS = 3
WITHIN_MS = 600_000
BOOTS_AT_MOST = 8
AGENTS_AT_MOST = 10_000


@dataclass
class _Lives:
    """The boots of one agent, and when replaced ones came back."""

    boot_id: str
    replaced: deque[str] = field(default_factory=lambda: deque(maxlen=BOOTS_AT_MOST))
    returns: deque[int] = field(default_factory=lambda: deque(maxlen=RETURNS))


class Twins:
    """What this bridge has heard of the boots of agents; a bridge that starts anew has heard nothing."""

    def __init__(self) -> None:
        self._lives: dict[str, _Lives] = {}

    def noticed(self, agent: str, presence: wire.Presence, now_ms: int) -> bool:
        """Whether this presence, said just now, shows that two machines share the agent's identity."""
        if presence.state != "online":
            return False
        lives = self._lives.get(agent)
        if lives is None:
            self._remember(agent, presence.boot_id)
            return False
        if presence.boot_id == lives.boot_id:
            return False
        if presence.boot_id in lives.replaced:
            lives.replaced.remove(presence.boot_id)
            lives.returns.append(now_ms)
        lives.replaced.append(lives.boot_id)
        lives.boot_id = presence.boot_id
        return len(lives.returns) == RETURNS and now_ms - lives.returns[0] <= WITHIN_MS

    def forget(self, agent: str) -> None:
        """Both were shut out: what comes after begins anew."""
        self._lives.pop(agent, None)

    def _remember(self, agent: str, boot_id: str) -> None:
        if len(self._lives) >= AGENTS_AT_MOST:
            self._lives.pop(next(iter(self._lives)))
        self._lives[agent] = _Lives(boot_id)
