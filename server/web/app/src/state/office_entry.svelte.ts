/** A stock entry on its way: opening stock or an adjustment, line by line, and what is sent. */
import { parseMoney } from '../core/money.ts';
import { parseQuantity } from '../core/qty.ts';
import { partOf } from '../core/money.ts';

export type EntryKind = 'opening' | 'adjustment';

export interface EntryItem {
  id: number;
  name: string;
  unit: string;
  /** On hand in the warehouse, in thousandths; null until it is known. */
  held_milli: number | null;
}

export interface EntryLine {
  key: number;
  item: EntryItem;
  quantity: string;
  /** The cost of one piece or kilogram; empty lets an adjustment come in at the last cost. */
  cost: string;
}

export interface EntryFault {
  field: string;
  code: string;
}

export const emptyLine = (item: EntryItem, key: number): EntryLine => ({ key, item, quantity: '', cost: '' });

/** What the form finds before the server is asked: `lines.0.quantity_milli` and the like. */
export function entryFaults(kind: EntryKind, reason: string, lines: readonly EntryLine[]): EntryFault[] {
  const faults: EntryFault[] = reason.trim() ? [] : [{ field: 'reason', code: 'required' }];
  for (const [index, line] of lines.entries()) {
    const quantity = parseQuantity(line.quantity);
    if (!quantity || (kind === 'opening' && quantity < 0)) faults.push({ field: `lines.${index}.quantity_milli`, code: 'not_valid' });
    const isIn = (quantity ?? 0) > 0;
    if (isIn && line.cost.trim() && (parseMoney(line.cost) ?? -1) < 0) faults.push({ field: `lines.${index}.cost_minor`, code: 'not_valid' });
    if (isIn && kind === 'opening' && !line.cost.trim()) faults.push({ field: `lines.${index}.cost_minor`, code: 'required' });
  }
  return faults;
}

/** The lines of the body. The wire wants the cost of the whole line; a person knows that of one. */
export function entryLines(lines: readonly EntryLine[]): { item_id: number; quantity_milli: number; cost_minor: number | null }[] {
  return lines.map((line) => {
    const quantity_milli = parseQuantity(line.quantity)!;
    const one = quantity_milli > 0 && line.cost.trim() ? parseMoney(line.cost) : null;
    return { item_id: line.item.id, quantity_milli, cost_minor: one === null ? null : partOf(one, quantity_milli, 1000) };
  });
}
