/**
 * The keys of the till as data: the screen acts on `actionOf`, the help sheet lists `KEYMAP`. Matched by `event.code`,
 * so the map is the same on Azerbaijani, Russian and Turkish layouts. No key stands here that does nothing.
 */

export type Action =
  | 'quantity' | 'quantity_up' | 'quantity_down' | 'line_up' | 'line_down' | 'line_remove' | 'undo' | 'search' | 'hold' | 'held' | 'back'
  | 'discount_line' | 'discount_sale' | 'price_check' | 'pay_card' | 'pay_cash' | 'pay' | 'tender' | 'refund' | 'lock' | 'help' | 'drawer';

export type KeyGroup = 'sell' | 'line' | 'pay' | 'till';

export interface Chord {
  code: string;
  shift?: boolean;
  ctrl?: boolean;
  alt?: boolean;
}

export interface KeyEntry {
  action: Action;
  group: KeyGroup;
  chords: readonly Chord[];
  /** What the help sheet prints on the key caps, one a chord. */
  caps: readonly string[];
  /** Works while a text field has the focus. */
  in_field: boolean;
}

const entry = (action: Action, group: KeyGroup, in_field: boolean, ...keys: [cap: string, chord: Chord][]): KeyEntry => ({
  action,
  group,
  in_field,
  chords: keys.map(([, chord]) => chord),
  caps: keys.map(([cap]) => cap),
});

export const KEYMAP: readonly KeyEntry[] = [
  entry('search', 'sell', true, ['F2', { code: 'F2' }], ['/', { code: 'Slash' }]),
  entry('quantity', 'sell', false, ['*', { code: 'NumpadMultiply' }], ['Shift+8', { code: 'Digit8', shift: true }]),
  entry('price_check', 'sell', true, ['F8', { code: 'F8' }]),
  entry('hold', 'sell', true, ['F6', { code: 'F6' }]),
  entry('held', 'sell', true, ['Shift+F6', { code: 'F6', shift: true }]),
  entry('refund', 'sell', true, ['Shift+F9', { code: 'F9', shift: true }]),
  entry('line_up', 'line', false, ['↑', { code: 'ArrowUp' }]),
  entry('line_down', 'line', false, ['↓', { code: 'ArrowDown' }]),
  entry('quantity_up', 'line', false, ['Num +', { code: 'NumpadAdd' }]),
  entry('quantity_down', 'line', false, ['Num −', { code: 'NumpadSubtract' }]),
  entry('line_remove', 'line', false, ['Del', { code: 'Delete' }]),
  entry('undo', 'line', false, ['Ctrl+Z', { code: 'KeyZ', ctrl: true }]),
  entry('discount_line', 'line', true, ['F7', { code: 'F7' }], ['%', { code: 'Digit5', shift: true }]),
  entry('discount_sale', 'line', true, ['Shift+F7', { code: 'F7', shift: true }]),
  entry('pay', 'pay', true, ['F12', { code: 'F12' }], ['End', { code: 'End' }], ['Num Enter', { code: 'NumpadEnter' }]),
  entry('pay_cash', 'pay', true, ['F10', { code: 'F10' }]),
  entry('pay_card', 'pay', true, ['F9', { code: 'F9' }]),
  entry('tender', 'pay', true, ['Alt+1…9', { code: 'Digit1', alt: true }]),
  entry('drawer', 'till', true, ['Ctrl+D', { code: 'KeyD', ctrl: true }]),
  entry('lock', 'till', true, ['Ctrl+L', { code: 'KeyL', ctrl: true }]),
  entry('back', 'till', true, ['Esc', { code: 'Escape' }]),
  entry('help', 'till', true, ['F1', { code: 'F1' }], ['?', { code: 'Slash', shift: true }]),
];

/** Keys that only act outside of fields, even where their entry works inside: there they type, edit or move. */
const TYPING = new Set(['Slash', 'Digit5', 'Digit8', 'End', 'NumpadEnter']);

export interface PressedKey {
  code: string;
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  in_field: boolean;
}

/** The action of a key, and which tender Alt+1…9 means; null when the key is not ours. */
export function actionOf(pressed: PressedKey): { action: Action; tender?: number } | null {
  if (pressed.alt && !pressed.ctrl && !pressed.shift && /^Digit[1-9]$/.test(pressed.code)) {
    return { action: 'tender', tender: Number(pressed.code[5]) };
  }
  const found = KEYMAP.find((item) => item.chords.some((chord) => matches(chord, pressed)));
  if (!found || (pressed.in_field && (!found.in_field || TYPING.has(pressed.code)))) return null;
  return { action: found.action };
}

const matches = (chord: Chord, pressed: PressedKey): boolean =>
  chord.code === pressed.code &&
  (chord.shift ?? false) === pressed.shift &&
  (chord.ctrl ?? false) === pressed.ctrl &&
  (chord.alt ?? false) === pressed.alt;
