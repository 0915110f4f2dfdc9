/** Plain words for what went wrong, and for the names that the product itself gave. */
import { standardName } from '../core/standard_names.ts';
import { NoConnection, Problem } from '../data/api.ts';
import { t, wordOr } from './i18n.svelte.ts';

/** One sentence for a person; never a code, never English of the server where the language has a word. */
export function problemText(error: unknown): string {
  if (error instanceof NoConnection) return t('errors.no_connection');
  if (!(error instanceof Problem)) return t('errors.unknown');
  return wordOr(`errors.${error.code}`, error.params) ?? (error.status >= 500 ? t('errors.server_trouble') : t('errors.unknown'));
}

/** A name out of the shop's data, in the screen's language when the product gave it and nobody changed it. */
export function shopWord(name: string): string {
  const key = standardName(name);
  return key ? t(key) : name;
}

/** The text of each faulty field of a refused form, by the field's name (the last part of a path). */
export function fieldTexts(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(error.errors.map((trouble) => [trouble.field, wordOr(`errors.${trouble.code}`, trouble.params) ?? t('errors.invalid')]));
}
