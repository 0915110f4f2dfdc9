"""The edge agent: the program on the small computer in the shop that drives its devices.

Owns: the spool of device jobs, the drivers, the virtual twins of all devices.
Calls: nothing of `server`. The server imports `edge_agent.wire` and nothing else of this package.
"""

__version__ = "1.0.0"
