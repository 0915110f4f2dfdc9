"""What changes terminals, agents, devices and jobs, by what it is about.

pairing      codes, and a browser that becomes a terminal
terminals    names, devices of a terminal, revocation
enrolment    tokens, and a machine that becomes an agent
credentials  what the broker should know of agents
jobs         a wish to a device: posted, sent, expired, settled
reports      what agents say: presence, announcements, states, events, stages of jobs
"""

from server.devices.operations.credentials import (
    CredentialWish,
    credential_failed,
    credential_made,
    credentials_due,
    make_all_again,
)
from server.devices.operations.enrolment import (
    Enrolled,
    disable_agent,
    enable_agent,
    enrol,
    make_enrol_token,
    shut_out_twins,
)
from server.devices.operations.jobs import post_job, settle_job, test_print
from server.devices.operations.pairing import Paired, make_pairing_code, pair, pair_here
from server.devices.operations.reports import (
    Hint,
    record_announce,
    record_device_announce,
    record_device_event,
    record_device_state,
    record_presence,
    record_stage,
)
from server.devices.operations.sending import (
    Outgoing,
    Outlook,
    due_jobs,
    expire_jobs,
    forgettable,
    jobs_to_resend,
    mark_sent,
    next_due_at,
    outlook,
)
from server.devices.operations.terminals import bind_devices, bind_first_come, change_terminal, revoke

__all__ = [
    "CredentialWish",
    "Enrolled",
    "Hint",
    "Outgoing",
    "Outlook",
    "Paired",
    "bind_devices",
    "bind_first_come",
    "change_terminal",
    "credential_failed",
    "credential_made",
    "credentials_due",
    "disable_agent",
    "due_jobs",
    "enable_agent",
    "enrol",
    "expire_jobs",
    "forgettable",
    "jobs_to_resend",
    "make_all_again",
    "make_enrol_token",
    "make_pairing_code",
    "mark_sent",
    "next_due_at",
    "outlook",
    "pair",
    "pair_here",
    "post_job",
    "record_announce",
    "record_device_announce",
    "record_device_event",
    "record_device_state",
    "record_presence",
    "record_stage",
    "revoke",
    "settle_job",
    "shut_out_twins",
    "test_print",
]
