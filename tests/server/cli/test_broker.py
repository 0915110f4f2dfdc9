"""The broker's roles: who is let in, and that nothing is allowed unless a role says so."""

import queue
import stat

import paho.mqtt.client as mqtt
import pytest

from fixtures.mosquitto import Mosquitto

NOT_AUTHORIZED = 135


def connected(mosquitto: Mosquitto, name: str, password: str) -> tuple[mqtt.Client, queue.Queue]:
    answers: queue.Queue = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(name, password)
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.put(("connected", reason.value))
    client.on_subscribe = lambda _c, _u, _m, reasons, _p: answers.put(("subscribed", reasons[0].value))
    client.on_message = lambda _c, _u, message: answers.put((message.topic, message.payload))
    client.connect(mosquitto.host, mosquitto.port)
    client.loop_start()
    return client, answers


@pytest.fixture
def bridge(mosquitto: Mosquitto):
    name, password = mosquitto.url.removeprefix("mqtt://").split("@")[0].split(":")
    client, answers = connected(mosquitto, name, password)
    assert answers.get(timeout=5) == ("connected", 0)
    yield client, answers
    client.disconnect()
    client.loop_stop()


def test_the_bridge_reads_and_writes_the_topics_of_shops(bridge):
    client, answers = bridge

    client.subscribe("pos/v1/reading-and-writing/#", qos=1)
    assert answers.get(timeout=5) == ("subscribed", 1)
    client.publish("pos/v1/reading-and-writing/main/agent/down/cmd", b"print", qos=1)

    assert answers.get(timeout=5) == ("pos/v1/reading-and-writing/main/agent/down/cmd", b"print")


@pytest.mark.parametrize("topics", ["$CONTROL/dynamic-security/#", "elsewhere/#", "#"])
def test_the_bridge_may_read_nothing_else(bridge, topics):
    client, answers = bridge

    client.subscribe(topics)

    assert answers.get(timeout=5) == ("subscribed", NOT_AUTHORIZED)


def test_a_stranger_is_not_let_in(mosquitto):
    client, answers = connected(mosquitto, "bridge", "guessed")

    assert answers.get(timeout=5) == ("connected", NOT_AUTHORIZED)
    client.loop_stop()


def test_the_administrator_sees_that_all_four_defaults_deny(mosquitto):
    client, answers = connected(mosquitto, name="admin", password=mosquitto.admin["password"])
    assert answers.get(timeout=5) == ("connected", 0)
    client.subscribe("$CONTROL/dynamic-security/v1/response")
    assert answers.get(timeout=5)[0] == "subscribed"

    client.publish("$CONTROL/dynamic-security/v1", b'{"commands": [{"command": "getDefaultACLAccess"}]}')

    _, payload = answers.get(timeout=5)
    assert payload.count(b'"allow":false') == 4
    client.disconnect()
    client.loop_stop()


def test_only_its_owner_reads_the_broker_s_secrets(mosquitto):
    folder = mosquitto.at.folder

    for name in ("admin.json", "bridge-password", "dynamic-security.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
