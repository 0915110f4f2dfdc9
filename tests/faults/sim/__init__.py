"""A whole shop in one process on a clock of its own: terminals, server, bridge, broker, agent, printers, and faults.

    virtual_time   the clock, the events on it, and threads that wait in it
    ground         the application, and a founded shop that each seed gets a copy of
    plan           which faults a seed has, and how often
    broker         what MQTT does to messages: delay, copies, losses, wills, retained ones
    site           the real edge agent over virtual printers and drawers
    backend        the real server and the real bridge behind a network that can fail; crashes and restores
    terminal       a till as the browser is one: what is on its disk, and what a reload loses
    cashier        what people do at a till
    checker        the invariants after every step, and the history of what was acknowledged
    calamities     the big faults
    world          all of it together, one step after another
    play           a seed from its beginning to its end
    runner         one seed, or many

One seed is one life of a shop and always the same one. `python -m tests.faults.sim --seed 17` plays one and prints its
trace, `--seeds 1..10000` plays a range in two processes.
"""
