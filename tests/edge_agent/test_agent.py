"""The agent between a real broker and virtual devices."""

from tests.edge_agent.shop import paper


def test_a_receipt_comes_out_and_is_confirmed_by_the_printer(shop):
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Cem 4.60")))

    done = shop.bridge.wait_for_stage(job, "done")

    assert done.confirmed is True
    assert shop.bridge.stages(job) == ["received", "started", "done"]
    assert [one.text.split("\n")[0] for one in shop.world.printer.papers] == ["Cem 4.60"]
