/** The tax rates that an open or a new item may have: one of each class, as they are now. */
import type { TaxClass, TaxRate } from '../../data/wire.ts';
import { replica } from '../../data/replica.ts';
import { shopTime } from '../../data/server_clock.ts';

export interface Rate {
  class_id: number;
  rate: TaxRate;
  label: string;
}

/** By this device's clock `now`, put right to the shop's time. */
export function rates(now: number): Rate[] {
  const catalogue = replica.catalogue;
  return catalogue.taxClasses().flatMap((row: TaxClass) => {
    const rate = catalogue.taxRate(row.id, shopTime(now));
    return rate ? [{ class_id: row.id, rate, label: row.name }] : [];
  });
}
