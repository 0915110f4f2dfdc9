import { describe, expect, test } from 'vitest';
import { actionOf, KEYMAP, type PressedKey } from '../../../src/core/keymap.ts';
import { MAX_SCAN, printed, Wedge, type Answer, type Key } from '../../../src/core/wedge.ts';

const key = (code: string, at_ms: number, fields: Partial<Key> = {}): Key => ({ code, key: '', shift: false, ctrl: false, alt: false, at_ms, ...fields });

/** Send the digits of a code one after the other. */
function type(wedge: Wedge, digits: string, gap_ms: number, from_ms = 0): Answer[] {
  return [...digits].map((digit, i) => wedge.key(key(`Digit${digit}`, from_ms + i * gap_ms)));
}

describe('the wedge', () => {
  test('a fast burst with Enter is a scan, and Enter does not reach the page', () => {
    const wedge = new Wedge();
    const answers = type(wedge, '4006381333931', 8);
    expect(answers.map(({ kind }) => kind)).toEqual(['first', ...Array(12).fill('more')]);
    expect(wedge.pending).toBe(true);
    expect(wedge.key(key('Enter', 110))).toEqual({ kind: 'scan', code: '4006381333931', swallow: true });
    expect(wedge.pending).toBe(false);
  });

  test('without Enter, 60 ms of silence end a scan', () => {
    const wedge = new Wedge();
    type(wedge, '96385074', 10);
    expect(wedge.silence(100)).toEqual({ kind: 'none', swallow: false });
    expect(wedge.silence(130)).toEqual({ kind: 'scan', code: '96385074', swallow: false });
    expect(wedge.silence(999).kind).toBe('none');
  });

  test('a person who types is left alone', () => {
    const wedge = new Wedge();
    type(wedge, '12345678', 120);
    expect(wedge.key(key('Enter', 1_000))).toEqual({ kind: 'typed', swallow: false });
    expect(wedge.key(key('Enter', 1_100))).toEqual({ kind: 'none', swallow: false });
  });

  test('a short burst is no scan, and a slow key before a burst is not part of it', () => {
    const wedge = new Wedge();
    type(wedge, '12345', 5);
    expect(wedge.key(key('Tab', 30)).kind).toBe('typed');
    type(wedge, '7', 1, 100);
    const burst = type(wedge, '96385074', 10, 400);
    expect(burst[0].kind).toBe('first');
    expect(wedge.key(key('Enter', 480)).code).toBe('96385074');
  });

  test('scans follow each other without loss', () => {
    const wedge = new Wedge();
    type(wedge, '96385074', 5);
    expect(wedge.key(key('Enter', 41)).code).toBe('96385074');
    type(wedge, '4006381333931', 5, 45);
    expect(wedge.key(key('NumpadEnter', 115)).code).toBe('4006381333931');
  });

  test('letters come from the place of the key, not from the layout', () => {
    const wedge = new Wedge();
    const keys = [key('KeyA', 0, { shift: true, key: 'Ф' }), key('KeyS', 5, { shift: true }), key('Digit1', 10), key('Semicolon', 15, { shift: true }), key('Numpad7', 20), key('KeyF', 25)];
    keys.forEach((one) => wedge.key(one));
    expect(wedge.key(key('Enter', 30)).code).toBe('AS1:7f');
  });

  test('the separator of GS1 codes comes as Ctrl+], other shortcuts are not text', () => {
    expect(printed(key('BracketRight', 0, { ctrl: true }))).toBe('\x1d');
    expect(printed(key('KeyC', 0, { ctrl: true }))).toBe(null);
    expect(printed(key('Digit1', 0, { alt: true }))).toBe(null);
    expect(printed(key('Unidentified', 0, { key: '7' }))).toBe('7');
    expect(printed(key('F5', 0, { key: 'F5' }))).toBe(null);
    expect(printed(key('NumpadMultiply', 0))).toBe('*');
    expect(printed(key('Slash', 0, { shift: true }))).toBe('?');
    expect(new Wedge().key(key('ShiftLeft', 0)).kind).toBe('none');
  });

  test('with a prefix key nothing is guessed and nothing reaches the page', () => {
    const wedge = new Wedge({ prefix: 'F9' });
    expect(wedge.key(key('F9', 0))).toEqual({ kind: 'first', swallow: true });
    expect(type(wedge, '123', 5, 10).every(({ swallow }) => swallow)).toBe(true);
    expect(wedge.key(key('Enter', 40))).toEqual({ kind: 'scan', code: '123', swallow: true });
    wedge.key(key('F9', 100));
    expect(wedge.key(key('Enter', 110)).kind).toBe('typed');
  });

  test('a flood is cut, not gathered', () => {
    const wedge = new Wedge();
    const answers = type(wedge, '1'.repeat(MAX_SCAN + 10), 1);
    expect(answers[MAX_SCAN].kind).toBe('first');
    expect(wedge.key(key('Enter', 600)).code).toBe('1'.repeat(10));
  });
});

describe('the key map', () => {
  const press = (code: string, fields: Partial<PressedKey> = {}) => actionOf({ code, shift: false, ctrl: false, alt: false, in_field: false, ...fields });

  test('knows the keys of the till', () => {
    expect(press('F12')).toEqual({ action: 'pay' });
    expect(press('F9')).toEqual({ action: 'pay_card' });
    expect(press('F9', { shift: true })).toEqual({ action: 'refund' });
    expect(press('F7', { shift: true })).toEqual({ action: 'discount_sale' });
    expect(press('Digit5', { shift: true })).toEqual({ action: 'discount_line' });
    expect(press('KeyZ', { ctrl: true })).toEqual({ action: 'undo' });
    expect(press('Digit3', { alt: true })).toEqual({ action: 'tender', tender: 3 });
    expect(press('KeyQ')).toBe(null);
    expect(press('F5')).toBe(null);
  });

  test('leaves a field its own keys', () => {
    expect(press('Slash', { in_field: true })).toBe(null);
    expect(press('End', { in_field: true })).toBe(null);
    expect(press('ArrowUp', { in_field: true })).toBe(null);
    expect(press('Digit5', { shift: true, in_field: true })).toBe(null);
    expect(press('F2', { in_field: true })).toEqual({ action: 'search' });
    expect(press('Escape', { in_field: true })).toEqual({ action: 'back' });
  });

  test('gives each chord one meaning and each key a cap', () => {
    const chords = KEYMAP.flatMap(({ chords: own }) => own.map((chord) => JSON.stringify([chord.code, !!chord.shift, !!chord.ctrl, !!chord.alt])));
    expect(new Set(chords).size).toBe(chords.length);
    expect(KEYMAP.every(({ chords: own, caps }) => own.length === caps.length)).toBe(true);
    expect(new Set(KEYMAP.map(({ action }) => action)).size).toBe(KEYMAP.length);
  });
});
