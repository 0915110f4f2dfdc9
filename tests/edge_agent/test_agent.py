"""The agent between a real broker and virtual devices."""

from edge_agent import wire
from fixtures.waiting import wait_for
from tests.edge_agent.escpos_decoder import read
from tests.edge_agent.shop import paper

PAGES = {0: "cp437", 13: "cp857", 17: "cp866", 19: "cp858"}


def lines_of(shop):
    return [paper.lines[:-1] for paper in read(bytes(shop.world.printer.raw), PAGES).papers]


def test_a_receipt_comes_out_and_is_confirmed_by_the_printer(shop):
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Çörək ağ 0.65", "Молоко 2.10")))

    done = shop.bridge.wait_for_stage(job, "done")

    assert done.confirmed is True
    assert shop.bridge.stages(job) == ["received", "started", "done"]
    assert lines_of(shop) == [["Çörək ağ 0.65", "Молоко 2.10"]]


def test_the_same_command_again_prints_nothing_and_tells_the_first_end(shop):
    command = shop.bridge.command("print", "receipt-1", paper("Bir dəfə"))
    shop.bridge.send(command)
    shop.bridge.wait_for_stage(command.id, "done")

    shop.bridge.send(command)

    again = shop.bridge.wait_for_stage(command.id, "duplicate")
    assert again.of_stage == "done"
    assert len(shop.world.printer.papers) == 1


def test_the_same_id_with_another_paper_is_refused(shop):
    first = shop.bridge.command("print", "receipt-1", paper("Birinci"))
    shop.bridge.send(first)
    shop.bridge.wait_for_stage(first.id, "done")

    shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("İkinci"), id=first.id))

    refused = shop.bridge.wait_for_stage(first.id, "rejected")
    assert refused.reason == "id_reuse"
    assert lines_of(shop) == [["Birinci"]]


def test_fifty_copies_at_once_are_one_paper(shop):
    command = shop.bridge.command("print", "receipt-1", paper("Bir kağız"))

    for _ in range(50):
        shop.bridge.send(command)

    shop.bridge.wait_for_stage(command.id, "done")
    shop.bridge.wait(lambda: shop.bridge.stages(command.id).count("duplicate") == 49)
    assert len(shop.world.printer.papers) == 1


def test_a_drawer_opens_by_one_pulse_and_says_so(shop):
    job = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs(reason="sale")))

    done = shop.bridge.wait_for_stage(job, "done")

    assert done.confirmed is True
    [pulse] = shop.world.drawer.pulses
    assert (pulse["pin"], pulse["on_ms"], pulse["off_ms"]) == (2, 100, 100)
    shop.bridge.wait(lambda: [event.event for event in shop.bridge.events] == ["opened"])
    assert shop.bridge.events[0].body == {"by_us": True}
    shop.world.drawer.close()
    shop.bridge.wait(lambda: [event.event for event in shop.bridge.events] == ["opened", "closed"])


def test_a_drawer_opened_by_hand_is_told(shop):
    shop.world.drawer.is_open = True

    shop.bridge.wait(lambda: shop.bridge.events)

    assert (shop.bridge.events[0].event, shop.bridge.events[0].body) == ("opened", {"by_us": False})


def test_a_retained_command_is_dropped(shop):
    command = shop.bridge.command("open", "drawer-1", wire.OpenArgs())
    shop.bridge.send(command, retain=True)
    shop.shut()

    shop.open()
    after = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))

    shop.bridge.wait_for_stage(after, "done")
    assert len(shop.world.drawer.pulses) == 2  # The live copy of the first, and the second; none for the retained one.
    shop.bridge.publish("cmd", b"", retain=True)


def test_messages_out_of_frame_do_not_stop_the_agent(shop):
    for payload in (b"", b"{", b"[]", b"\xff" * 100, b'{"id":"x"}'):
        shop.bridge.publish("cmd", payload)
        shop.bridge.publish("sync", payload)

    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Yenə işləyir")))

    shop.bridge.wait_for_stage(job, "done")


def test_what_a_device_cannot_do_is_refused(shop):
    wishes = [
        (shop.bridge.command("ring", "receipt-1", wire.RingArgs()), "unsupported"),
        (shop.bridge.command("open", "drawer-9", wire.OpenArgs()), "unknown_device"),
        (shop.bridge.command("ring", "bell-1", wire.RingArgs(pattern="waltz")), "unsupported"),
    ]
    for command, reason in wishes:
        shop.bridge.send(command)
        shop.bridge.wait(lambda job=command.id: {"rejected", "failed"} & set(shop.bridge.stages(job)))
        assert shop.bridge.acks[-1].reason == reason


def test_arguments_that_were_changed_on_the_way_are_refused(shop):
    good = shop.bridge.command("open", "drawer-1", wire.OpenArgs(reason="sale"))

    shop.bridge.publish("cmd", good.to_json().replace(b'"reason":"sale"', b'"reason":"gift"'))

    assert shop.bridge.wait_for_stage(good.id, "rejected").reason == "bad_digest"
    assert shop.world.drawer.pulses == []


