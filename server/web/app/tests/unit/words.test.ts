import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

type Message = string | Record<string, string>;

const app = new URL('../..', import.meta.url).pathname;
const source = join(app, 'src');
const locales = join(app, '../../locales');
const az = Object.assign({}, ...readdirSync(join(locales, 'az')).map((file) => JSON.parse(readFileSync(join(locales, 'az', file), 'utf8')) as object)) as Record<string, Message>;

const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(svelte|ts)$/.test(file));
const textOf = (file: string) => readFileSync(join(source, file), 'utf8');

/** Word keys written out in the source: `t('common.save')`. Comments are left out. */
function keysIn(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(/\bt\(\s*'([a-z_]+\.[a-z0-9_]+)'/g)].map((found) => found[1]);
}

test('every word that a screen says by name exists', () => {
  const missing = sources.flatMap((file) => keysIn(textOf(file)).filter((key) => !(key in az)).map((key) => `${file}: ${key}`));

  expect(missing).toEqual([]);
});

const PARSING_MS = 60_000;
const WORDS = /\p{L}{3,}/u;
const CODE = new Set(['code', 'kbd', 'pre']);
const SPOKEN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint', 'text']);

/** Text written into the markup of a component, between tags or in what a person reads of an attribute. */
function wordsWritten(file: string): string[] {
  const written: string[] = [];
  const walk = (node: unknown, spoken: boolean): void => {
    if (Array.isArray(node)) for (const each of node) walk(each, spoken);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, name, data, ...rest } = node as { type?: string; name?: string; data?: string };
    if (type === 'Text' && spoken && WORDS.test(data ?? '')) written.push(data!.trim());
    for (const part of Object.values(rest)) walk(part, type === 'Attribute' ? SPOKEN.has(name ?? '') : spoken && type !== 'StyleDirective' && !CODE.has(name ?? ''));
  };
  walk(parse(textOf(file), { modern: true }).fragment, true);
  return written;
}

test('no screen holds words of its own', () => {
  const found = sources.filter((file) => file.endsWith('.svelte')).flatMap((file) => wordsWritten(file).map((words) => `${file}: ${words}`));

  expect(found).toEqual([]);
}, PARSING_MS);

test('no screen asks Intl for a format', () => {
  const asked = sources.filter((file) => /toLocale(Date|Time)?String|Intl\.(NumberFormat|DateTimeFormat)/.test(textOf(file)) && !/^core[\\/](clock|format)\.ts$/.test(file));

  expect(asked).toEqual([]);
});

test('no style attribute stands in the markup, which the content policy would drop', () => {
  const styled = sources.filter((file) => file.endsWith('.svelte') && /\sstyle=/.test(textOf(file)));

  expect(styled).toEqual([]);
});
