/** Words of paper in the branch's language, loaded once a language. */
import type { Word } from '../../core/blocks.ts';
import { isLanguage, type Language, settings } from '../../state/settings.svelte.ts';
import { shop } from '../../state/shop.svelte.ts';

type Words = Record<string, string | Record<string, string>>;

const files = import.meta.glob<Words>('../../../../../locales/*/receipt.json', { import: 'default' });
const loaded = new Map<Language, Promise<Word>>();

export function paperLanguage(): Language {
  const own = shop.branch?.language ?? '';
  return isLanguage(own) ? own : settings.language;
}

export function paperWords(): Promise<Word> {
  const language = paperLanguage();
  const known = loaded.get(language) ?? load(language);
  loaded.set(language, known);
  return known;
}

async function load(language: Language): Promise<Word> {
  const [, open] = Object.entries(files).find(([path]) => path.includes(`/${language}/`))!;
  const words = await open();
  const plurals = new Intl.PluralRules(language);
  return (key, params = {}) => {
    const message = words[key] ?? key;
    const text = typeof message === 'string' ? message : (message[plurals.select(Number(params.n ?? 0))] ?? message.other);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  };
}
