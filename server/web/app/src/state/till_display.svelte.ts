/** The customer display follows the cart: two lines, sent behind the screen and never waited for. Only the newest is sent. */
import { lineOf, type Cart } from '../core/cart.ts';
import { formatAmount, formatQuantity } from '../core/format.ts';
import { post } from '../data/api.ts';
import { isLanguage, settings } from './settings.svelte.ts';
import { shop } from './shop.svelte.ts';
import { t } from './i18n.svelte.ts';
import { net } from './net.svelte.ts';

const TIMEOUT_MS = 2_000;
const COLUMNS = 20;

/** A burst of scans shows its end. */
const AFTER_MS = 60;

let wanted: (() => string[]) | null = null;
let sending = false;

export function showCart(cart: Cart, currency: string): void {
  if (cart.lines.length) show(() => linesOf(cart, currency));
}

/** After a sale: what comes back to the customer, or what was paid. */
export function showPaid(total_minor: number, change_minor: number, currency: string): void {
  const line = change_minor > 0 ? sides(t('till.change'), formatAmount(change_minor, languageOf(), currency)) : t('till.thanks');
  show(() => [sides(t('common.total'), formatAmount(total_minor, languageOf(), currency)), line]);
}

function linesOf(cart: Cart, currency: string): string[] {
  const line = lineOf(cart, cart.selected) ?? cart.lines[cart.lines.length - 1];
  const language = languageOf();
  const quantity = line.quantity_milli === 1_000 ? '' : `${formatQuantity(line.quantity_milli, language)}×`;
  return [sides(line.name, quantity + formatAmount(line.unit_price_minor, language, currency)), sides(t('common.total'), formatAmount(cart.totals.total_minor, language, currency))];
}

/** The name is cut, never the amount. */
function sides(left: string, right: string): string {
  const plain = right.replace(/[\u00a0\u202f]/g, ' ');
  return `${left.slice(0, Math.max(0, COLUMNS - plain.length - 1)).padEnd(COLUMNS - plain.length)}${plain}`;
}

function show(lines: () => string[]): void {
  wanted = lines;
  if (!sending) void send();
}

async function send(): Promise<void> {
  sending = true;
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
  while (wanted) {
    const lines = wanted();
    wanted = null;
    if (!shop.device('display') || !net.online) break;
    await post('/devices/show', { lines }, { asTerminal: true, timeoutMs: TIMEOUT_MS }).catch(() => undefined); // A display may be dark; the sale goes on.
  }
  sending = false;
}

const languageOf = () => (isLanguage(shop.branch?.language ?? '') ? (shop.branch!.language as typeof settings.language) : settings.language);
