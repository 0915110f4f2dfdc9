/** Labels of a shop's own scales: EAN-13 codes with 02 or 20 to 29 in front, read by templates (as `server/values/labels.py`). */
import { isValid, withCheckDigit } from './barcode.ts';

export interface Label {
  plu: number;
  zeroed: string;
  weight_g: number | null;
  price_minor: number | null;
  count: number | null;
}

interface Template {
  prefix: string;
  fields: [name: string, width: number][];
}

/** A label whose check digit is wrong: rejected, never guessed. */
export const WRONG_CHECK_DIGIT = 'wrong_check_digit';

const TWO_MINUS = '0246891357';
const THREE = '0369258147';
const FIVE_PLUS = '0516273849';
const FIVE_MINUS = '0594837261';
const compiled = new Map<string, Template>();

/** Read a code by the template with the longest fixed digits; null when no template fits. */
export function readLabel(code: string, patterns: readonly string[]): Label | typeof WRONG_CHECK_DIGIT | null {
  if (!/^[0-9]{13}$/.test(code)) return null;
  const fitting = patterns.map(compile).filter((template) => code.startsWith(template.prefix));
  if (!fitting.length) return null;
  if (!isValid(code)) return WRONG_CHECK_DIGIT;
  return read(code, fitting.reduce((best, template) => (template.prefix.length > best.prefix.length ? template : best)));
}

/** GS1's check digit of a price field of 4 or 5 digits. */
export function priceCheckDigit(price: string): number {
  if (price.length === 4) return (3 * weighted(price, [TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS])) % 10;
  const total = weighted(price, [FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]);
  return FIVE_MINUS.indexOf(String((10 - (total % 10)) % 10));
}

const weighted = (digits: string, tables: string[]): number => tables.reduce((sum, table, i) => sum + Number(table[Number(digits[i])]), 0);

/** The server checks patterns before it stores them; here they are only taken apart. */
function compile(pattern: string): Template {
  let template = compiled.get(pattern);
  if (!template) {
    const fields = [...pattern.matchAll(/\{(\w+)(?::(\d+))?\}/g)].map((match): [string, number] => [match[1], Number(match[2] ?? 1)]);
    template = { prefix: pattern.split('{', 1)[0], fields };
    compiled.set(pattern, template);
  }
  return template;
}

function read(code: string, template: Template): Label | typeof WRONG_CHECK_DIGIT {
  const found: Record<string, string> = {};
  let at = template.prefix.length;
  for (const [name, width] of template.fields) {
    found[name] = code.slice(at, at + width);
    at += width;
  }
  if ('v' in found && priceCheckDigit(found.price_c) !== Number(found.v)) return WRONG_CHECK_DIGIT;
  const number = (name: string) => (name in found ? Number(found[name]) : null);
  return {
    plu: Number(found.item),
    zeroed: zeroed(template, found.item),
    weight_g: number('weight_g'),
    price_minor: number('price_c'),
    count: number('count'),
  };
}

/** The code with everything but the item at zero: under it a catalogue may hold the article as a barcode. */
const zeroed = (template: Template, item: string): string =>
  withCheckDigit(template.prefix + template.fields.slice(0, -1).map(([name, width]) => (name === 'item' ? item : '0'.repeat(width))).join(''));
