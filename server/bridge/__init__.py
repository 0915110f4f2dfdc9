"""One process between the tenants' databases and the agents' broker: due outbox rows go out, agents' messages come in.

    main         starts the parts below and ends them
    link         the server's only file with paho: one connection, messages acknowledged after their effect
    security     the broker's roles and credentials of agents, one request at a time
    dispatch     due device jobs of hinted tenants -> `down/cmd`; the slow sweep over all tenants
    inbound      `up/...` -> operations of `devices` in the tenant that the topic names -> hints to browsers
    passing      what no row is written for: customer displays, the watching of a scale

No business logic stands here. The tenant is the one of the topic, whose credential the broker checked; the agent must
be registered there. Nothing durable is kept: broker and Redis may be wiped at any moment.
"""
