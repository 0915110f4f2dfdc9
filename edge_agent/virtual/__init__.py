"""Byte-level twins of all devices: a shop without hardware that behaves like one.

They speak the devices' own bytes over sockets and pseudo terminals, so the agent drives them with its real drivers;
what they show (paper, drawer, weight) is worked out from those bytes alone. `world` holds them together,
`http` serves them to the Counter page.
"""
