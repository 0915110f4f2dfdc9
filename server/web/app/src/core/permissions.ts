/** What the person at the till may do, with caps; what is above a cap needs another's PIN. */
import { BASIS } from './money.ts';

export interface Right {
  right: string;
  cap_bp: number | null;
  cap_minor: number | null;
}

/** Has the person the right at all? */
export const may = (rights: readonly Right[], right: string): boolean => rights.some((own) => own.right === right);

/** How large a right a discount needs: the smallest percentage whose rounded amount reaches it, in basis points. */
export function neededBp(amount_minor: number, base_minor: number): number {
  if (amount_minor === 0) return 0;
  if (base_minor === 0) return BASIS;
  return Math.ceil(((2 * Math.abs(amount_minor) - 1) * BASIS) / (2 * Math.abs(base_minor)));
}

/** Does taking `amount_minor` off `base_minor` stay within the caps of the right? A missing cap is no limit. */
export function mayTake(rights: readonly Right[], right: string, amount_minor: number, base_minor: number): boolean {
  const amount = Math.abs(amount_minor);
  return rights.some(
    (own) =>
      own.right === right &&
      (own.cap_bp === null || neededBp(amount_minor, base_minor) <= own.cap_bp) &&
      (own.cap_minor === null || amount <= own.cap_minor),
  );
}
