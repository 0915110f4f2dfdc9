"""Owns terminals, agents, their devices, which terminal uses which, and the jobs that devices are asked to do.

Calls stores and core; of the edge it imports only `edge_agent.wire`. Announces nothing: stages of jobs and states of
devices reach terminals as live hints. `device_job` is the outbox of the edge, which the bridge sends from.
"""

from server.core.actor import Right

RIGHTS = (Right("device.manage"),)
