/** Stock as the back office tells it. */
import { formatQuantity } from '../core/format.ts';
import { language, t, wordOr } from './i18n.svelte.ts';

export interface OnHand {
  warehouse_id: number;
  quantity_milli: number;
  value_minor: number | null;
}

export interface Balance extends Omit<OnHand, 'warehouse_id'> {
  item_id: number;
  name: string;
  sku: string;
  unit: string;
  last_cost_minor: number | null;
  last_cost_milli: number | null;
}

export interface Move {
  id: string;
  quantity_milli: number;
  value_minor: number | null;
  source_kind: string;
  source_id: string;
  source_line: number | null;
  reason: string | null;
  business_day: string;
  moved_at: string;
}

/** "12 pcs", "1,235 kg": the unit by its code. */
export const quantityText = (quantity_milli: number, unit: string): string =>
  `${formatQuantity(quantity_milli, language())}\u00a0${wordOr(`catalog.unit_${unit}`) ?? unit}`;

/** What moved an item, in words. */
export function causeText(move: Pick<Move, 'source_kind' | 'quantity_milli'>): string {
  if (move.source_kind === 'sale') return move.quantity_milli > 0 ? t('office.cause_return') : t('office.cause_sale');
  return wordOr(`office.cause_${move.source_kind}`) ?? t('office.cause_other');
}

/** The cost of one piece or kilogram out of a last cost, rounded to a minor unit; null where none is known. */
export function unitCost(balance: Pick<Balance, 'last_cost_minor' | 'last_cost_milli'>): number | null {
  const { last_cost_minor, last_cost_milli } = balance;
  return last_cost_minor === null || !last_cost_milli ? null : Math.round((last_cost_minor * 1000) / last_cost_milli);
}