def test_out_of_paper_a_receipt_waits_and_comes_out_once(shop):
    shop.world.printer.turn(paper_out=True)
    shop.bridge.wait_for_state("receipt-1", "trouble", "paper_out")
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Gözləyir")))
    assert shop.bridge.wait_for_stage(job, "held").reason == "paper_out"

    shop.world.printer.turn(paper_out=False)

    shop.bridge.wait_for_stage(job, "done")
    assert lines_of(shop) == [["Gözləyir"]]


def test_paper_that_ends_in_the_middle_holds_the_job_and_the_drawer_opens_meanwhile(shop):
    shop.world.printer.turn(paper_out_after=60)
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper(*["Sətir"] * 20)))
    assert shop.bridge.wait_for_stage(job, "held").reason == "paper_out"

    drawer = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))

    shop.bridge.wait_for_stage(drawer, "done")
    assert len(shop.world.drawer.pulses) == 1
    assert "done" not in shop.bridge.stages(job)
    shop.world.printer.turn(paper_out=False)
    shop.bridge.wait_for_stage(job, "done")
    assert len(shop.world.printer.papers) == 1
    assert len(shop.world.drawer.pulses) == 1


def test_a_printer_that_dies_in_the_middle_leaves_a_receipt_for_a_person_to_settle(shop):
    shop.world.printer.turn(die_after=60)
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper(*["Sətir"] * 20)))

    shop.bridge.wait_for_stage(job, "uncertain")

    shop.world.printer.turn(off=False)
    shop.bridge.wait_for_state("receipt-1", "ready")
    following = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Növbəti")))
    shop.bridge.wait_for_stage(following, "done")
    assert [one.is_cut for one in read(bytes(shop.world.printer.raw), PAGES).papers][-1]
    assert shop.bridge.stages(job).count("uncertain") == 1


def test_a_kitchen_ticket_repeats_by_itself_and_says_so(shop):
    shop.world.printer.turn(die_after=60)
    ticket = shop.bridge.command("print", "receipt-1", paper(*["Dolma"] * 20, kind="ticket"))
    shop.bridge.send(ticket)
    wait_for(lambda: shop.world.printer.knobs.off)

    shop.world.printer.turn(off=False)

    shop.bridge.wait_for_stage(ticket.id, "done")
    second = read(b"\x1b@" + bytes(shop.world.printer.raw).rsplit(b"\x1b@", 1)[1], PAGES).papers[0]
    assert second.lines[0].strip() == "TƏKRAR OLA BİLƏR / POSSIBLE DUPLICATE"
    assert shop.world.printer.papers[-1].tag.endswith(".2")


def test_a_printer_that_is_off_keeps_the_job_until_it_is_on(shop):
    shop.world.printer.turn(off=True)
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Sonra")))
    assert shop.bridge.wait_for_stage(job, "held").reason == "offline"

    shop.world.printer.turn(off=False)

    shop.bridge.wait_for_stage(job, "done")
    assert shop.bridge.stages(job).count("held") == 1


def test_a_drawer_whose_life_is_over_never_opens(shop):
    shop.world.printer.turn(off=True)
    shop.bridge.wait_for_state("receipt-1", "offline", "offline")
    job = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs(), ttl_ms=50))
    shop.bridge.wait_for_stage(job, "expired")

    shop.world.printer.turn(off=False)
    shop.bridge.wait_for_state("drawer-1", "ready")

    assert shop.world.drawer.pulses == []


def test_a_mute_printer_prints_without_confirmation(shop):
    shop.world.printer.turn(mute=True)
    shop.bridge.wait_for_state("receipt-1", "trouble", "mute")

    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Səssiz")))

    assert shop.bridge.wait_for_stage(job, "done").confirmed is False
    assert lines_of(shop) == [["Səssiz"]]


def test_a_drawer_goes_before_the_receipts_that_wait(shop):
    shop.world.printer.turn(paper_out=True)
    shop.bridge.wait_for_state("receipt-1", "trouble", "paper_out")
    first, second = (shop.bridge.command("print", "receipt-1", paper(text)) for text in ("Bir", "İki"))
    for command in (first, second):
        shop.bridge.send(command)
    drawer = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))
    shop.bridge.wait_for_stage(drawer, "done")

    shop.world.printer.turn(paper_out=False)

    shop.bridge.wait_for_stage(second.id, "done")
    assert lines_of(shop) == [["Bir"], ["İki"]]


def test_a_job_that_comes_after_another_waits_for_it(shop):
    shop.world.printer.turn(paper_out=True)
    shop.bridge.wait_for_state("receipt-1", "trouble", "paper_out")
    new = shop.bridge.command("print", "receipt-1", paper("Yeni", kind="ticket"))
    change = wire.Command.from_dict(
        shop.bridge.command("print", "receipt-1", paper("Dəyişiklik", kind="ticket_change")).to_dict()
        | {"after": new.id}
    )
    shop.bridge.send(new)
    shop.bridge.wait_for_stage(new.id, "held")
    shop.bridge.send(change)
    shop.bridge.wait_for_stage(change.id, "received")

    shop.world.printer.turn(paper_out=False)

    shop.bridge.wait_for_stage(change.id, "done")
    assert [lines[0].strip() for lines in lines_of(shop)] == ["Yeni", "Dəyişiklik"]
