"""The wire form of the feed. The routes answer with orjson from rows; a test holds the rows to these schemas."""

from typing import Any

from marshmallow import ValidationError, fields

from server.core.schemas import Answer, Query, Text, Utc, whole
from server.sync.feed import TOPICS

CHANGES_AT_MOST = 1_000


class Topics(Text):
    """Topics, parted by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        names = super()._deserialize(value, attr, data, **kw).split(",")
        if not set(names) <= set(TOPICS):
            raise ValidationError("not_a_choice|choices=" + ", ".join(TOPICS))
        return names


class BootstrapQuery(Query):
    """Which form of the feed the terminal understands."""

    schema = whole(2, 2, load_default=2)


class ChangesQuery(Query):
    """From where on, of which topics, how many at a time."""

    cursor = whole(0, 2**62, required=True)
    topics = Topics(load_default=list(TOPICS), at_most=100)
    limit = whole(1, CHANGES_AT_MOST, load_default=500)


class FeedCompany(Answer):
    """Who sells."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    tax_id = fields.String(required=True)
    tax_regime = fields.String(required=True)
    currency = fields.String(required=True)


class FeedBranch(Answer):
    """The terminal's branch."""

    id = fields.Integer(required=True)
    company_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    timezone = fields.String(required=True)
    cut_off_min = fields.Integer(required=True)
    language = fields.String(required=True)
    receipt_head = fields.String(required=True)
    receipt_foot = fields.String(required=True)


class FeedRegister(Answer):
    """A till of the branch."""

    id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    archived = fields.Boolean(required=True)
    lease_epoch = fields.Integer(required=True, metadata={"description": "Of its latest lease; an older one is over."})


class FeedTenderType(Answer):
    """A way to pay."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    opens_drawer = fields.Boolean(required=True)
    position = fields.Integer(required=True)
    archived = fields.Boolean(required=True)


class FeedRight(Answer):
    """A right and how far it goes; none is without limit."""

    right = fields.String(required=True)
    cap_bp = fields.Integer(required=True, allow_none=True)
    cap_minor = fields.Integer(required=True, allow_none=True)


class FeedPerson(Answer):
    """Someone who may sign in, without any secret."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    rights = fields.List(fields.Nested(FeedRight), required=True)
    archived = fields.Boolean(required=True)


class FeedTaxRate(Answer):
    """A rate of a tax class. Units: basis points; milliseconds UTC."""

    id = fields.Integer(required=True)
    class_id = fields.Integer(required=True)
    rate_bp = fields.Integer(required=True)
    kind = fields.String(required=True)
    from_at = fields.Integer(required=True)


class FeedSetting(Answer):
    """A setting as it holds in the terminal's branch."""

    id = fields.Integer(required=True)
    key = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)


class FeedTerminalDevice(Answer):
    """Which device serves the terminal in a role."""

    id = fields.String(required=True)
    role = fields.String(required=True)
    device_id = fields.Integer(required=True)
    name = fields.String(required=True)
    device_class = fields.String(required=True, data_key="class", attribute="class")
    ops = fields.List(fields.String(), required=True)


class FeedOrderOperation(Answer):
    """One operation of an open order."""

    id = fields.String(required=True)
    order_id = fields.String(required=True)
    kind = fields.String(required=True)
    terminal_id = fields.Integer(required=True, allow_none=True)
    person_id = fields.Integer(required=True, allow_none=True)
    hlc = fields.String(required=True)
    body = fields.Dict(required=True)


