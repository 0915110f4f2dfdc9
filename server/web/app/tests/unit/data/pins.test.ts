import { beforeEach, expect, test } from 'vitest';
import { newDevice } from './browser.ts';
import { checkPin, forgetPin, knownPins, learnPin } from '../../../src/data/pins.ts';
import { read } from '../../../src/data/db.ts';

const NOW = 1_800_000_000_000;
const DAY = 24 * 3_600_000;

beforeEach(newDevice);

test('a PIN that the server accepted here is right, another is not', async () => {
  await learnPin(1, '2468', NOW);

  expect(await checkPin(1, '2468', NOW)).toEqual({ kind: 'right' });
  expect(await checkPin(1, '1357', NOW)).toEqual({ kind: 'wrong', left: 4 });
});

test('someone who never signed in online here cannot sign in', async () => {
  expect(await checkPin(1, '2468', NOW)).toEqual({ kind: 'online_once', wiped: false });
});

test('after seven days the server has to be asked again', async () => {
  await learnPin(1, '2468', NOW);

  expect((await checkPin(1, '2468', NOW + 7 * DAY)).kind).toBe('right');
  expect((await checkPin(1, '2468', NOW + 7 * DAY + 1)).kind).toBe('online_once');
  expect(await knownPins(NOW + 8 * DAY)).toEqual(new Set());
});

test('five misses pause 30 s, even for the right PIN; then it goes on', async () => {
  await learnPin(1, '2468', NOW);
  for (let miss = 0; miss < 4; miss++) await checkPin(1, '0000', NOW);

  expect(await checkPin(1, '0000', NOW)).toEqual({ kind: 'paused', until: NOW + 30_000 });
  expect((await checkPin(1, '2468', NOW + 29_999)).kind).toBe('paused');
  expect((await checkPin(1, '2468', NOW + 30_000)).kind).toBe('right');
});

test('the tenth miss leaves nothing to try against', async () => {
  await learnPin(1, '2468', NOW);
  for (let miss = 0; miss < 10; miss++) await checkPin(1, '0000', NOW + miss * 30_000);

  expect(await checkPin(1, '2468', NOW + DAY)).toEqual({ kind: 'online_once', wiped: true });
  expect((await read((db) => db.get('verifiers', 1)))?.mac).toHaveLength(0);
  expect(await knownPins(NOW + DAY)).toEqual(new Set());
});

test('what is kept holds neither the PIN nor a hash that another device could try', async () => {
  await learnPin(1, '2468', NOW);
  await learnPin(2, '2468', NOW);

  const [first, second] = await read((db) => db.getAll('verifiers'));

  expect([...first.mac]).not.toEqual([...second.mac]);
  expect((await read((db) => db.get('device', 'hmac')) as CryptoKey).extractable).toBe(false);
});

test('a forgotten PIN must be learnt anew', async () => {
  await learnPin(1, '2468', NOW);
  await forgetPin(1);

  expect((await checkPin(1, '2468', NOW)).kind).toBe('online_once');
});
