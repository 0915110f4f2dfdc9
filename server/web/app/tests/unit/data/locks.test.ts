import { beforeEach, expect, test } from 'vitest';
import { newDevice, settled } from './browser.ts';
import { type Hold, holdRegister, lead } from '../../../src/data/locks.ts';

beforeEach(newDevice);

/** A tab that wants to sell, and what it was told. */
async function tab(takeOver = false, register = 5) {
  const heard: Hold[] = [];
  const lock = holdRegister(register, (hold) => heard.push(hold), takeOver);
  await settled();
  return { heard, close: async () => (lock.release(), await settled()) };
}

test('two tabs on one register: the first sells, the second looks', async () => {
  const [first, second] = [await tab(), await tab()];

  expect([first.heard, second.heard]).toEqual([['held'], ['elsewhere']]);
});

test('a tab that takes over sells, and the first turns read-only', async () => {
  const first = await tab();
  const second = await tab(true);

  expect([first.heard, second.heard]).toEqual([['held', 'elsewhere'], ['held']]);
});

test('taken back and forth, there is one tab that sells at any time', async () => {
  const first = await tab();
  const second = await tab(true);
  await first.close();
  const firstAgain = await tab(true);

  expect([second.heard.at(-1), firstAgain.heard.at(-1)]).toEqual(['elsewhere', 'held']);
});

test('when the tab that sells is closed, the one that looked on sells', async () => {
  const [first, second] = [await tab(), await tab()];

  await first.close();

  expect(second.heard).toEqual(['elsewhere', 'held']);
});

test('a tab that was robbed gets the register back when the other one goes', async () => {
  const first = await tab();
  const second = await tab(true);

  await second.close();

  expect(first.heard).toEqual(['held', 'elsewhere', 'held']);
});

test('a tab that let the register go hears no more of it', async () => {
  const first = await tab();
  const second = await tab();
  await second.close();

  await first.close();

  expect([first.heard, second.heard]).toEqual([['held'], ['elsewhere']]);
});

test('two registers do not stand in each other’s way', async () => {
  expect([(await tab(false, 5)).heard, (await tab(false, 6)).heard]).toEqual([['held'], ['held']]);
});

test('one tab leads; when it goes the next one begins, and one that waits may give up', async () => {
  const led: string[] = [];
  const start = (name: string) => () => (led.push(`${name} begins`), () => led.push(`${name} ends`));
  const first = lead('sse', start('first'));
  const given_up = lead('sse', start('second'));
  lead('sse', start('third'));
  await settled();
  expect(led).toEqual(['first begins']);

  given_up();
  first();
  await settled();

  expect(led).toEqual(['first begins', 'first ends', 'third begins']);
});
