/** How far the new owner has come; it outlives a reload of the tab. */

export type Step = 'company' | 'owner' | 'item' | 'till' | 'done';
export const STEPS: Step[] = ['company', 'owner', 'item', 'till', 'done'];

export interface Company {
  name: string;
  tax_id: string;
  tax_regime: 'vat' | 'simplified';
  address: string;
}

interface Progress {
  step: Step;
  company: Company;
  branchId: number;
  registerId: number;
}

const KEY = 'aisales.setup';
const BEGINNING: Progress = { step: 'company', company: { name: '', tax_id: '', tax_regime: 'vat', address: '' }, branchId: 0, registerId: 0 };

export const progress = $state<Progress>(stored());

export function advance(change: Partial<Progress>): void {
  Object.assign(progress, change);
  sessionStorage.setItem(KEY, JSON.stringify(progress));
}

function stored(): Progress {
  try {
    return { ...structuredClone(BEGINNING), ...(JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Partial<Progress>) };
  } catch {
    return structuredClone(BEGINNING);
  }
}
