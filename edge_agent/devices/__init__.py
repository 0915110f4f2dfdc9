"""Devices: what a printer, drawer, scale, scanner, display or bell is, whatever cable it hangs on.

Each is a small state machine that belongs to one lane (thread). It does jobs (`run`), looks after itself (`tick`),
and tells the agent what changed through `Hub`.
"""