class FeedItem(Answer):
    """An item; codes as [code, thousandths]."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    sku = fields.String(required=True)
    search_key = fields.String(required=True)
    sort_key = fields.String(required=True)
    category_id = fields.Integer(required=True, allow_none=True)
    unit_id = fields.Integer(required=True)
    tax_class_id = fields.Integer(required=True)
    is_weighed = fields.Boolean(required=True)
    plu = fields.Integer(required=True, allow_none=True)
    quick_position = fields.Integer(required=True, allow_none=True)
    barcodes = fields.List(fields.List(fields.Raw()), required=True)
    archived = fields.Boolean(required=True)


class FeedPrice(Answer):
    """A price. Units: minor units; milliseconds UTC."""

    id = fields.Integer(required=True)
    item_id = fields.Integer(required=True)
    list_id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True, allow_none=True)
    amount_minor = fields.Integer(required=True)
    kind = fields.String(required=True)
    from_at = fields.Integer(required=True)
    until_at = fields.Integer(required=True, allow_none=True)


class FeedCategory(Answer):
    """A category."""

    id = fields.Integer(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    position = fields.Integer(required=True)
    hue = fields.Integer(required=True)
    archived = fields.Boolean(required=True)


class FeedUnit(Answer):
    """A unit of sale."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    decimals = fields.Integer(required=True)


class FeedTaxClass(Answer):
    """A tax class."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class FeedLabelTemplate(Answer):
    """A pattern of the shop's own labels."""

    id = fields.Integer(required=True)
    pattern = fields.String(required=True)


ROWS: dict[str, type[Answer]] = {
    "item": FeedItem,
    "price": FeedPrice,
    "category": FeedCategory,
    "unit": FeedUnit,
    "tax_class": FeedTaxClass,
    "tax_rate": FeedTaxRate,
    "label_template": FeedLabelTemplate,
    "person": FeedPerson,
    "company": FeedCompany,
    "branch": FeedBranch,
    "register": FeedRegister,
    "tender_type": FeedTenderType,
    "setting": FeedSetting,
    "terminal_device": FeedTerminalDevice,
    "order_operation": FeedOrderOperation,
}
"""The schema of each kind's row."""


class CatalogueFile(Answer):
    """Where the catalogue's file is, how many items it holds, and the hash of its uncompressed bytes."""

    url = fields.String(required=True)
    rows = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class BootstrapAnswer(Answer):
    """What a terminal is filled with."""

    schema = fields.Integer(required=True)
    cursor = fields.Integer(required=True)
    generation = fields.Integer(required=True)
    server_at = Utc(required=True)
    branch = fields.Nested(FeedBranch, required=True)
    company = fields.Nested(FeedCompany, required=True)
    registers = fields.List(fields.Nested(FeedRegister), required=True)
    tender_types = fields.List(fields.Nested(FeedTenderType), required=True)
    people = fields.List(fields.Nested(FeedPerson), required=True)
    tax_rates = fields.List(fields.Nested(FeedTaxRate), required=True)
    settings = fields.List(fields.Nested(FeedSetting), required=True)
    terminal_devices = fields.List(fields.Nested(FeedTerminalDevice), required=True)
    order_operations = fields.List(fields.Nested(FeedOrderOperation), required=True)
    catalogue = fields.Nested(CatalogueFile, required=True)


class FeedChange(Answer):
    """One change: the row as it is now, or none when it was dropped."""

    seq = fields.Integer(required=True)
    topic = fields.String(required=True)
    kind = fields.String(required=True)
    op = fields.String(required=True, metadata={"enum": ["put", "drop"]})
    id = fields.Raw(required=True, metadata={"oneOf": [{"type": "integer"}, {"type": "string"}]})
    rev = fields.Integer(required=True)
    row = fields.Dict(required=True, allow_none=True)


class ChangesAnswer(Answer):
    """A page of changes, and from where the next one starts."""

    from_ = fields.Integer(required=True, data_key="from", attribute="from")
    to = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    changes = fields.List(fields.Nested(FeedChange), required=True)


class SnapshotFile(Answer):
    """The catalogue in columns."""

    schema = fields.Integer(required=True)
    cursor = fields.Integer(required=True)
    items = fields.Dict(required=True)
    barcodes = fields.Dict(required=True)
    prices = fields.Dict(required=True)
    categories = fields.List(fields.Nested(FeedCategory), required=True)
    units = fields.List(fields.Nested(FeedUnit), required=True)
    tax_classes = fields.List(fields.Nested(FeedTaxClass), required=True)
    label_templates = fields.List(fields.Nested(FeedLabelTemplate), required=True)
