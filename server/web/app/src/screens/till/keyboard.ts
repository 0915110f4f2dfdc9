/**
 * The keyboard of the till, heard before any field: scanner bursts become scans, the till's keys become actions, and what a
 * person types reaches the page. One instance a screen; `stop` gives the keyboard back.
 *
 * - In a text field a burst is typed as usual; when it proves to be a scan the field is put back as it was.
 * - Anywhere else keys that print are held for the length of a burst. A scan swallows them; a person's are played again,
 *   so number pads of dialogs hear them, and a scan never types into one.
 */
import { actionOf, type Action } from '../../core/keymap.ts';
import { printed, Wedge, WEDGE, type Answer, type Key } from '../../core/wedge.ts';

export interface KeyboardParts {
  onscan: (code: string) => void;
  /** A key of the map. Returns whether it was used; else the page has it. */
  onaction: (action: Action, tender?: number) => boolean;
  /** A person typed outside of any field and no dialog took it. */
  ontyped?: (text: string) => void;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const NOT_TEXT = new Set(['button', 'checkbox', 'radio', 'submit', 'reset', 'file', 'range', 'color']);
/** Keys that a scanner holds for capitals and control characters: a burst goes on over them. */
const HELD_DOWN = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock']);
const ENDS_A_SCAN = new Set(['Enter', 'NumpadEnter', 'Tab']);
/** A timer later than this means that the page was busy. */
const LATE_MS = 8;
const AGAIN_MS = 12;
const replayed = new WeakSet<Event>();

export class Keyboard {
  private readonly wedge = new Wedge();
  private readonly parts: KeyboardParts;
  private timer = 0;
  private due = 0;
  private held: KeyboardEvent[] = [];
  private kept: { field: Field; value: string; start: number | null; end: number | null } | null = null;
  private readonly settled = new Set<() => void>();

  constructor(parts: KeyboardParts) {
    this.parts = parts;
    window.addEventListener('keydown', this.heard, { capture: true });
  }

  stop(): void {
    this.forget();
    window.removeEventListener('keydown', this.heard, { capture: true });
  }

  /** Runs `work` now, or when a burst that is under way has proved to be a person's. A scan drops it. */
  whenTyped(work: () => void): void {
    if (this.wedge.pending) this.settled.add(work);
    else work();
  }

  private heard = (event: KeyboardEvent): void => {
    if (replayed.has(event) || event.isComposing || event.target instanceof HTMLSelectElement) return;
    if (event.code === 'Space' && !this.wedge.pending && event.target instanceof HTMLButtonElement) return; // It presses the button.
    const field = fieldOf(event.target);
    const key = keyOf(event);
    const isPrinted = printed(key) !== null && !event.metaKey;
    if (isPrinted) this.settle(this.wedge.silence(key.at_ms)); // The timer was late: what a person typed comes before this key.
    if (!this.wedge.pending && isPrinted && this.acts(event, field)) return;
    if (isPrinted && event.repeat) return;
    if (!isPrinted && !HELD_DOWN.has(event.key) && !ENDS_A_SCAN.has(event.code)) this.settle(this.wedge.interrupt());

    const answer = this.wedge.key(key);
    if (answer.kind === 'first') this.remember(field);
    if (answer.kind === 'first' || answer.kind === 'more') this.hold(event, field);
    this.settle(answer);
    if (answer.swallow) swallow(event);
    else if (!isPrinted) this.acts(event, field);
  };

  /** Runs the action of a key that has one. */
  private acts(event: KeyboardEvent, field: Field | null): boolean {
    const found = actionOf({ code: event.code, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey, in_field: field !== null });
    if (!found || !this.parts.onaction(found.action, found.tender)) return false;
    swallow(event);
    return true;
  }

  private hold(event: KeyboardEvent, field: Field | null): void {
    if (!field) {
      this.held.push(event);
      swallow(event);
    }
    this.wait(WEDGE.silence_ms + 2);
  }

  /** One timer a burst, which goes on when a key has put it off: to set one anew for each key costs a scan dear. */
  private wait(ms: number): void {
    this.due = performance.now() + ms;
    this.timer ||= window.setTimeout(this.rung, ms);
  }

  /** Silence is only believed when the page was not busy meanwhile: keys that waited in the browser's queue come first. */
  private rung = (): void => {
    this.timer = 0;
    const late = performance.now() - this.due;
    if (late < -1) this.timer = window.setTimeout(this.rung, -late);
    else if (late > LATE_MS) this.wait(AGAIN_MS);
    else this.settle(this.wedge.silence(performance.now()));
  };

  private forget(): void {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private settle(answer: Answer): void {
    if (answer.kind === 'scan') this.scanned(answer.code!);
    else if (answer.kind === 'typed') this.typed();
  }

  private scanned(code: string): void {
    this.forget();
    this.held = [];
    this.settled.clear();
    this.putBack();
    this.parts.onscan(code);
  }

  private typed(): void {
    this.forget();
    this.kept = null;
    const events = this.held;
    this.held = [];
    const left = events.filter((event) => !playAgain(event));
    const text = left.map((event) => event.key).filter((key) => key.length === 1).join('');
    if (text) this.parts.ontyped?.(text);
    for (const work of this.settled) work();
    this.settled.clear();
  }

  private remember(field: Field | null): void {
    this.kept = field ? { field, value: field.value, start: field.selectionStart, end: field.selectionEnd } : null;
  }

  private putBack(): void {
    const kept = this.kept;
    this.kept = null;
    if (!kept || kept.field.value === kept.value) return;
    kept.field.value = kept.value;
    if (kept.start !== null) kept.field.setSelectionRange(kept.start, kept.end);
    kept.field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

const keyOf = (event: KeyboardEvent): Key => ({ code: event.code, key: event.key, shift: event.shiftKey, ctrl: event.ctrlKey, alt: event.altKey, at_ms: event.timeStamp });

/** Plays a held key again for whoever listens on the page; true when someone took it. */
function playAgain(event: KeyboardEvent): boolean {
  const { key, code, shiftKey, ctrlKey, altKey } = event;
  const again = new KeyboardEvent('keydown', { key, code, shiftKey, ctrlKey, altKey, bubbles: true, cancelable: true });
  replayed.add(again);
  const target = event.target instanceof Node && event.target.isConnected ? event.target : document.body;
  return !target.dispatchEvent(again);
}

function fieldOf(target: EventTarget | null): Field | null {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && !NOT_TEXT.has(target.type) && !target.readOnly ? target : null;
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
