/** Papers in the branch's language, whatever language the screen has: their words, and a sale as its paper wants it. */
import type { Word } from '../core/blocks.ts';
import { localMinute } from '../core/clock.ts';
import type { PaperSale } from '../core/receipt.ts';
import type { SaleDetail } from './office_facts.ts';
import type { Branch, Company } from './office_types.ts';
import { isLanguage, type Language, settings } from './settings.svelte.ts';

type Words = Record<string, string | Record<string, string>>;

const files = import.meta.glob<Words>('../../../../locales/*/receipt.json', { import: 'default' });
const loaded = new Map<Language, Promise<Word>>();

export const paperLanguage = (branch: Pick<Branch, 'language'> | null): Language =>
  branch && isLanguage(branch.language) ? branch.language : settings.language;

export function paperWords(language: Language): Promise<Word> {
  const known = loaded.get(language) ?? load(language);
  loaded.set(language, known);
  return known;
}

/** What `core/receipt.ts` makes the paper of. */
export function paperOf(sale: SaleDetail, branch: Branch, company: Company): PaperSale {
  return {
    id: sale.id,
    number: sale.number,
    register: sale.register,
    cashier: sale.cashier,
    rung_at: localMinute(Date.parse(sale.rung_at), branch.timezone),
    currency: sale.currency,
    note: sale.note ?? '',
    seller: { name: company.name, tax_id: company.tax_id },
    branch: { name: branch.name, address: branch.address, head: branch.receipt_head, foot: branch.receipt_foot },
    returns_number: sale.returns_number ?? sale.returns_sale_id,
    lines: sale.line_rows.map((line) => ({ ...line, note: line.note ?? '' })),
    gross_minor: sale.gross_minor,
    discount_minor: sale.discount_minor,
    total_minor: sale.total_minor,
    taxes: sale.taxes,
    tenders: sale.tenders,
  };
}

async function load(language: Language): Promise<Word> {
  const [, open] = Object.entries(files).find(([path]) => path.includes(`/${language}/`))!;
  const words = await open();
  const plurals = new Intl.PluralRules(language);
  return (key, params = {}) => {
    const message = words[key] ?? key;
    const text = typeof message === 'string' ? message : (message[plurals.select(Number(params.n ?? 0))] ?? message.other);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  };
}
