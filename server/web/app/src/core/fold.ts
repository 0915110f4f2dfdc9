/**
 * An open order as a function of the set of its operations: the same fold as `server/orders/fold.py`, on the same
 * vectors. Any permutation, with repeats, gives one state. The bodies are described there.
 */

export interface Head {
  branch_id: number;
  kind: string;
  name: string;
}

export interface OrderOperation {
  id: string;
  kind: string;
  hlc: string;
  body: Record<string, any> & { head: Head };
  person_id: number | null;
}

export interface OrderLine {
  line_id: string;
  position: number;
  added: Record<string, unknown>;
  added_by: number | null;
  note: string;
  discount: unknown;
  quantity_milli: number;
  voided_milli: number;
  paid_milli: number;
  left_milli: number;
  is_dropped: boolean;
  sale_ids: string[];
}

export interface OrderFlag {
  kind: 'paid_twice' | 'void_too_much';
  line_id: string;
  over_milli: number;
  sale_ids: string[];
}

export interface Order {
  branch_id: number;
  kind: string;
  name: string;
  note: string;
  discount: unknown;
  opened_hlc: string;
  opened_by: number | null;
  changed_hlc: string;
  dropped: { hlc: string; reason: string; by: number | null } | null;
  lines: OrderLine[];
  flags: OrderFlag[];
}

export const MAX_OPERATIONS = 500;

const OUTSIDE_LINE = new Set(['head', 'line_id', 'note', 'discount']);

/** The order that a set of operations makes; null of an empty set. */
export function fold(operations: Iterable<OrderOperation>): Order | null {
  const known = [...new Map([...operations].map((operation) => [operation.id, operation])).values()].sort(byKey);
  if (!known.length) return null;
  const first = known[0];
  const drop = last(known, 'order_drop');
  const about = byLine(known);
  const lines = linesOf(about, drop);
  return {
    branch_id: first.body.head.branch_id,
    kind: first.body.head.kind,
    name: last(known, 'order_rename')?.body.name ?? first.body.head.name,
    note: fieldOf(about.get(null) ?? [], 'note', ''),
    discount: fieldOf(about.get(null) ?? [], 'discount', null),
    opened_hlc: first.hlc,
    opened_by: first.person_id,
    changed_hlc: known[known.length - 1].hlc,
    dropped: drop ? { hlc: drop.hlc, reason: drop.body.reason, by: drop.person_id } : null,
    lines,
    flags: lines.flatMap((line) => flagsOf(line, about.get(line.line_id)!)),
  };
}

/** Does a line wait to be paid? */
export const isOpen = (order: Order): boolean => order.lines.some((line) => line.left_milli > 0);

const isBefore = (a: OrderOperation, b: OrderOperation): boolean => a.hlc < b.hlc || (a.hlc === b.hlc && a.id < b.id);

const byKey = (a: OrderOperation, b: OrderOperation): number => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);

/** What concerns each line, in order; under null what was set of the order itself. */
function byLine(known: OrderOperation[]): Map<string | null, OrderOperation[]> {
  const about = new Map<string | null, OrderOperation[]>();
  for (const operation of known) {
    const line_id: string | null = operation.body.line_id ?? null;
    const ours = about.get(line_id);
    if (ours) ours.push(operation);
    else about.set(line_id, [operation]);
  }
  return about;
}

/** A line id belongs to its first addition; another with the same id would be a mistake and is not counted. */
function linesOf(about: Map<string | null, OrderOperation[]>, drop: OrderOperation | undefined): OrderLine[] {
  const first = [...about.values()].flatMap((ours) => ours.find(({ kind }) => kind === 'order_line_add') ?? []);
  return first.sort(byKey).map((add, at) => lineOf(add, at + 1, about.get(add.body.line_id)!, drop));
}

function lineOf(add: OrderOperation, position: number, ours: OrderOperation[], drop: OrderOperation | undefined): OrderLine {
  const { line_id, quantity_milli } = add.body;
  const voided_milli = Math.min(sum(ours, 'order_line_void'), quantity_milli);
  const paid_milli = sum(ours, 'order_line_pay');
  const is_dropped = drop !== undefined && isBefore(add, drop);
  return {
    line_id,
    position,
    added: Object.fromEntries(Object.entries(add.body).filter(([name]) => !OUTSIDE_LINE.has(name))),
    added_by: add.person_id,
    note: fieldOf(ours, 'note', add.body.note ?? ''),
    discount: fieldOf(ours, 'discount', add.body.discount ?? null),
    quantity_milli,
    voided_milli,
    paid_milli,
    left_milli: is_dropped ? 0 : Math.max(0, quantity_milli - voided_milli - paid_milli),
    is_dropped,
    sale_ids: [...new Set(ours.filter(({ kind }) => kind === 'order_line_pay').map(({ body }) => body.sale_id as string))].sort(),
  };
}

function flagsOf(line: OrderLine, ours: OrderOperation[]): OrderFlag[] {
  const flags: OrderFlag[] = [];
  const { line_id, sale_ids, quantity_milli, paid_milli } = line;
  if (paid_milli > quantity_milli) flags.push({ kind: 'paid_twice', line_id, over_milli: paid_milli - quantity_milli, sale_ids });
  // What is paid is gone: only the rest could be voided.
  const over_milli = sum(ours, 'order_line_void') - Math.max(0, quantity_milli - paid_milli);
  if (over_milli > 0 && line.voided_milli) flags.push({ kind: 'void_too_much', line_id, over_milli, sale_ids });
  return flags;
}

const sum = (ours: OrderOperation[], kind: string): number =>
  ours.reduce((total, operation) => total + (operation.kind === kind ? operation.body.quantity_milli : 0), 0);

const last = (known: OrderOperation[], kind: string): OrderOperation | undefined => known.findLast((operation) => operation.kind === kind);

/** The latest value that was set of a field, else what it began with. */
function fieldOf<T>(ours: OrderOperation[], name: string, initial: T): T {
  const set = ours.findLast(({ kind, body }) => kind === 'order_line_set' && name in body);
  return set ? set.body[name] : initial;
}
