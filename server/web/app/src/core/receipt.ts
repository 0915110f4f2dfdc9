/** The paper of a sale or a return: the same blocks as `server/sales/receipt.py`, which describes the sale's fields. */
import { receiptCode } from './barcode.ts';
import { feed, qr, row, rule, text, type Block, type Word } from './blocks.ts';
import { paperAmount, paperMoment, paperPercent, paperPieces, type Language } from './format.ts';

export interface PaperLine {
  name: string;
  quantity_milli: number;
  unit: string;
  unit_price_minor: number;
  gross_minor: number;
  discount_minor: number;
  total_minor: number;
  note: string;
}

export interface PaperSale {
  id: string;
  number: string;
  register: string;
  cashier: string;
  /** On the branch's wall clock: "2026-11-24T18:05". */
  rung_at: string;
  currency: string;
  note: string;
  seller: { name: string; tax_id: string };
  branch: { name: string; address: string; head: string; foot: string };
  returns_number: string | null;
  lines: PaperLine[];
  gross_minor: number;
  discount_minor: number;
  total_minor: number;
  taxes: { rate_bp: number; kind: string; base_minor: number; tax_minor: number }[];
  tenders: { name: string; kind: string; amount_minor: number; given_minor: number; change_minor: number }[];
}

/** A copy, numbered by the server; a terminal without network prints one that has no number yet. */
export interface Copy {
  printed_at: string;
  copy: number | null;
}

/** Everything that stands on the paper of a sale, top to bottom. */
export function receiptBlocks(sale: PaperSale, language: Language, word: Word, copy: Copy | null = null): Block[] {
  return [
    ...head(sale),
    ...(copy ? copyMark(copy, language, word) : []),
    ...facts(sale, language, word),
    rule(),
    ...sale.lines.flatMap((line) => lineBlocks(line, language, word)),
    rule(),
    ...totals(sale, language, word),
    ...taxes(sale, language, word),
    ...tenders(sale, language, word),
    ...foot(sale, word),
  ];
}

const centred = (words: string): Block => text(words, { align: 'center' });
const title = (words: string): Block => text(words, { align: 'center', size: 2, bold: true });
const negative = (amount: number): number => 0 - amount;

function head({ seller, branch }: PaperSale): Block[] {
  const blocks = [text(seller.name, { align: 'center', bold: true })];
  if (branch.name && branch.name !== seller.name) blocks.push(centred(branch.name));
  return blocks.concat([branch.address, branch.head].filter(Boolean).map(centred));
}

function copyMark(copy: Copy, language: Language, word: Word): Block[] {
  const number = copy.copy === null ? [] : [centred(word('receipt.copy_number', { copy: copy.copy }))];
  return [title(word('receipt.copy')), ...number, centred(word('receipt.copy_at', { moment: paperMoment(copy.printed_at, language) }))];
}

function facts(sale: PaperSale, language: Language, word: Word): Block[] {
  const blocks: Block[] = [];
  if (sale.returns_number !== null) {
    blocks.push(title(word(sale.total_minor <= 0 ? 'receipt.return_title' : 'receipt.exchange_title')));
    blocks.push(centred(word('receipt.return_of', { number: sale.returns_number })));
  }
  if (sale.seller.tax_id) blocks.push(centred(word('receipt.tax_id', { tax_id: sale.seller.tax_id })));
  blocks.push(row(word('receipt.number', { number: sale.number }), paperMoment(sale.rung_at, language)));
  blocks.push(row(word('receipt.register', { register: sale.register }), word('receipt.cashier', { cashier: sale.cashier })));
  return blocks;
}

function lineBlocks(line: PaperLine, language: Language, word: Word): Block[] {
  const gross = paperAmount(line.gross_minor, language);
  const isOne = line.quantity_milli === 1_000 && line.unit === 'pcs';
  const blocks = isOne ? [row(line.name, gross)] : [text(line.name), row(quantityAndPrice(line, language, word), gross)];
  if (line.discount_minor) blocks.push(row(word('receipt.line_discount'), paperAmount(negative(line.discount_minor), language)));
  if (line.note) blocks.push(text(word('receipt.note', { note: line.note })));
  return blocks;
}

function quantityAndPrice(line: PaperLine, language: Language, word: Word): string {
  const unit = line.unit === 'pcs' ? '' : ` ${word(`receipt.unit_${line.unit}`)}`;
  return `${paperPieces(line.quantity_milli, language)}${unit} x ${paperAmount(line.unit_price_minor, language)}`;
}

function totals(sale: PaperSale, language: Language, word: Word): Block[] {
  const blocks: Block[] = [];
  if (sale.discount_minor) {
    blocks.push(row(word('receipt.subtotal'), paperAmount(sale.gross_minor, language)));
    blocks.push(row(word('receipt.discount'), paperAmount(negative(sale.discount_minor), language)));
  }
  const words = word(sale.total_minor < 0 ? 'receipt.total_back' : 'receipt.total');
  blocks.push(row(words, `${paperAmount(Math.abs(sale.total_minor), language)} ${sale.currency}`, { size: 2, bold: true }));
  return blocks;
}

function taxes(sale: PaperSale, language: Language, word: Word): Block[] {
  return sale.taxes.map((tax) => {
    const base = paperAmount(tax.base_minor, language);
    const words = tax.kind === 'exempt' ? word('receipt.vat_exempt', { base }) : word('receipt.vat', { rate: paperPercent(tax.rate_bp, language), base });
    return row(words, paperAmount(tax.tax_minor, language));
  });
}

function tenders(sale: PaperSale, language: Language, word: Word): Block[] {
  const blocks: Block[] = sale.tenders.length ? [rule()] : [];
  for (const tender of sale.tenders) {
    if (tender.amount_minor < 0) {
      blocks.push(row(word('receipt.paid_back', { tender: tender.name }), paperAmount(-tender.amount_minor, language)));
      continue;
    }
    blocks.push(row(tender.name, paperAmount(tender.given_minor, language)));
    if (tender.change_minor) blocks.push(row(word('receipt.change'), paperAmount(tender.change_minor, language), { bold: true }));
  }
  return blocks;
}

function foot(sale: PaperSale, word: Word): Block[] {
  const note = sale.note ? [text(word('receipt.note', { note: sale.note }))] : [];
  return [...note, feed(), qr(receiptCode(sale.id)), centred(sale.branch.foot || word('receipt.thanks')), centred(word('receipt.not_fiscal'))];
}
