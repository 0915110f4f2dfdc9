/**
 * A keyboard-wedge scanner told from a person: a pure state machine over key events.
 *
 * A scan is at least six printable keys with a mean gap of at most 35 ms, ended by Enter, Tab or 60 ms of silence.
 * Letters come from `event.code` and shift by the US table, whatever layout the terminal has. At `first` the caller
 * keeps the focused field as it is; at `scan` it puts it back. A scanner that sends a prefix key needs no guessing.
 */

export interface WedgeSettings {
  min_length: number;
  mean_gap_ms: number;
  silence_ms: number;
  /** The `event.code` of a prefix key such as "F24", or null. */
  prefix: string | null;
}

export const WEDGE: WedgeSettings = { min_length: 6, mean_gap_ms: 35, silence_ms: 60, prefix: null };
export const MAX_SCAN = 512;

export interface Key {
  code: string;
  /** `event.key`; used only where Android reports no code. */
  key: string;
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  at_ms: number;
}

/**
 * `first`: a burst may have begun, keep the field. `more`: it goes on. `scan`: a code; put the field back.
 * `typed`: it was a person. `swallow`: the key must not reach the page.
 */
export interface Answer {
  kind: 'none' | 'first' | 'more' | 'scan' | 'typed';
  code?: string;
  swallow: boolean;
}

const SHIFTED = ')!@#$%^&*(';
const PLAIN: Record<string, string> = {
  Space: '  ', Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:', Quote: '\'"',
  Backquote: '`~', Comma: ',<', Period: '.>', Slash: '/?', NumpadDecimal: '..', NumpadAdd: '++', NumpadSubtract: '--',
  NumpadMultiply: '**', NumpadDivide: '//',
};

/** The character of a key on a US keyboard; null when it prints nothing. Ctrl+] is the group separator of GS1 codes. */
export function printed({ code, key, shift, ctrl, alt }: Key): string | null {
  if (ctrl) return code === 'BracketRight' && !alt ? '\x1d' : null;
  if (alt) return null;
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shift ? SHIFTED[Number(code[5])] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  if (code in PLAIN) return PLAIN[code][shift ? 1 : 0];
  return (code === '' || code === 'Unidentified') && key.length === 1 ? key : null;
}

const NONE: Answer = { kind: 'none', swallow: false };

export class Wedge {
  #settings: WedgeSettings;
  #text = '';
  #first_ms = 0;
  #last_ms = 0;
  #prefixed = false;

  constructor(settings: Partial<WedgeSettings> = {}) {
    this.#settings = { ...WEDGE, ...settings };
  }

  /** Is a burst under way? Then the caller arms a timer of `silence_ms` that calls `silence`. */
  get pending(): boolean {
    return this.#text !== '' || this.#prefixed;
  }

  key(event: Key): Answer {
    if (event.code === this.#settings.prefix) return this.#begin();
    if (event.code === 'Enter' || event.code === 'NumpadEnter' || event.code === 'Tab') return this.#end(true);
    const letter = printed(event);
    if (letter === null) return NONE;
    return this.#letter(letter, event.at_ms);
  }

  /** Time has passed without a key. */
  silence(now_ms: number): Answer {
    if (!this.pending || now_ms - this.#last_ms < this.#settings.silence_ms) return NONE;
    return this.#end(false);
  }

  /** A key that prints nothing ends what was typed before it: it must not overtake a figure that is still held back. */
  interrupt(): Answer {
    return this.pending ? this.#end(false) : NONE;
  }

  #begin(): Answer {
    this.#reset();
    this.#prefixed = true;
    return { kind: 'first', swallow: true };
  }

  #letter(letter: string, at_ms: number): Answer {
    const late = this.#text !== '' && at_ms - this.#last_ms > this.#settings.silence_ms;
    if (late || this.#text.length >= MAX_SCAN) this.#reset();
    const begins = this.#text === '' && !this.#prefixed;
    if (this.#text === '') this.#first_ms = at_ms;
    this.#text += letter;
    this.#last_ms = at_ms;
    return { kind: begins ? 'first' : 'more', swallow: this.#prefixed };
  }

  #end(byKey: boolean): Answer {
    const code = this.#text;
    const isScan = this.#prefixed ? code !== '' : this.#looksScanned();
    const wasPending = this.pending;
    this.#reset();
    if (isScan) return { kind: 'scan', code, swallow: byKey };
    return wasPending ? { kind: 'typed', swallow: false } : NONE;
  }

  #looksScanned(): boolean {
    const { min_length, mean_gap_ms } = this.#settings;
    const gaps = this.#text.length - 1;
    return this.#text.length >= min_length && (this.#last_ms - this.#first_ms) / gaps <= mean_gap_ms;
  }

  #reset(): void {
    this.#text = '';
    this.#prefixed = false;
  }
}
