/** Many short texts as one, "\nmilk\nbread\n", and where each begins: one string to keep, to load and to search. */
export interface Lines {
  text: string;
  /** Where each line begins, and one more: where the next would. */
  starts: Uint32Array<ArrayBuffer>;
}

const SEPARATOR = '\n';

export const linesOf = (texts: readonly string[]): Lines => (texts.length ? linesIn(texts.join(SEPARATOR)) : NONE);

/** Of a text whose lines are the texts. */
export function linesIn(joined: string): Lines {
  const text = SEPARATOR + joined + SEPARATOR;
  let count = 0;
  for (let at = text.indexOf(SEPARATOR, 1); at >= 0; at = text.indexOf(SEPARATOR, at + 1)) count++;
  const starts = new Uint32Array(count + 1);
  let line = 0;
  for (let at = 0; at >= 0; at = text.indexOf(SEPARATOR, at + 1)) starts[line++] = at + 1;
  return { text, starts };
}

export const countOf = (lines: Lines): number => lines.starts.length - 1;

export const lineAt = ({ text, starts }: Lines, at: number): string => text.slice(starts[at], starts[at + 1] - 1);

export const NONE: Lines = { text: SEPARATOR, starts: Uint32Array.of(1) };
