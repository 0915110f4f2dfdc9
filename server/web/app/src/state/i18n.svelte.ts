/**
 * Words of the screens. They stand in `server/locales/<language>/<namespace>.json`, flat keys `namespace.name`;
 * a value is a text with `{placeholders}`, or an object with a text for each plural category, chosen by `{n}`.
 *
 *   t('till.pay')   t('common.waiting', { n: 3 })
 *
 * A key that Azerbaijani lacks is a type error; a test holds the four languages together. Dates, numbers and money
 * never come from `Intl`, but from `core/format.ts` (Chromium has no Azerbaijani).
 */
import type { Key } from './keys.d.ts';
import { choose, type Language, settings } from './settings.svelte.ts';
import { dismissAllNotices } from './toast.svelte.ts';

export type { Key };
export type Params = Record<string, string | number>;
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
type Dictionary = Record<string, Message>;

const files: Record<Language, () => Promise<{ default: Dictionary }>> = {
  az: () => import('virtual:words/az'),
  en: () => import('virtual:words/en'),
  ru: () => import('virtual:words/ru'),
  tr: () => import('virtual:words/tr'),
};

let dictionary = $state.raw<Dictionary>({});
let plurals = new Intl.PluralRules('az');

/** Loads a language and shows it at once; the choice is kept on this device. Notices in another one go. */
export async function setLanguage(language: Language): Promise<void> {
  const words = (await files[language]()).default;
  if (document.documentElement.lang !== language) dismissAllNotices();
  plurals = new Intl.PluralRules(language);
  dictionary = words;
  document.documentElement.lang = language;
  choose({ language });
}

export function t(key: Key, params: Params = {}): string {
  return wordOr(key, params) ?? key;
}

/** A word whose key is put together at run time (`errors.<code>`, `flags.<kind>`), or null when there is none. */
export function wordOr(key: string, params: Params = {}): string | null {
  const message = dictionary[key];
  if (message === undefined) return null;
  const text = typeof message === 'string' ? message : (message[plurals.select(Number(params.n ?? 0))] ?? message.other ?? key);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** The language of the screens: pass it to the functions of `core/format.ts`. */
export function language(): Language {
  return settings.language;
}
