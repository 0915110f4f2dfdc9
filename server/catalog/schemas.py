"""The wire form of the catalogue."""

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from server.catalog.models import CODE_AT_MOST, NAME_AT_MOST, SKU_AT_MOST
from server.core.schemas import (
    Answer,
    Body,
    PageQuery,
    Query,
    Text,
    Utc,
    list_of,
    money,
    one_of,
    page_of,
    quantity,
    ref,
    whole,
)

BARCODES_AT_MOST = 50
PLU_AT_MOST = 99_999
QUICK_AT_MOST = 10_000
PACK_AT_MOST = 10**9


_ONLY_VISIBLE = validate.Regexp(r"^[\x20-\x7e]*\Z", error="not_a_code")


class PackBody(Body):
    """A code, and how much of the item one scan of it means."""

    code = Text(required=True, at_most=CODE_AT_MOST, validate=_ONLY_VISIBLE)
    quantity_milli = quantity(least=1, most=PACK_AT_MOST, load_default=1000)


class ItemBody(Body):
    """An item as a person describes it."""

    sku = Text(required=True, at_most=SKU_AT_MOST)
    name = Text(required=True, at_most=NAME_AT_MOST)
    unit_id = ref(required=True)
    tax_class_id = ref(required=True)
    category_id = ref(load_default=None, allow_none=True)
    is_weighed = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    plu = whole(1, PLU_AT_MOST, load_default=None, allow_none=True)
    quick_position = whole(0, QUICK_AT_MOST, load_default=None, allow_none=True)
    barcodes = list_of(fields.Nested(PackBody), most=BARCODES_AT_MOST, load_default=list)


class NewItemBody(ItemBody):
    """A new item, with its first price."""

    price_minor = money(load_default=None, allow_none=True)


class ItemChange(ItemBody):
    """An item as it shall be; `rev` is the state that was changed."""

    rev = ref(required=True)


class ItemsQuery(PageQuery):
    """How items are asked for: by words, code or sku, by category."""

    sort = one_of("name", "-name", "sku", "newest", load_default="name")
    category_id = ref(load_default=None)
    archived = fields.Boolean(load_default=False)


class PackAnswer(Answer):
    """A code of an item."""

    code = fields.String(required=True)
    quantity_milli = fields.Integer(required=True)


class PriceAnswer(Answer):
    """A price row."""

    id = fields.Integer(required=True)
    list_id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True, allow_none=True)
    amount_minor = fields.Integer(required=True)
    kind = fields.String(required=True)
    from_at = Utc(required=True)
    until_at = Utc(required=True, allow_none=True)


class ItemAnswer(Answer):
    """An item with its codes and the price that counts now."""

    id = fields.Integer(required=True)
    sku = fields.String(required=True)
    name = fields.String(required=True)
    category_id = fields.Integer(required=True, allow_none=True)
    unit_id = fields.Integer(required=True)
    tax_class_id = fields.Integer(required=True)
    is_weighed = fields.Boolean(required=True)
    plu = fields.Integer(required=True, allow_none=True)
    quick_position = fields.Integer(required=True, allow_none=True)
    barcodes = fields.List(fields.Nested(PackAnswer), required=True)
    price = fields.Nested(PriceAnswer, required=True, allow_none=True)
    archived = fields.Boolean(required=True)
    rev = fields.Integer(required=True)


class ItemDetail(ItemAnswer):
    """An item with every price that it ever had or is planned to have, newest first."""

    prices = fields.List(fields.Nested(PriceAnswer), required=True)


class PriceBody(Body):
    """A price as a person plans it: from now unless said otherwise, for all branches unless one is named."""

    amount_minor = money(required=True)
    kind = one_of("regular", "promotion", "markdown", load_default="regular")
    branch_id = ref(load_default=None, allow_none=True)
    from_at = Utc(load_default=None, allow_none=True)
    until_at = Utc(load_default=None, allow_none=True)


class CategoryBody(Body):
    """A category as a person describes it."""

    name = Text(required=True, at_most=NAME_AT_MOST)
    parent_id = ref(load_default=None, allow_none=True)
    hue = whole(0, 359, load_default=200)
    position = whole(0, 10_000, load_default=0)


class CategoryChange(CategoryBody):
    """A category as it shall be."""

    rev = ref(required=True)


class CategoryAnswer(Answer):
    """A category."""

    id = fields.Integer(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    hue = fields.Integer(required=True)
    position = fields.Integer(required=True)
    archived = fields.Function(lambda row: row.archived_at is not None, required=True, metadata={"type": "boolean"})
    rev = fields.Integer(required=True)


class UnitAnswer(Answer):
    """A unit of sale."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    decimals = fields.Integer(required=True)


class TaxClassAnswer(Answer):
    """A tax class with the rate that holds now."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    rate_bp = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)


class CodeAnswer(Answer):
    """What a scanned code means."""

    code = fields.String(required=True)
    quantity_milli = fields.Integer(required=True)
    item = fields.Nested(ItemAnswer, required=True)


class ImportQuery(Query):
    """Whether the file is only tried out, and where opening stock lies."""

    dry_run = fields.Boolean(load_default=False)
    branch_id = ref(load_default=None)


class ImportFile(Body):
    """The file, as a form sends it."""

    file = Upload(required=True)


class ImportFault(Answer):
    """One faulty field of a row; rows count as a spreadsheet shows them, the headings are row 1."""

    row = fields.Integer(required=True)
    field = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True)


class ImportAnswer(Answer):
    """How an import went or goes: checked, queued, running, done, refused."""

    id = fields.UUID(required=True, allow_none=True)
    state = one_of("checked", "queued", "running", "done", "refused", required=True)
    file_name = fields.String(required=True)
    rows = fields.Integer(required=True)
    rows_done = fields.Integer(required=True)
    created = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    opening_skipped = fields.Integer(required=True)
    faults = fields.Integer(required=True)
    errors = fields.List(fields.Nested(ImportFault), required=True)
    ignored = fields.List(fields.String(), required=True)
    started_at = Utc(required=True)
    finished_at = Utc(required=True, allow_none=True)


ItemsAnswer = page_of(ItemAnswer, "ItemsAnswer")
CategoriesAnswer = page_of(CategoryAnswer, "CategoriesAnswer")
UnitsAnswer = page_of(UnitAnswer, "UnitsAnswer")
TaxClassesAnswer = page_of(TaxClassAnswer, "TaxClassesAnswer")
