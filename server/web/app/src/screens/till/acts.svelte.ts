/** What keys, scans and buttons of the till do: the one place where an intent becomes an act. */
import { moveSelection, select } from '../../core/cart.ts';
import type { Action } from '../../core/keymap.ts';
import { parseQuantity } from '../../core/qty.ts';
import type { Item } from '../../data/wire.ts';
import { go } from '../../router.svelte.ts';
import { cart } from '../../state/cart.svelte.ts';
import { t } from '../../state/i18n.svelte.ts';
import { orders } from '../../state/orders.svelte.ts';
import { signOut } from '../../state/session.svelte.ts';
import { shop } from '../../state/shop.svelte.ts';
import { till } from '../../state/till.svelte.ts';
import { removeLine, step } from '../../state/till_edit.svelte.ts';
import { complete, isReady, payExact, whyNotSelling } from '../../state/till_sale.svelte.ts';
import { isReceiptNumber, meaningOf, ring, ringItem } from '../../state/till_scan.svelte.ts';
import { notify } from '../../state/toast.svelte.ts';
import { soundDone, soundError, soundOk } from './sound.ts';

const QUEUE_MOST = 50;
const queue: string[] = [];

/** A scanner read something. Under a dialog it goes to the dialog or is refused: it never falls into the next sale. */
export function scanned(code: string): void {
  if (till.completing || !isReady()) {
    if (queue.length < QUEUE_MOST) queue.push(code);
    return;
  }
  if (till.approval || till.sheet) return scannedUnderDialog(code);
  take(code);
}

/** Scans that came while a sale was being written, or before the till knew what was open, are taken now. */
export function takeQueued(): void {
  for (const code of queue.splice(0)) take(code);
}

/** What was typed into the search and sent by Enter: a code, a receipt's number, or the first hit. */
export function entered(text: string): boolean {
  const meaning = meaningOf(text);
  if (meaning.kind !== 'unknown' && !(meaning.kind === 'wrong_check_digit' && shop.catalogue.search(text, 1).length)) return take(text);
  if (isReceiptNumber(text)) return openReturn(text);
  const first = shop.catalogue.search(text, 1)[0];
  if (first) return chosen(first);
  return /\d/.test(text) ? take(text) : sounded(false); // The tiles say that nothing was found.
}

/** A tile was pressed. */
export function chosen(item: Item): boolean {
  if (till.completing) return false;
  if (whyNotSelling() !== null) return refuse({ kind: 'not_selling' });
  return sounded(ringItem(item));
}

export function typedOutside(text: string, search: (text: string) => void): void {
  if (till.sheet || till.approval || whyNotSelling() !== null) return;
  const quantity = /^[\d.,]+\*$/.test(text) ? parseQuantity(text.slice(0, -1)) : null;
  if (quantity) till.pending = quantity;
  else search(text);
}

export interface Around {
  search: () => void;
  /** The focus is on a tile: arrows walk there. */
  inTiles: boolean;
}

/** Acts on a key or a button. Returns whether it did; else the page has the key. */
export function act(action: Action, tender?: number, around?: Around): boolean {
  if (till.approval || till.completing) return false;
  if (till.sheet) return till.taker?.act?.(action, tender) ?? false;
  if (action === 'back') return back();
  if ((action === 'line_up' || action === 'line_down') && around?.inTiles) return false;
  const run = ACTS[action];
  if (!run) return false;
  run(tender, around);
  return true;
}

const ACTS: Partial<Record<Action, (tender: number | undefined, around: Around | undefined) => void>> = {
  search: (_, around) => ((till.done = null), queueMicrotask(() => around?.search())),
  quantity: () => onSelected(() => till.show('quantity')),
  quantity_up: () => onSelected((id) => step(id, 1)),
  quantity_down: () => onSelected((id) => step(id, -1)),
  line_up: () => cart.take(moveSelection(cart.now, -1)),
  line_down: () => cart.take(moveSelection(cart.now, 1)),
  line_remove: () => onSelected(removeLine),
  undo: () => cart.undo(),
  hold: () => !cart.isEmpty && (cart.returning ? notify(t('till.no_hold_of_return'), { tone: 'warn' }) : till.show('hold')),
  held: () => (orders.held.length ? till.show('held') : notify(t('till.nothing_held'))),
  discount_line: () => onSelected(() => !cart.selected?.returns && till.show('discount_line')),
  discount_sale: () => !cart.isEmpty && till.show('discount_sale'),
  price_check: () => till.show('price_check'),
  pay: () => pay(),
  pay_card: () => void payWith(shop.tenderTypes.find((type) => type.kind === 'card')),
  pay_cash: () => void payWith(shop.tenderTypes.find((type) => type.kind === 'cash')),
  tender: (at = 1) => void payWith(shop.tenderTypes[at - 1]),
  refund: () => ((till.refundOf = ''), till.show('refund')),
  lock: () => void lock(),
  help: () => till.show('help'),
  drawer: () => till.show('drawer'),
};

export async function lock(): Promise<void> {
  till.sheet = null;
  await signOut();
  go('/login');
}

function take(scanned: string): boolean {
  if (whyNotSelling() !== null) return refuse({ kind: 'not_selling' });
  const meaning = meaningOf(scanned);
  if (meaning.kind === 'receipt') return openReturn(meaning.sale_id);
  if (meaning.kind === 'item' || meaning.kind === 'label') return sounded(ring(meaning));
  if (meaning.kind === 'unknown' && isReceiptNumber(meaning.code)) return openReturn(meaning.code);
  return refuse(meaning);
}

function scannedUnderDialog(code: string): void {
  if (!till.approval && till.taker?.scan) return till.taker.scan(code);
  soundError();
  notify(t('till.not_now'), { tone: 'warn' });
}

function openReturn(asked: string): boolean {
  till.refundOf = asked;
  till.show('refund');
  soundOk();
  return true;
}

function sounded(added: boolean): boolean {
  if (added) soundOk();
  else soundError();
  return added;
}

function refuse(strip: NonNullable<typeof till.strip>): false {
  till.strip = strip;
  till.done = null;
  soundError();
  return false;
}

function onSelected(work: (id: string) => unknown): void {
  const id = cart.selected?.id ?? cart.now.lines.at(-1)?.id;
  if (!id) return;
  if (cart.now.selected !== id) cart.take(select(cart.now, id));
  work(id);
}

/** Everything else about paying stands on the payment dialog; a sale of nothing needs none. */
function pay(): void {
  if (cart.isEmpty || whyNotSelling() !== null) return;
  if (cart.now.totals.total_minor === 0) void finish(complete());
  else till.show('pay');
}

async function payWith(type: (typeof shop.tenderTypes)[number] | undefined): Promise<void> {
  if (!type || cart.isEmpty || whyNotSelling() !== null || till.completing) return;
  if (cart.now.totals.total_minor <= 0) return pay();
  await finish(payExact(type));
}

/** Waits for the sale to be on disk; a disk that refuses it is said, and the cart stands. */
export async function finish(completing: Promise<unknown>): Promise<void> {
  try {
    if (await completing) soundDone();
  } catch (error) {
    console.error(error);
    soundError();
    notify(t('till.not_stored'), { tone: 'bad' });
  }
}

function back(): boolean {
  if (till.done) till.done = null;
  else if (till.strip) till.strip = null;
  else if (till.pending !== null) till.pending = null;
  else if (till.query) till.query = '';
  else if (cart.now.selected) cart.take(select(cart.now, null));
  else return false;
  return true;
}
