/** What flags, till events and rejected operations say of themselves, as sentences instead of codes. */
import { formatMoney, formatPercent, formatQuantity } from '../core/format.ts';
import { language, t, wordOr } from './i18n.svelte.ts';
import { office } from './office.svelte.ts';
import type { Detail, Flag } from './office_facts.ts';

export const flagWord = (kind: string): string => wordOr(`flags.${kind}`) ?? t('office.flag_other');
export const flagMeaning = (kind: string): string => wordOr(`flags.${kind}_text`) ?? '';
export const eventWord = (kind: string): string => wordOr(`office.event_${kind}`) ?? t('office.event_other');
export const rightWord = (right: string): string => wordOr(`rights.${right}`) ?? right;

/** The page on which a flag's subject stands, or null. */
export function subjectPath(flag: Pick<Flag, 'subject_kind' | 'subject_id'>): string | null {
  if (flag.subject_kind === 'sale') return `/office/sales/${flag.subject_id}`;
  if (flag.subject_kind === 'shift') return `/office/shifts/${flag.subject_id}`;
  return null;
}

/** The known parts of a detail, one short phrase each; what is unknown is left out rather than shown as code. */
export function detailParts(detail: Detail): string[] {
  return Object.entries(detail).flatMap(([name, value]) => {
    const text = value === null || value === '' ? null : partOf(name, value, detail);
    return text === null ? [] : [text];
  });
}

function partOf(name: string, value: unknown, detail: Detail): string | null {
  const say = PARTS[name];
  if (!say) return null;
  return say(value, detail);
}

const money = (value: unknown): string => formatMoney(Number(value), language(), office.currency);
const quantity = (value: unknown): string => formatQuantity(Number(value), language());

const PARTS: Record<string, (value: unknown, detail: Detail) => string | null> = {
  name: (value) => String(value),
  item: (value) => String(value),
  person: (value) => String(value),
  number: (value) => String(value),
  reason: (value) => String(value),
  right: (value) => rightWord(String(value)),
  position: (value) => t('office.part_line', { n: Number(value) }),
  told_minor: (value) => t('office.part_sold_at', { amount: money(value) }),
  valid_minor: (value) => t('office.part_valid', { amount: money(value) }),
  from_minor: (value) => t('office.part_from', { value: money(value) }),
  to_minor: (value) => t('office.part_to', { value: money(value) }),
  unit_price_minor: money,
  amount_minor: money,
  total_minor: money,
  short_milli: (value) => t('office.part_short', { quantity: quantity(value) }),
  over_milli: (value) => t('office.part_over', { quantity: quantity(value) }),
  quantity_milli: quantity,
  to_milli: (value) => t('office.part_to', { value: quantity(value) }),
  lines: (value) => (typeof value === 'number' ? t('office.lines_n', { n: value }) : null),
  value: (value, detail) => (detail.discount === 'percent' ? formatPercent(Number(value), language()) : null),
  barcode: (value) => String(value),
};
