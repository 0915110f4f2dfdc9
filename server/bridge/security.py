"""The broker's dynamic security: a role and a client for each agent, changed by requests that wait for their answer.

One request at a time: the broker drops answers beyond its queue. Every default is deny; an agent may publish below its
own `up/`, read its own `down/`, and read whether a bridge is alive.
"""

import json
import queue
import threading
import uuid
from collections.abc import Iterable
from typing import Any

from edge_agent import wire
from server.bridge.link import Link

REQUEST = "$CONTROL/dynamic-security/v1"
RESPONSE = f"{REQUEST}/response"
ANSWER_WITHIN_S = 5.0
ALREADY = "already exists"
MISSING = "not found"


class BrokerRefused(RuntimeError):
    """The broker did not do what was asked, or did not answer."""


class Security:
    """Speaks to the dynamic-security plug-in as the broker's administrator."""

    def __init__(self, admin_url: str) -> None:
        self.link = Link(admin_url, f"admin-{uuid.uuid4().hex[:8]}", filters=[RESPONSE], manual_ack=False)
        self.link.on_connect = self._forget_clients
        self._clients: set[str] | None = None
        self._asking = threading.Lock()

    def start(self) -> None:
        """Connect."""
        self.link.start()

    def stop(self) -> None:
        """Disconnect."""
        self.link.stop()

    def admit(self, address: wire.Address, password: str) -> None:
        """Let an agent in with this password, under its own topics only. Safe to repeat. Raises BrokerRefused."""
        role = f"agent-{address.agent}"
        self._ask({"command": "createRole", "rolename": role, "acls": _acls(address)}, fine=ALREADY)
        client = {
            "username": address.agent,
            "clientid": address.agent,
            "password": password,
            "roles": [{"rolename": role}],
        }
        if "error" in self._ask({"command": "createClient", **client}, fine=ALREADY):
            self._ask({"command": "modifyClient", **client})
            self._ask({"command": "enableClient", "username": address.agent})
        if self._clients is not None:
            self._clients.add(address.agent)

    def misses(self, agents: Iterable[str]) -> bool:
        """Whether the broker knows one of these agents no more: it was wiped. Asked once for each connection."""
        if self._clients is None:
            listed = self._ask({"command": "listClients", "verbose": False, "count": -1, "offset": 0}).get("data", {})
            self._clients = {one if isinstance(one, str) else one["username"] for one in listed.get("clients", [])}
        return not self._clients.issuperset(agents)

    def shut_out(self, agent: str) -> None:
        """Cut an agent off at once and let it in no more. Safe to repeat. Raises BrokerRefused.

        Its role goes too: whose role is gone, of that one the broker hands out no retained message any more.
        """
        self._ask({"command": "disableClient", "username": agent}, fine=MISSING)
        self._ask({"command": "removeClientRole", "username": agent, "rolename": f"agent-{agent}"}, fine=MISSING)

    def _forget_clients(self) -> None:
        self._clients = None

    def _ask(self, command: dict[str, Any], fine: str = "") -> dict[str, Any]:
        """Send one command and wait for its answer, which may hold an objection only when that is a fine one."""
        with self._asking:
            answer = self._answered(command)
        objection = str(answer.get("error", ""))
        if objection and not (fine and fine in objection.lower()):
            raise BrokerRefused(f"{command['command']}: {objection}")
        return answer

    def _answered(self, command: dict[str, Any]) -> dict[str, Any]:
        if not self.link.is_up.wait(ANSWER_WITHIN_S):
            raise BrokerRefused("no connection to the broker's administration")
        correlation = uuid.uuid4().hex
        body = {"commands": [{**command, "correlationData": correlation}]}
        if not self.link.publish(REQUEST, json.dumps(body).encode()):
            raise BrokerRefused("the request could not be sent")
        return self._answer_to(correlation)

    def _answer_to(self, correlation: str) -> dict[str, Any]:
        while True:
            try:
                arrival = self.link.arrivals.get(timeout=ANSWER_WITHIN_S)
            except queue.Empty as error:
                raise BrokerRefused("the broker did not answer") from error
            for response in json.loads(arrival.payload).get("responses", []):
                if response.get("correlationData") == correlation:
                    return dict(response)


def _acls(address: wire.Address) -> list[dict[str, Any]]:
    may = {
        "publishClientSend": [address.up_filter],
        "publishClientReceive": [address.down_filter, wire.SERVER_STATE],
        "subscribePattern": [address.down_filter, wire.SERVER_STATE],
        "unsubscribePattern": [address.down_filter, wire.SERVER_STATE],
    }
    return [{"acltype": kind, "topic": topic, "allow": True} for kind, topics in may.items() for topic in topics]
