"""The first slice."""

import sqlalchemy as sa
from alembic import op

from server.core import db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("happened_at", db.UtcMs(), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("terminal_id", sa.BigInteger(), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_happened_at"), ["happened_at"], unique=False)
        batch_op.create_index("ix_audit_subject", ["subject_kind", "subject_id", "happened_at"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=800), nullable=False),
        sa.Column("hue", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_topic_seq", ["topic", "seq"], unique=False)

    op.create_table(
        "change_mark",
        sa.Column("noted_at", db.UtcMs(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("noted_at", name=op.f("pk_change_mark")),
    )
    op.create_table(
        "change_sequence",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kept_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_change_sequence")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_id", sa.String(length=20), nullable=False),
        sa.Column("tax_regime", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "flag",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("raised_at", db.UtcMs(), nullable=False),
        sa.Column("settled_at", db.UtcMs(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_open", ["settled_at", "raised_at"], unique=False)
        batch_op.create_index("ix_flag_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "label_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("pattern", sa.String(length=80), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_template")),
        sa.UniqueConstraint("pattern", name=op.f("uq_label_template_pattern")),
    )
    op.create_table(
        "open_order",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", db.UtcMs(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_order")),
    )
    with op.batch_alter_table("open_order", schema=None) as batch_op:
        batch_op.create_index("ix_open_order_open", ["branch_id", "is_open", "opened_at", "id"], unique=False)

    op.create_table(
        "operation",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("terminal_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("received_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_operation_answered",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("answer IS NOT NULL"),
            postgresql_where=sa.text("answer IS NOT NULL"),
        )
        batch_op.create_index("ix_operation_terminal_seq", ["terminal_id", "seq"], unique=False)

    op.create_table(
        "order_lease",
        sa.Column("order_id", db.Id(), nullable=False),
        sa.Column("terminal_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("until_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_lease")),
    )
    op.create_table(
        "order_operation",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("order_id", db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("terminal_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("hlc", sa.String(length=16), nullable=False),
        sa.Column("line_id", db.Id(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("received_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_operation")),
    )
    with op.batch_alter_table("order_operation", schema=None) as batch_op:
        batch_op.create_index("ix_order_operation_line", ["line_id", "kind"], unique=False)
        batch_op.create_index("ix_order_operation_order", ["order_id", "hlc", "id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("search_key", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_sort_key"), ["sort_key"], unique=False)

    op.create_table(
        "price_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
    )
    op.create_table(
        "reaction_due",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("reaction", sa.String(length=160), nullable=False),
        sa.Column("flag_id", db.Id(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction_due")),
    )
    with op.batch_alter_table("reaction_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reaction_due_due_at"), ["due_at"], unique=False)

    op.create_table(
        "receipt_copy",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("sale_id", db.Id(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("printed_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_copy")),
        sa.UniqueConstraint("sale_id", "copy", name=op.f("uq_receipt_copy_sale_id_copy")),
    )
    op.create_table(
        "rejected_operation",
        sa.Column("operation_id", db.Id(), nullable=False),
        sa.Column("terminal_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=False),
        sa.Column("received_at", db.UtcMs(), nullable=False),
        sa.Column("settled_at", db.UtcMs(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_rejected_operation")),
    )
    op.create_table(
        "request_key",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("answered_at", db.UtcMs(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_key")),
    )
    with op.batch_alter_table("request_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_key_answered_at"), ["answered_at"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "setup_token",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", db.UtcMs(), nullable=False),
        sa.Column("expires_at", db.UtcMs(), nullable=False),
        sa.Column("used_at", db.UtcMs(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_setup_token")),
    )
    op.create_table(
        "tax_class",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_class")),
        sa.UniqueConstraint("code", name=op.f("uq_tax_class_code")),
    )
    op.create_table(
        "tenant_identity",
        sa.Column("tenant_id", db.Id(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant_identity")),
    )
    op.create_table(
        "tender_type",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("fiscal_field", sa.String(length=16), nullable=False),
        sa.Column("opens_drawer", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_type")),
        sa.UniqueConstraint("code", name=op.f("uq_tender_type_code")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "branch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("cut_off_min", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("receipt_head", sa.String(length=500), nullable=False),
        sa.Column("receipt_foot", sa.String(length=500), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_branch_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_branch_code")),
    )
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_branch_company_id"), ["company_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=800), nullable=False),
        sa.Column("sort_key", sa.String(length=800), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tax_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_weighed", sa.Boolean(), nullable=False),
        sa.Column("plu", sa.Integer(), nullable=True),
        sa.Column("quick_position", sa.Integer(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_item_category_id_category")),
        sa.ForeignKeyConstraint(["tax_class_id"], ["tax_class.id"], name=op.f("fk_item_tax_class_id_tax_class")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_item_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("plu", name=op.f("uq_item_plu")),
        sa.UniqueConstraint("sku", name=op.f("uq_item_sku")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index("ix_item_category", ["category_id", "archived_at", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_item_sorted", ["archived_at", "sort_key", "id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("order_id", db.Id(), nullable=False),
        sa.Column("line_id", db.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("voided_milli", sa.BigInteger(), nullable=False),
        sa.Column("paid_milli", sa.BigInteger(), nullable=False),
        sa.Column("left_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["open_order.id"], name=op.f("fk_order_line_order_id_open_order")),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_order_line")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "role_right",
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("right_name", sa.String(length=40), nullable=False),
        sa.Column("cap_bp", sa.Integer(), nullable=True),
        sa.Column("cap_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_right_role_id_role")),
        sa.PrimaryKeyConstraint("role_id", "right_name", name=op.f("pk_role_right")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("from_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["tax_class.id"], name=op.f("fk_tax_rate_class_id_tax_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
    )
    with op.batch_alter_table("tax_rate", schema=None) as batch_op:
        batch_op.create_index("ix_tax_rate_class", ["class_id", "from_at"], unique=False)

    op.create_table(
        "agent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("sw", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=40), nullable=True),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("seen_at", db.UtcMs(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", db.UtcMs(), nullable=False),
        sa.Column("disabled_at", db.UtcMs(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_agent_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("key", name=op.f("uq_agent_key")),
    )
    with op.batch_alter_table("agent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "barcode",
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_barcode_item_id_item")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_barcode")),
    )
    with op.batch_alter_table("barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barcode_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_import",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_key", sa.String(length=80), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("opening_skipped", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("ignored", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("started_by", sa.BigInteger(), nullable=True),
        sa.Column("started_at", db.UtcMs(), nullable=False),
        sa.Column("finished_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_item_import_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
        sa.UniqueConstraint("file_key", name=op.f("uq_item_import_file_key")),
    )
    op.create_table(
        "person_role",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_person_role_branch_id_branch")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_person_role_role_id_role")),
        sa.PrimaryKeyConstraint("person_id", "position", name=op.f("pk_person_role")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("person_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_role_role_id"), ["role_id"], unique=False)

    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("from_at", db.UtcMs(), nullable=False),
        sa.Column("until_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_price_branch_id_branch")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_price_item_id_item")),
        sa.ForeignKeyConstraint(["list_id"], ["price_list.id"], name=op.f("fk_price_list_id_price_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.create_index("ix_price_item", ["item_id", "from_at"], unique=False)

    op.create_table(
        "register",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_register_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("code", name=op.f("uq_register_code")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_setting_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("branch_id", "key", name=op.f("uq_setting_branch_id_key")),
    )
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.create_index(
            "uq_setting_shop",
            ["key"],
            unique=True,
            sqlite_where=sa.text("branch_id IS NULL"),
            postgresql_where=sa.text("branch_id IS NULL"),
        )

    op.create_table(
        "terminal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("public_key", sa.String(length=400), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("paired_at", db.UtcMs(), nullable=False),
        sa.Column("paired_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", db.UtcMs(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_terminal_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("public_key", name=op.f("uq_terminal_public_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_terminal_token_hash")),
    )
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "warehouse",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_warehouse_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
    )
    with op.batch_alter_table("warehouse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_warehouse_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "balance",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_cost_milli", sa.BigInteger(), nullable=False),
        sa.Column("layers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_balance_item_id_item")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_balance_warehouse_id_warehouse")),
        sa.PrimaryKeyConstraint("item_id", "warehouse_id", name=op.f("pk_balance")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "broker_credential",
        sa.Column(
            "agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("password_no", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=8), nullable=False),
        sa.Column("made", sa.String(length=8), nullable=True),
        sa.Column("due_at", db.UtcMs(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_broker_credential_agent_id_agent")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_broker_credential")),
    )
    with op.batch_alter_table("broker_credential", schema=None) as batch_op:
        batch_op.create_index("ix_broker_credential_due", ["due_at"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=36), nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("driver", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=True),
        sa.Column("ops", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("trouble", sa.String(length=40), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("state_session", sa.BigInteger(), nullable=False),
        sa.Column("state_at", db.UtcMs(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_device_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("agent_id", "name", name=op.f("uq_device_agent_id_name")),
    )
    op.create_table(
        "holder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_holder_branch_id_branch")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_holder_register_id_register")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
    )
    with op.batch_alter_table("holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holder_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "pairing_code",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", db.UtcMs(), nullable=False),
        sa.Column("expires_at", db.UtcMs(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", db.UtcMs(), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_pairing_code_agent_id_agent")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_pairing_code_branch_id_branch")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_pairing_code")),
    )
    with op.batch_alter_table("pairing_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pairing_code_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "register_lease",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("next_sale", sa.Integer(), nullable=False),
        sa.Column("next_shift", sa.Integer(), nullable=False),
        sa.Column("next_z", sa.Integer(), nullable=False),
        sa.Column("taken_at", db.UtcMs(), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", db.UtcMs(), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_register_lease_register_id_register")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_register_lease_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_lease")),
        sa.UniqueConstraint("register_id", "epoch", name=op.f("uq_register_lease_register_id_epoch")),
        sa.UniqueConstraint("series", name=op.f("uq_register_lease_series")),
    )
    with op.batch_alter_table("register_lease", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_lease_terminal_id"), ["terminal_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", db.UtcMs(), nullable=False),
        sa.Column("expires_at", db.UtcMs(), nullable=False),
        sa.Column("ended_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id_person")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_session_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_terminal_id"), ["terminal_id"], unique=False)

    op.create_table(
        "sign_in_miss",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("missed_at", db.UtcMs(), nullable=False),
        sa.Column("cleared_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_miss_person_id_person")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_sign_in_miss_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_miss")),
    )
    with op.batch_alter_table("sign_in_miss", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_miss_open", ["scope", "person_id", "cleared_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_miss_person_id"), ["person_id"], unique=False)

    op.create_table(
        "stock_entry",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("booked_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_stock_entry_branch_id_branch")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_entry_warehouse_id_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entry")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", db.Id(), nullable=False),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("moved_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_stock_move_branch_id_branch")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_move_item_id_item")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_move_warehouse_id_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index("ix_stock_move_item", ["item_id", "moved_at", "id"], unique=False)
        batch_op.create_index("ix_stock_move_source", ["source_id"], unique=False)

    op.create_table(
        "terminal_revocation",
        sa.Column(
            "terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revoked_at", db.UtcMs(), nullable=False),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.Column("paired_again_at", db.UtcMs(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_revocation_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "position", name=op.f("pk_terminal_revocation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "till_event",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shift_id", db.Id(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("happened_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_till_event_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_event")),
    )
    with op.batch_alter_table("till_event", schema=None) as batch_op:
        batch_op.create_index("ix_till_event_happened", ["happened_at", "id"], unique=False)

    op.create_table(
        "cost_correction",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("move_id", db.Id(), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", db.Id(), nullable=False),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_cost_correction_branch_id_branch")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_cost_correction_item_id_item")),
        sa.ForeignKeyConstraint(["move_id"], ["stock_move.id"], name=op.f("fk_cost_correction_move_id_stock_move")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_correction")),
    )
    with op.batch_alter_table("cost_correction", schema=None) as batch_op:
        batch_op.create_index("ix_cost_correction_source", ["source_id"], unique=False)

    op.create_table(
        "cost_layer",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("left_milli", sa.BigInteger(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("move_id", db.Id(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_cost_layer_item_id_item")),
        sa.ForeignKeyConstraint(["move_id"], ["stock_move.id"], name=op.f("fk_cost_layer_move_id_stock_move")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_cost_layer_warehouse_id_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_layer")),
        sa.UniqueConstraint(
            "item_id", "warehouse_id", "position", name=op.f("uq_cost_layer_item_id_warehouse_id_position")
        ),
    )
    with op.batch_alter_table("cost_layer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cost_layer_left",
            ["item_id", "warehouse_id"],
            unique=False,
            sqlite_where=sa.text("left_milli > 0"),
            postgresql_where=sa.text("left_milli > 0"),
        )

    op.create_table(
        "device_event",
        sa.Column(
            "agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("boot_id", sa.String(length=40), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("happened_at", db.UtcMs(), nullable=False),
        sa.Column("received_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_device_event_agent_id_agent")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_event_device_id_device")),
        sa.PrimaryKeyConstraint("agent_id", "boot_id", "n", name=op.f("pk_device_event")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("device_event", schema=None) as batch_op:
        batch_op.create_index("ix_device_event_received_at", ["received_at"], unique=False)

    op.create_table(
        "device_job",
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("op", sa.String(length=8), nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("prio", sa.Integer(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reported_n", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sent_at", db.UtcMs(), nullable=True),
        sa.Column("settled_at", db.UtcMs(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("came_out", sa.Boolean(), nullable=True),
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("cause_kind", sa.String(length=24), nullable=False),
        sa.Column("cause_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", db.UtcMs(), nullable=False),
        sa.Column("due_at", db.UtcMs(), nullable=False),
        sa.Column("expires_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_device_job_agent_id_agent")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_job_device_id_device")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_device_job_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_job")),
    )
    with op.batch_alter_table("device_job", schema=None) as batch_op:
        batch_op.create_index("ix_device_job_agent_open", ["agent_id", "is_open", "seq"], unique=False)
        batch_op.create_index("ix_device_job_cause", ["cause_kind", "cause_id"], unique=False)
        batch_op.create_index("ix_device_job_created_at", ["created_at"], unique=False)
        batch_op.create_index(
            "ix_device_job_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index("ix_device_job_stage", ["stage", "created_at"], unique=False)

    op.create_table(
        "shift",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lease_id", db.Id(), nullable=True),
        sa.Column("series", sa.String(length=16), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("began_at", db.UtcMs(), nullable=False),
        sa.Column("began_seq", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", db.UtcMs(), nullable=True),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("float_minor", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", db.UtcMs(), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("difference_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_shift_branch_id_branch")),
        sa.ForeignKeyConstraint(["lease_id"], ["register_lease.id"], name=op.f("fk_shift_lease_id_register_lease")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_shift_register_id_register")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index("ix_shift_began", ["began_at", "id"], unique=False)
        batch_op.create_index("ix_shift_register_began", ["register_id", "began_at"], unique=False)

    op.create_table(
        "stock_entry_line",
        sa.Column("entry_id", db.Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["stock_entry.id"], name=op.f("fk_stock_entry_line_entry_id_stock_entry")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_entry_line_item_id_item")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_stock_entry_line")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "terminal_device",
        sa.Column(
            "terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_terminal_device_device_id_device")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_device_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("terminal_id", "role", name=op.f("pk_terminal_device")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("terminal_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_device_device_id"), ["device_id"], unique=False)

    op.create_table(
        "cash_document",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("shift_id", db.Id(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", db.Id(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("booked_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_cash_document_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_document")),
    )
    with op.batch_alter_table("cash_document", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cash_document_late",
            ["shift_id"],
            unique=False,
            sqlite_where=sa.text("is_late"),
            postgresql_where=sa.text("is_late"),
        )
        batch_op.create_index("ix_cash_document_shift", ["shift_id"], unique=False)

    op.create_table(
        "cash_move",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("shift_id", db.Id(), nullable=True),
        sa.Column("from_holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", db.Id(), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moved_at", db.UtcMs(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_cash_move_branch_id_branch")),
        sa.ForeignKeyConstraint(["from_holder_id"], ["holder.id"], name=op.f("fk_cash_move_from_holder_id_holder")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_cash_move_shift_id_shift")),
        sa.ForeignKeyConstraint(["to_holder_id"], ["holder.id"], name=op.f("fk_cash_move_to_holder_id_holder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_move")),
    )
    with op.batch_alter_table("cash_move", schema=None) as batch_op:
        batch_op.create_index("ix_cash_move_from", ["from_holder_id"], unique=False)
        batch_op.create_index("ix_cash_move_shift", ["shift_id"], unique=False)
        batch_op.create_index("ix_cash_move_to", ["to_holder_id"], unique=False)

    op.create_table(
        "drawer_opening",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("shift_id", db.Id(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", db.UtcMs(), nullable=False),
        sa.Column("job_id", db.Id(), nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_drawer_opening_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_opening")),
    )
    with op.batch_alter_table("drawer_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawer_opening_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "layer_take",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("move_id", db.Id(), nullable=False),
        sa.Column("layer_id", db.Id(), nullable=True),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("owed_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer_id"], ["cost_layer.id"], name=op.f("fk_layer_take_layer_id_cost_layer")),
        sa.ForeignKeyConstraint(["move_id"], ["stock_move.id"], name=op.f("fk_layer_take_move_id_stock_move")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_take")),
    )
    with op.batch_alter_table("layer_take", schema=None) as batch_op:
        batch_op.create_index("ix_layer_take_move", ["move_id"], unique=False)
        batch_op.create_index(
            "ix_layer_take_owed",
            ["owed_milli"],
            unique=False,
            sqlite_where=sa.text("owed_milli > 0"),
            postgresql_where=sa.text("owed_milli > 0"),
        )

    op.create_table(
        "sale",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lease_id", db.Id(), nullable=False),
        sa.Column("shift_id", db.Id(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cashier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", db.Id(), nullable=True),
        sa.Column("rung_at", db.UtcMs(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("received_at", db.UtcMs(), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("catalogue_cursor", sa.BigInteger(), nullable=False),
        sa.Column("returns_sale_id", db.Id(), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_sale_branch_id_branch")),
        sa.ForeignKeyConstraint(["cashier_id"], ["person.id"], name=op.f("fk_sale_cashier_id_person")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sale_company_id_company")),
        sa.ForeignKeyConstraint(["lease_id"], ["register_lease.id"], name=op.f("fk_sale_lease_id_register_lease")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_sale_register_id_register")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_sale_shift_id_shift")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_sale_terminal_id_terminal")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_sale_warehouse_id_warehouse")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
        sa.UniqueConstraint("series", "counter", name=op.f("uq_sale_series_counter")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index("ix_sale_branch_day", ["branch_id", "business_day", "rung_at", "id"], unique=False)
        batch_op.create_index(
            "ix_sale_customer_day",
            ["customer_id", "business_day"],
            unique=False,
            sqlite_where=sa.text("customer_id IS NOT NULL"),
            postgresql_where=sa.text("customer_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_sale_number"), ["number"], unique=False)
        batch_op.create_index(
            "ix_sale_returns",
            ["returns_sale_id"],
            unique=False,
            sqlite_where=sa.text("returns_sale_id IS NOT NULL"),
            postgresql_where=sa.text("returns_sale_id IS NOT NULL"),
        )
        batch_op.create_index("ix_sale_day", ["business_day", "rung_at", "id"], unique=False)

    op.create_table(
        "z_report",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shift_id", db.Id(), nullable=False),
        sa.Column("branch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_day", sa.String(length=10), nullable=False),
        sa.Column("closed_at", db.UtcMs(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("opening_sales_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_sales_minor", sa.BigInteger(), nullable=False),
        sa.Column("opening_returns_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_returns_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_z_report_branch_id_branch")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_z_report_register_id_register")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_z_report_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_z_report")),
        sa.UniqueConstraint("register_id", "position", name=op.f("uq_z_report_register_id_position")),
        sa.UniqueConstraint("series", "number", name=op.f("uq_z_report_series_number")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_z_report_shift_id")),
    )
    with op.batch_alter_table("z_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_z_report_closed_at"), ["closed_at"], unique=False)

    op.create_table(
        "cash_document_tax",
        sa.Column("document_id", db.Id(), nullable=False),
        sa.Column("tax_rate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["cash_document.id"], name=op.f("fk_cash_document_tax_document_id_cash_document")
        ),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["tax_rate.id"], name=op.f("fk_cash_document_tax_tax_rate_id_tax_rate")
        ),
        sa.PrimaryKeyConstraint("document_id", "tax_rate_id", name=op.f("pk_cash_document_tax")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "layer_settlement",
        sa.Column("take_id", db.Id(), nullable=False),
        sa.Column("layer_id", db.Id(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer_id"], ["cost_layer.id"], name=op.f("fk_layer_settlement_layer_id_cost_layer")),
        sa.ForeignKeyConstraint(["take_id"], ["layer_take.id"], name=op.f("fk_layer_settlement_take_id_layer_take")),
        sa.PrimaryKeyConstraint("take_id", "layer_id", name=op.f("pk_layer_settlement")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sale_discount",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("sale_id", db.Id(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_discount_sale_id_sale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_discount")),
    )
    with op.batch_alter_table("sale_discount", schema=None) as batch_op:
        batch_op.create_index("ix_sale_discount_sale", ["sale_id"], unique=False)

    op.create_table(
        "sale_line",
        sa.Column("sale_id", db.Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("origin_id", db.Id(), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("barcode", sa.String(length=80), nullable=True),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("priced_at", db.UtcMs(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("share_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("weight_from", sa.String(length=8), nullable=False),
        sa.Column("returns_position", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_sale_line_item_id_item")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_line_sale_id_sale")),
        sa.ForeignKeyConstraint(["tax_rate_id"], ["tax_rate.id"], name=op.f("fk_sale_line_tax_rate_id_tax_rate")),
        sa.PrimaryKeyConstraint("sale_id", "position", name=op.f("pk_sale_line")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sale_tax",
        sa.Column("sale_id", db.Id(), nullable=False),
        sa.Column("tax_rate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_tax_sale_id_sale")),
        sa.ForeignKeyConstraint(["tax_rate_id"], ["tax_rate.id"], name=op.f("fk_sale_tax_tax_rate_id_tax_rate")),
        sa.PrimaryKeyConstraint("sale_id", "tax_rate_id", name=op.f("pk_sale_tax")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tender",
        sa.Column("id", db.Id(), nullable=False),
        sa.Column("document_id", db.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tender_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["cash_document.id"], name=op.f("fk_tender_document_id_cash_document")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_tender_holder_id_holder")),
        sa.ForeignKeyConstraint(
            ["tender_type_id"], ["tender_type.id"], name=op.f("fk_tender_tender_type_id_tender_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender")),
    )
    with op.batch_alter_table("tender", schema=None) as batch_op:
        batch_op.create_index("ix_tender_document", ["document_id"], unique=False)
        batch_op.create_index("ix_tender_holder", ["holder_id"], unique=False)

    op.create_table(
        "z_document",
        sa.Column("document_id", db.Id(), nullable=False),
        sa.Column("z_report_id", db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["cash_document.id"], name=op.f("fk_z_document_document_id_cash_document")
        ),
        sa.ForeignKeyConstraint(["z_report_id"], ["z_report.id"], name=op.f("fk_z_document_z_report_id_z_report")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_z_document")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("z_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_z_document_z_report_id"), ["z_report_id"], unique=False)
