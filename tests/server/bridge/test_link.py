"""The connection to the broker: what a lost one left behind never comes out on the next."""

import os
import signal
import uuid

from fixtures.mosquitto import private_mosquitto
from fixtures.waiting import wait_for
from server.bridge.link import Link

TOPIC = "pos/v1/market/m1/a1/down/cmd"


def link(mosquitto, filters):
    made = Link(mosquitto.url, f"test-{uuid.uuid4().hex[:8]}", filters=filters)
    made.start()
    wait_for(made.is_up.is_set, what="the connection")
    return made


def test_a_command_that_a_dying_broker_had_not_taken_is_not_sent_by_the_connection_itself():
    with private_mosquitto() as mosquitto:
        sender = link(mosquitto, [])
        os.kill(mosquitto.program.process.pid, signal.SIGSTOP)

        assert sender.publish(TOPIC, b"before", life_s=5)
        mosquitto.kill()
        wait_for(lambda: not sender.is_up.is_set(), what="the loss")
        mosquitto.start()
        hearer = link(mosquitto, [TOPIC])
        wait_for(lambda: sender.publish(TOPIC, b"after"), timeout_s=20, what="the next connection")

        assert hearer.arrivals.get(timeout=10).payload == b"after"
        sender.stop()
        hearer.stop()


def test_without_a_connection_nothing_is_taken():
    with private_mosquitto() as mosquitto:
        sender = link(mosquitto, [])
        mosquitto.kill()
        wait_for(lambda: not sender.is_up.is_set(), what="the loss")

        assert not sender.publish(TOPIC, b"into the void")
        sender.stop()


def test_asked_again_the_broker_tells_once_more_what_it_retains():
    with private_mosquitto() as mosquitto:
        sender = link(mosquitto, [])
        assert sender.publish(TOPIC, b"online", retain=True)
        hearer = link(mosquitto, [TOPIC])
        assert hearer.arrivals.get(timeout=10).payload == b"online"

        hearer.ask_again()

        assert hearer.arrivals.get(timeout=10).payload == b"online"
        sender.stop()
        hearer.stop()
