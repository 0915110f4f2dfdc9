/** The tax rates that an open or a new item may have: one of each class, as they are now. */
import type { TaxClass, TaxRate } from '../../data/wire.ts';
import { replica } from '../../data/replica.ts';

export interface Rate {
  class_id: number;
  rate: TaxRate;
  label: string;
}

export function rates(now: number): Rate[] {
  const catalogue = replica.catalogue;
  return catalogue.taxClasses().flatMap((row: TaxClass) => {
    const rate = catalogue.taxRate(row.id, now);
    return rate ? [{ class_id: row.id, rate, label: row.name }] : [];
  });
}
