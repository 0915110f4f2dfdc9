import '../state/browser.ts';
import { beforeEach, expect, test } from 'vitest';
import { isReady } from '../../../src/state/till_sale.svelte.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { shift } from '../../../src/state/shift.svelte.ts';
import { terminal } from '../../../src/state/terminal.svelte.ts';
import { till } from '../../../src/state/till.svelte.ts';
import { scanned, takeQueued } from '../../../src/screens/till/acts.svelte.ts';
import { BREAD, MILK, openTill, scan } from '../state/shop.ts';

beforeEach(() => openTill());

const names = () => cart.now.lines.map((line) => line.name);

/** The page was loaded again in mid-sale: nothing is known yet but what stands on disk. */
async function loadAgain(): Promise<void> {
  await cart.settled();
  cart.forget();
  shift.open = null;
  shift.ready = false;
  terminal.hold = 'asked';
}

test('a scan that comes before the till knows what was open waits, and is laid to what was in the cart', async () => {
  scan(MILK);
  await loadAgain();

  scanned(BREAD);
  expect([isReady(), till.strip, names()]).toEqual([false, null, []]);
  terminal.hold = 'held';
  await shift.load();
  await cart.restore();
  expect(isReady()).toBe(true);
  takeQueued();

  expect(names()).toEqual(['Süd 1 l', 'Tandır çörəyi']);
});

test('where another tab sells, a scan is refused at once', async () => {
  await loadAgain();
  terminal.hold = 'elsewhere';

  scanned(MILK);

  expect([isReady(), till.strip]).toEqual([true, { kind: 'not_selling' }]);
});

test('the cart of a tab that lost the register meanwhile does not come back into it', async () => {
  scan(MILK);
  await loadAgain();

  const restoring = cart.restore();
  cart.forget();
  await restoring;

  expect([names(), cart.restored]).toEqual([[], false]);
});
