"""The wire form of terminals, agents, devices and jobs."""

from marshmallow import fields

from server.core.schemas import Answer, Body, Matching, PageQuery, Text, Utc, list_of, one_of, page_of, ref
from server.devices.routing import ROLES

NAME_AT_MOST = 100
DISPLAY_LINES = 4
STAGES = (
    "queued",
    "received",
    "started",
    "held",
    "done",
    "failed",
    "expired",
    "rejected",
    "uncertain",
)


def _public_key() -> Matching:
    described = {"description": "the SPKI form in base64"}
    return Matching("^[A-Za-z0-9+/]{40,396}={0,2}$", error="not_a_key", required=True, metadata=described)


class PairingCodeBody(Body):
    """Whom the code lets in, and in which branch."""

    kind = one_of("terminal", "agent", required=True)
    branch_id = ref(required=True)


class PairingCodeAnswer(Answer):
    """The code, which is told this once: 8 letters for a terminal, a long token for an agent."""

    code = fields.String(required=True)
    expires_at = Utc(required=True)


class PairBody(Body):
    """A browser with a code."""

    code = Text(required=True, at_most=40)
    name = Text(required=True, at_most=NAME_AT_MOST)
    public_key = _public_key()


class PairHereBody(Body):
    """The browser of someone signed in."""

    branch_id = ref(required=True)
    name = Text(required=True, at_most=NAME_AT_MOST)
    public_key = _public_key()


class PairedTerminal(Answer):
    """The terminal that the browser is now."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class PairAnswer(Answer):
    """The terminal that the browser is now, and where."""

    terminal = fields.Nested(PairedTerminal, required=True)
    branch_id = fields.Integer(required=True)


class Binding(Body):
    """Which device serves in which role."""

    role = one_of(*ROLES, required=True)
    device_id = ref(required=True)


class TerminalChange(Body):
    """A terminal's name and all its devices, as they shall be."""

    name = Text(required=True, at_most=NAME_AT_MOST)
    devices = list_of(fields.Nested(Binding), most=len(ROLES))


class BindingAnswer(Answer):
    """Which device serves in which role."""

    role = fields.String(required=True)
    device_id = fields.Integer(required=True)
    name = fields.String(required=True)


class TerminalAnswer(Answer):
    """A terminal."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    branch_id = fields.Integer(required=True)
    paired_at = Utc(required=True)
    revoked_at = Utc(allow_none=True, required=True)
    devices = fields.List(fields.Nested(BindingAnswer), required=True)


class TerminalsAnswer(Answer):
    """All terminals."""

    rows = fields.List(fields.Nested(TerminalAnswer), required=True)


class EnrolBody(Body):
    """A machine with a one-use token."""

    token = Text(required=True, at_most=100)
    name = Text(required=True, at_most=NAME_AT_MOST)
    model = Text(load_default="", at_least=0, at_most=100)
    sw = Text(load_default="", at_least=0, at_most=40)


class BrokerAnswer(Answer):
    """Where the broker listens."""

    host = fields.String(required=True)
    port = fields.Integer(required=True)
    tls = fields.Boolean(required=True)


class EnrolAnswer(Answer):
    """What an agent needs to connect. Its client id is its user name."""

    agent_id = fields.Integer(required=True)
    key = fields.String(required=True)
    tenant = fields.String(required=True)
    site = fields.String(required=True)
    broker = fields.Nested(BrokerAnswer, required=True)
    username = fields.String(required=True)
    password = fields.String(required=True)


class AgentAnswer(Answer):
    """An agent."""

    id = fields.Integer(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    branch_id = fields.Integer(required=True)
    model = fields.String(required=True)
    sw = fields.String(required=True)
    is_online = fields.Boolean(required=True)
    seen_at = Utc(allow_none=True, required=True)
    disabled_at = Utc(allow_none=True, required=True)


class AgentsAnswer(Answer):
    """All agents."""

    rows = fields.List(fields.Nested(AgentAnswer), required=True)


class DeviceAnswer(Answer):
    """A device, and how it is: `offline` while its agent is away. `trouble` is a word such as `paper_out`."""

    id = fields.Integer(required=True)
    agent_id = fields.Integer(required=True)
    name = fields.String(required=True)
    device_class = fields.String(required=True, data_key="class")
    driver = fields.String(required=True)
    profile = fields.String(allow_none=True, required=True)
    ops = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    trouble = fields.String(allow_none=True, required=True)
    details = fields.Dict(required=True)
    state_at = Utc(allow_none=True, required=True)


class DevicesAnswer(Answer):
    """Devices."""

    rows = fields.List(fields.Nested(DeviceAnswer), required=True)


class TestPrintAnswer(Answer):
    """The job of a test print."""

    job_id = fields.UUID(required=True)


class JobsQuery(PageQuery):
    """Which jobs."""

    stage = one_of(*STAGES, load_default=None)
    agent_id = ref(load_default=None)
    device_id = ref(load_default=None)


class JobAnswer(Answer):
    """A device job and where it stands. `uncertain`: nobody knows whether the paper came out, so a person says it."""

    id = fields.UUID(required=True)
    agent_id = fields.Integer(required=True)
    device_id = fields.Integer(required=True)
    terminal_id = fields.Integer(allow_none=True, required=True)
    op = fields.String(required=True)
    kind = fields.String(allow_none=True, required=True)
    copy = fields.Integer(required=True)
    cause_kind = fields.String(required=True)
    cause_id = fields.String(required=True)
    stage = fields.String(required=True)
    reason = fields.String(allow_none=True, required=True)
    is_confirmed = fields.Boolean(allow_none=True, required=True)
    attempt = fields.Integer(required=True)
    created_at = Utc(required=True)
    sent_at = Utc(allow_none=True, required=True)
    expires_at = Utc(required=True)
    settled_at = Utc(allow_none=True, required=True)
    came_out = fields.Boolean(allow_none=True, required=True)


JobsAnswer = page_of(JobAnswer, "JobsAnswer")


class SettleBody(Body):
    """Whether the paper came out."""

    came_out = fields.Boolean(required=True)


class ShowBody(Body):
    """Lines of a customer display, top to bottom; none clears it."""

    lines = list_of(Text(at_least=0, at_most=80), most=DISPLAY_LINES, required=True)


class NoBody(Body):
    """Nothing to say."""


class SentAnswer(Answer):
    """Whether anyone was there to send it on."""

    sent = fields.Boolean(required=True)
