/** The till's keyboard over a page made of plain event targets: what is a scan, what is a person's, what is an action. */
import { beforeEach, expect, test, vi } from 'vitest';

class Key extends Event {
  readonly key: string;
  readonly code: string;
  shiftKey = false;
  ctrlKey = false;
  altKey = false;
  metaKey = false;
  repeat = false;
  isComposing = false;
  constructor(type: string, init: KeyboardEventInit) {
    super(type, init);
    Object.defineProperty(this, 'timeStamp', { value: performance.now() });
    this.key = init.key ?? '';
    this.code = init.code ?? '';
    Object.assign(this, { shiftKey: init.shiftKey ?? false, ctrlKey: init.ctrlKey ?? false, altKey: init.altKey ?? false });
  }
}

class Node_ extends EventTarget {
  isConnected = true;
  override dispatchEvent(event: Event): boolean {
    Object.defineProperty(event, 'target', { value: this, configurable: true });
    window.dispatchEvent(event);
    if (!event.defaultPrevented && this instanceof Input && event instanceof Key && event.key.length === 1) this.value += event.key;
    return !event.defaultPrevented;
  }
}

class Input extends Node_ {
  type = 'text';
  readOnly = false;
  value = '';
  selectionStart: number | null = 0;
  selectionEnd: number | null = 0;
  setSelectionRange = (): void => undefined;
}

const page = new Node_();
Object.assign(globalThis, {
  window: Object.assign(new EventTarget(), { setTimeout: (work: () => void, ms: number) => setTimeout(work, ms) }),
  KeyboardEvent: Key, Node: Node_, HTMLInputElement: Input, HTMLTextAreaElement: class {}, HTMLSelectElement: class {}, HTMLButtonElement: class {},
  document: { body: page },
});
const { Keyboard } = await import('../../../src/screens/till/keyboard.ts');

let scans: string[];
let typed: string[];
let acts: string[];
let keyboard: InstanceType<typeof Keyboard>;
let field: Input;

beforeEach(() => {
  vi.useFakeTimers();
  keyboard?.stop();
  [scans, typed, acts, field] = [[], [], [], new Input()];
  keyboard = new Keyboard({ onscan: (code) => scans.push(code), onaction: (action) => acts.push(action) > 0, ontyped: (text) => typed.push(text) });
});

const send = (target: Node_, key: string, code: string, more: KeyboardEventInit = {}) => target.dispatchEvent(new Key('keydown', { key, code, bubbles: true, cancelable: true, ...more }));
const figures = (target: Node_, text: string) => [...text].forEach((figure) => send(target, figure, `Digit${figure}`));

test('a burst with Enter is a scan, and nothing of it reaches the page', () => {
  const heard = vi.fn();
  window.addEventListener('keydown', heard);

  figures(page, '4760194824097');
  send(page, 'Enter', 'Enter');

  expect(scans).toEqual(['4760194824097']);
  expect(heard).not.toHaveBeenCalled();
  window.removeEventListener('keydown', heard);
});

test('a scan into a field leaves the field as it was', () => {
  field.value = 'sü';

  figures(field, '4760194824097');
  send(field, 'Enter', 'Enter');

  expect([scans.length, field.value]).toEqual([1, 'sü']);
});

test('what a person types outside of a field is given whole, after a moment', () => {
  send(page, '4', 'Digit4');
  vi.advanceTimersByTime(100);

  expect([scans, typed]).toEqual([[], ['4']]);
});

test('what a person typed is not lost to a scan that comes before a busy page has noticed the silence', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  const settled = vi.fn();
  send(page, '3', 'Digit3');
  keyboard.whenTyped(settled);

  now.mockReturnValue(1_100);
  figures(page, '4760194824097');
  send(page, 'Enter', 'Enter');

  expect([typed, scans]).toEqual([['3'], ['4760194824097']]);
  expect(settled).toHaveBeenCalledOnce();
  now.mockRestore();
});

test('a pad that listens on the page hears the person, and then nobody else does', () => {
  const pad = (event: Event) => event.preventDefault();
  window.addEventListener('keydown', pad);

  send(page, '7', 'Digit7');
  vi.advanceTimersByTime(100);

  expect(typed).toEqual([]);
  window.removeEventListener('keydown', pad);
});

test('keys of the map act; letters in a field are letters', () => {
  send(page, 'F12', 'F12');
  send(page, '/', 'Slash');
  send(field, '/', 'Slash');
  vi.advanceTimersByTime(100);

  expect([acts, field.value]).toEqual([['pay', 'search'], '/']);
});

test('work that waits for a person is dropped when it was a scan', () => {
  const work = vi.fn();
  send(field, 's', 'KeyS');
  keyboard.whenTyped(work);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(work).toHaveBeenCalledTimes(1);

  figures(field, '4760194');
  keyboard.whenTyped(work);
  send(field, 'Enter', 'Enter');
  vi.advanceTimersByTime(100);

  expect(work).toHaveBeenCalledTimes(1);
});

test('a key of the map never overtakes the figure before it, however busy the page was', () => {
  const heard: string[] = [];
  const pad = (event: Event) => event instanceof Key && heard.push(event.key);
  window.addEventListener('keydown', pad);

  figures(page, '5');
  send(page, 'F9', 'F9');
  window.removeEventListener('keydown', pad);

  expect(heard[0]).toBe('5');
  expect(acts).toEqual(['pay_card']);
});

test('the keys that a scanner holds for capitals do not end its burst', () => {
  for (const letter of 'ABC4760194') {
    send(page, 'Shift', 'ShiftLeft', { shiftKey: true });
    send(page, letter, /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`, { shiftKey: /[A-Z]/.test(letter) });
  }
  send(page, 'Enter', 'Enter');

  expect(scans).toEqual(['ABC4760194']);
});
