/** What this device's user chose: language, theme, hand, sound. Kept in localStorage, so that it stands before the first paint. */
export type Theme = 'system' | 'light' | 'dark';
export type Language = 'az' | 'en' | 'ru' | 'tr';

export const LANGUAGES: Language[] = ['az', 'en', 'ru', 'tr'];
export const LANGUAGE_NAMES: Record<Language, string> = { az: 'Azərbaycanca', en: 'English', ru: 'Русский', tr: 'Türkçe' };

interface Chosen {
  language: Language;
  theme: Theme;
  leftHanded: boolean;
  sound: boolean;
}

const KEY = 'aisales.settings';

export const settings = $state<Chosen>({ language: preferred(), theme: 'system', leftHanded: false, sound: true, ...stored() });

/** Changes settings and keeps them. The language is loaded by `setLanguage` of `i18n.svelte.ts`. */
export function choose(change: Partial<Chosen>): void {
  Object.assign(settings, change);
  localStorage.setItem(KEY, JSON.stringify(settings));
  applyTheme();
}

/** Puts theme and hand on the document, where the tokens look for them. */
export function applyTheme(): void {
  const root = document.documentElement;
  if (settings.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = settings.theme;
  root.dataset.hand = settings.leftHanded ? 'left' : 'right';
}

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as string[]).includes(text);
}

function stored(): Partial<Chosen> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Chosen>;
  } catch {
    return {};
  }
}

function preferred(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return wanted ?? 'az';
}
