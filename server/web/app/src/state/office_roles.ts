/** A role's rights on their way through a form: which are given, and how far those with a limit go. */
import { decimalMark, type Language, typedAmount } from '../core/format.ts';
import { parseMoney } from '../core/money.ts';
import { parseQuantity, plainQuantity } from '../core/qty.ts';
import type { Role } from './office_types.ts';

export interface RightDraft {
  right: string;
  capped: boolean;
  given: boolean;
  /** Empty: no limit. */
  percent: string;
  amount: string;
}

/** Rights in groups, by the part before the point, in the order of a working day. */
const ORDER = ['sale', 'drawer', 'cash', 'shift', 'catalog', 'stock', 'sales', 'flags', 'data', 'staff', 'device', 'settings'];

export function draftsOf(offered: readonly { right: string; capped: boolean }[], role: Pick<Role, 'rights'> | null, language: Language): RightDraft[] {
  const place = (right: string) => (ORDER.indexOf(right.split('.')[0]) + ORDER.length + 1) % (ORDER.length + 1);
  return [...offered]
    .sort((a, b) => place(a.right) - place(b.right) || a.right.localeCompare(b.right, 'en'))
    .map(({ right, capped }) => {
      const own = role?.rights.find((row) => row.right === right);
      return {
        right,
        capped,
        given: own !== undefined,
        percent: own?.cap_bp == null ? '' : plainQuantity(own.cap_bp * 10).replace('.', decimalMark(language)),
        amount: own?.cap_minor == null ? '' : typedAmount(own.cap_minor, language),
      };
    });
}

/** Percent as typed ("7,5") in basis points; null for none, undefined for what is no percentage from 0 to 100. */
export function percentBp(text: string): number | null | undefined {
  if (!text.trim()) return null;
  const milli = parseQuantity(text);
  return milli === null || milli < 0 || milli > 100_000 || milli % 10 !== 0 ? undefined : milli / 10;
}

/** Fields whose limit cannot be read: `<right>.percent`, `<right>.amount`. */
export function capFaults(drafts: readonly RightDraft[]): string[] {
  return drafts.filter((draft) => draft.given && draft.capped).flatMap((draft) => [
    ...(percentBp(draft.percent) === undefined ? [`${draft.right}.percent`] : []),
    ...(draft.amount.trim() && (parseMoney(draft.amount) ?? -1) < 0 ? [`${draft.right}.amount`] : []),
  ]);
}

export function rightsOf(drafts: readonly RightDraft[]): Role['rights'] {
  return drafts
    .filter((draft) => draft.given)
    .map(({ right, capped, percent, amount }) => ({
      right,
      cap_bp: capped ? (percentBp(percent) ?? null) : null,
      cap_minor: capped && amount.trim() ? parseMoney(amount) : null,
    }));
}
