"""Around the facts: device jobs (I27), nothing points out of the shop (I28), who acted was allowed to (I29)."""

from collections.abc import Iterator

from server.checks.books import Books, Violation

GRACE_MS = 60_000
UNDER_WAY = ("queued", "received", "started")


def device_jobs(books: Books) -> Iterator[Violation]:
    """I27: a job that may happen once is one row for its cause; nothing is under way a minute after it expired."""
    twice = books.rows("""
        SELECT cause_kind, cause_id, op, device_id, COUNT(*) FROM device_job
        WHERE "class" IN ('once', 'never_late') GROUP BY cause_kind, cause_id, op, device_id, "copy" HAVING COUNT(*) > 1
    """)
    for kind, cause, op, device, count in twice:
        yield Violation("I27", f"{kind} {cause}", f"{count} jobs to {op} at device {device}")
    listed = ", ".join(f"'{stage}'" for stage in UNDER_WAY)
    late = f"SELECT id, stage FROM device_job WHERE is_open AND stage IN ({listed})"
    for job, stage in books.rows(f"{late} AND expires_at < {books.now_ms - GRACE_MS}"):
        yield Violation("I27", f"device job {job}", f"still {stage} after its life")


def inside_the_shop(books: Books) -> Iterator[Violation]:
    """I28: the database is this shop's own, and every id in it names a row of it."""
    identity = books.rows("SELECT tenant_id, generation FROM tenant_identity")
    if identity != [(str(books.tenant.id), books.tenant.generation)]:
        yield Violation("I28", "tenant_identity", f"{identity} is not {books.tenant.id}")
    if books.is_sqlite:
        for table, row, parent, _ in books.rows("PRAGMA foreign_key_check"):
            yield Violation("I28", f"{table} {row}", f"names a missing {parent}")
    lost = _lost_before(books)
    for table, column, parent in _NAMED:
        query = f"""
            SELECT {table}."{column}" FROM {table} LEFT JOIN {parent} ON {parent}.id = {table}."{column}"
            WHERE {table}."{column}" IS NOT NULL AND {parent}.id IS NULL
        """
        for (missing,) in books.rows(query):
            if missing < lost:
                continue
            yield Violation("I28", f"{table}.{column}", f"names {parent} {missing}, which is not there")


def _lost_before(books: Books) -> int:
    """After a restore, sales that are told again may name prices that the backup had not seen yet: the ids below."""
    return GENERATION_SPAN * books.tenant.generation if books.tenant.generation > 1 else 0


GENERATION_SPAN = 1_000_000_000
"""Ids of reference rows begin anew with each restore: generation × this."""

_NAMED = (
    ("cash_move", "by", "person"),
    ("stock_entry", "by", "person"),
    ("drawer_opening", "by", "person"),
    ("receipt_copy", "by", "person"),
    ("sale_discount", "by", "person"),
    ("sale_discount", "approved_by", "person"),
    ("sale", "approved_by", "person"),
    ("sale_line", "approved_by", "person"),
    ("sale_line", "price_id", "price"),
    ("shift", "opened_by", "person"),
    ("shift", "closed_by", "person"),
    ("till_event", "person_id", "person"),
)
"""Ids that lower modules hold without a foreign key, because a person stands on a higher floor or may come later."""


def permissions(books: Books) -> Iterator[Violation]:
    """I29: who sold or took back was allowed to, or someone who was approved it, or it is flagged.

    Rights are those of today; a record from before the last change of roles is left alone.
    """
    may = {(row[0], row[1]) for row in books.rows(_HELD)}
    changed = books.rows("SELECT MAX(happened_at) FROM audit WHERE subject_kind IN ('role', 'person')")[0][0] or 0
    known = books.flagged("missing_right", "over_cap")
    returning = {row[0] for row in books.rows("SELECT sale_id FROM sale_line WHERE quantity_milli < 0")}
    for sale, cashier, approver, rung in books.rows("SELECT id, cashier_id, approved_by, rung_at FROM sale"):
        right = "sale.return" if sale in returning else "sale.ring"
        if rung < changed or sale in known or (cashier, right) in may or (approver, right) in may:
            continue
        yield Violation("I29", f"sale {sale}", f"person {cashier} had no right {right}, and nobody approved")


_HELD = """
    SELECT person_role.person_id, role_right.right_name FROM person_role
    JOIN role_right ON role_right.role_id = person_role.role_id
"""
