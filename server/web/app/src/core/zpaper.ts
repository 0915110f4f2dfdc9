/** The paper of the cash: Z and X reports and slips of cash in and out (the same blocks as `server/cash/paper.py`). */
import { feed, row, rule, text, type Block, type Word } from './blocks.ts';
import { paperAmount, paperDay, paperMoment, paperPercent, type Language } from './format.ts';

interface Sums {
  count: number;
  gross_minor: number;
  discount_minor: number;
  total_minor: number;
}

export interface ZReport {
  /** Null on an X. */
  z_number: string | null;
  shift_number: string;
  register: string;
  seller: { name: string; tax_id: string };
  branch: { name: string; address: string };
  currency: string;
  business_day: string;
  opened_at: string;
  opened_by: string;
  closed_at: string;
  closed_by: string;
  reason: string;
  sales: Sums;
  returns: Sums;
  net_minor: number;
  /** `kind` is standard, zero or exempt: two rates of 0 % differ by it. */
  taxes: { tax_rate_id: number; rate_bp: number; base_minor: number; tax_minor: number; kind: string }[];
  tenders: { tender_type_id: number; name: string; kind: string; count: number; amount_minor: number }[];
  /** Null on an X of someone who may not see what is expected. */
  drawer: Record<'float_minor' | 'cash_sales_minor' | 'in_minor' | 'out_minor' | 'expected_minor' | 'counted_minor' | 'difference_minor', number> | null;
  late: { z: string; count: number; total_minor: number }[];
  opening_sales_minor: number;
  closing_sales_minor: number;
  opening_returns_minor: number;
  closing_returns_minor: number;
}

export interface CashSlip {
  direction: 'in' | 'out';
  amount_minor: number;
  currency: string;
  reason: string;
  by: string;
  moved_at: string;
  register: string;
  seller: { name: string };
}

/** A Z report, or an X where `z_number` is null. */
export function zBlocks(report: ZReport, language: Language, word: Word): Block[] {
  return [
    ...head(report, language, word),
    rule(),
    ...sums(report, language, word),
    rule(),
    ...taxes(report, language, word),
    ...tenders(report, language),
    ...drawer(report, language, word),
    ...late(report, language, word),
    ...running(report, language, word),
    text(word('receipt.not_fiscal'), { align: 'center' }),
  ];
}

/** The slip of cash in or out. */
export function slipBlocks(move: CashSlip, language: Language, word: Word): Block[] {
  return [
    text(move.seller.name, { align: 'center', bold: true }),
    text(word(move.direction === 'in' ? 'receipt.cash_in_title' : 'receipt.cash_out_title'), { align: 'center', bold: true }),
    row(word('receipt.register', { register: move.register }), paperMoment(move.moved_at, language)),
    rule(),
    row(word('receipt.amount'), `${paperAmount(move.amount_minor, language)} ${move.currency}`, { bold: true }),
    text(word('receipt.reason', { reason: move.reason })),
    text(word('receipt.cashier', { cashier: move.by })),
    feed(2),
    text(`${word('receipt.signature')} ____________________`),
  ];
}

function head(report: ZReport, language: Language, word: Word): Block[] {
  const { seller, branch, z_number } = report;
  const isX = z_number === null;
  const address = branch.address ? [text(branch.address, { align: 'center' })] : [];
  const taxId = seller.tax_id ? [text(word('receipt.tax_id', { tax_id: seller.tax_id }), { align: 'center' })] : [];
  return [
    text(seller.name, { align: 'center', bold: true }),
    ...address,
    ...taxId,
    text(isX ? word('receipt.x_title') : word('receipt.z_title', { number: z_number }), { align: 'center', size: 2, bold: true }),
    row(word('receipt.register', { register: report.register }), word('receipt.shift', { number: report.shift_number })),
    row(word('receipt.business_day'), paperDay(report.business_day, language)),
    row(word('receipt.opened', { name: report.opened_by }), paperMoment(report.opened_at, language)),
    row(word(isX ? 'receipt.until' : 'receipt.closed', { name: report.closed_by }), paperMoment(report.closed_at, language)),
  ];
}

function sums(report: ZReport, language: Language, word: Word): Block[] {
  const blocks: Block[] = [];
  for (const name of ['sales', 'returns'] as const) {
    const { count, gross_minor, discount_minor, total_minor } = report[name];
    blocks.push(row(word(`receipt.${name}`, { count }), paperAmount(gross_minor, language)));
    if (!discount_minor) continue;
    blocks.push(row(word('receipt.discount'), paperAmount(0 - discount_minor, language)));
    blocks.push(row(word(`receipt.${name}_total`), paperAmount(total_minor, language)));
  }
  const net = `${paperAmount(report.net_minor, language)} ${report.currency}`;
  return [...blocks, row(word('receipt.net'), net, { size: 2, bold: true })];
}

const taxes = (report: ZReport, language: Language, word: Word): Block[] =>
  report.taxes.map(({ rate_bp, base_minor, tax_minor, kind }) => {
    const base = paperAmount(base_minor, language);
    const words = kind === 'exempt' ? word('receipt.vat_exempt', { base }) : word('receipt.vat', { rate: paperPercent(rate_bp, language), base });
    return row(words, paperAmount(tax_minor, language));
  });

const tenders = (report: ZReport, language: Language): Block[] => [
  ...(report.tenders.length ? [rule()] : []),
  ...report.tenders.map(({ name, count, amount_minor }) => row(`${name} (${count})`, paperAmount(amount_minor, language))),
];

function drawer(report: ZReport, language: Language, word: Word): Block[] {
  const { drawer: sums, z_number, reason } = report;
  if (!sums) return [];
  const blocks = [rule()];
  for (const name of ['float', 'cash_sales', 'in', 'out', 'expected'] as const) {
    blocks.push(row(word(`receipt.drawer_${name}`), paperAmount(sums[`${name}_minor`], language)));
  }
  if (z_number === null) return blocks;
  blocks.push(row(word('receipt.drawer_counted'), paperAmount(sums.counted_minor, language)));
  const key = !sums.difference_minor ? 'exact' : sums.difference_minor > 0 ? 'over' : 'short';
  blocks.push(row(word(`receipt.drawer_${key}`), paperAmount(Math.abs(sums.difference_minor), language), { bold: true }));
  if (reason) blocks.push(text(word('receipt.reason', { reason })));
  return blocks;
}

const late = (report: ZReport, language: Language, word: Word): Block[] => [
  ...(report.late.length ? [rule()] : []),
  ...report.late.map(({ z, count, total_minor }) => row(word('receipt.late', { z, count }), paperAmount(total_minor, language))),
];

function running(report: ZReport, language: Language, word: Word): Block[] {
  if (report.z_number === null) return [];
  const blocks = [rule()];
  for (const name of ['sales', 'returns'] as const) {
    for (const when of ['opening', 'closing'] as const) {
      blocks.push(row(word(`receipt.running_${name}_${when}`), paperAmount(report[`${when}_${name}_minor`], language)));
    }
  }
  return blocks;
}
