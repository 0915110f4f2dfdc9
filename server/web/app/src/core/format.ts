/**
 * How figures, money and days look in four languages, from tables of our own: Chromium has no Azerbaijani data but says
 * that it does. Never `toLocaleString` in screens. The `paper…` functions are those of `server/values/paper.py`.
 */
import { exponent, plain } from './money.ts';
import { plainQuantity } from './qty.ts';
import { MONTHS, MONTHS_SHORT, WEEKDAYS, WEEKDAYS_SHORT } from './calendar.ts';

export type Language = 'az' | 'en' | 'ru' | 'tr';
export const LANGUAGES: readonly Language[] = ['az', 'en', 'ru', 'tr'];

const NARROW = '\u202f';
const NO_BREAK = '\u00a0';
const MINUS = '\u2212';
const SIGNS: Record<string, string> = { AZN: '₼', TRY: '₺', RUB: '₽', USD: '$', EUR: '€', GBP: '£', GEL: '₾' };
const STYLE = {
  az: { decimal: ',', group: NARROW, signFirst: false },
  en: { decimal: '.', group: ',', signFirst: true },
  ru: { decimal: ',', group: NARROW, signFirst: false },
  tr: { decimal: ',', group: '.', signFirst: true },
} as const;

/** 123450 → "1 234,50": an amount without its currency. */
export const formatAmount = (amount_minor: number, language: Language, currency = 'AZN'): string =>
  localised(plain(amount_minor, currency), language);

/** 1250 → "12,50 ₼" (az, ru), "₼12.50" (en), "₼12,50" (tr). */
export function formatMoney(amount_minor: number, language: Language, currency = 'AZN'): string {
  const figure = formatAmount(Math.abs(amount_minor), language, currency);
  const sign = SIGNS[currency] ?? currency;
  const gap = sign.length > 1 ? NO_BREAK : '';
  const text = STYLE[language].signFirst ? `${sign}${gap}${figure}` : `${figure}${NO_BREAK}${sign}`;
  return amount_minor < 0 ? MINUS + text : text;
}

/** The same with + for what comes in, where the direction matters. */
export const formatSignedMoney = (amount_minor: number, language: Language, currency = 'AZN'): string =>
  (amount_minor > 0 ? '+' : '') + formatMoney(amount_minor, language, currency);

/** 1235 → "1,235", 2000 → "2". */
export const formatQuantity = (quantity_milli: number, language: Language): string => localised(plainQuantity(quantity_milli), language);

/** 1234567 → "1 234 567". */
export const formatInteger = (count: number, language: Language): string => localised(String(count), language);

/** Basis points: 1850 → "18,5%" (az, en), "18,5 %" (ru), "%18,5" (tr). */
export function formatPercent(rate_bp: number, language: Language): string {
  const figure = localised(plainQuantity(rate_bp * 10), language);
  if (language === 'tr') return `%${figure}`;
  return language === 'ru' ? `${figure}${NO_BREAK}%` : `${figure}%`;
}

/** What is typed back into a field: 1250 → "12,50", with the decimal mark of the language and no grouping. */
export const typedAmount = (amount_minor: number, language: Language, currency = 'AZN'): string =>
  plain(amount_minor, currency).replace('.', STYLE[language].decimal);

/** The decimal mark, for a number pad's key. */
export const decimalMark = (language: Language): string => STYLE[language].decimal;

/** How many decimals a currency's amounts have, for a number pad. */
export const decimals = exponent;

/** "2026-11-24" → "24.11.2026" (English "24/11/2026"). */
export const formatDay = (day: string, language: Language): string => paperDay(day, language);

/** "2026-11-24" → "24 noyabr 2026", "24 November 2026", "24 ноября 2026 г.", "24 Kasım 2026". */
export function formatDayLong(day: string, language: Language): string {
  const { year, month, date } = split(day);
  return `${date} ${MONTHS[language][month - 1]} ${year}${language === 'ru' ? ' г.' : ''}`;
}

/** "2026-11-24" → "24 noy", for axes and narrow lists. */
export function formatDayShort(day: string, language: Language): string {
  const { month, date } = split(day);
  return `${date} ${MONTHS_SHORT[language][month - 1]}`;
}

/** The name of a day's weekday: "çərşənbə axşamı". */
export const formatWeekday = (day: string, language: Language): string => WEEKDAYS[language][weekdayOf(day)];

/** Its short name: "Ç.a.", "Tue", "вт", "Sal". */
export const formatWeekdayShort = (day: string, language: Language): string => WEEKDAYS_SHORT[language][weekdayOf(day)];

/** "2026-11-24T18:05" on the wall clock → "24.11.2026, 18:05". */
export function formatMoment(localMinute: string, language: Language): string {
  const [day, minute] = localMinute.split('T');
  return `${formatDay(day, language)}, ${minute.slice(0, 5)}`;
}

/** Only the time of day: "18:05". */
export const formatTime = (localMinute: string): string => localMinute.split('T')[1].slice(0, 5);

export const paperAmount = (amount_minor: number, language: Language, currency = 'AZN'): string =>
  onPaper(plain(amount_minor, currency), language);

export const paperPieces = (quantity_milli: number, language: Language): string => onPaper(plainQuantity(quantity_milli), language);

export function paperPercent(rate_bp: number, language: Language): string {
  const figure = onPaper(plainQuantity(rate_bp * 10), language);
  return language === 'tr' ? `%${figure}` : `${figure}%`;
}

export function paperDay(day: string, language: Language): string {
  const [year, month, date] = day.split('-');
  return language === 'en' ? `${date}/${month}/${year}` : `${date}.${month}.${year}`;
}

export function paperMoment(localMinute: string, language: Language): string {
  const [day, minute] = localMinute.split('T');
  return `${paperDay(day, language)} ${minute}`;
}

const onPaper = (figure: string, language: Language): string => (language === 'en' ? figure : figure.replace('.', ','));

function localised(figure: string, language: Language): string {
  const { decimal, group } = STYLE[language];
  const [whole, rest] = figure.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${figure.startsWith('-') ? MINUS : ''}${grouped}${rest === undefined ? '' : decimal + rest}`;
}

function split(day: string): { year: number; month: number; date: number } {
  const [year, month, date] = day.split('-').map(Number);
  return { year, month, date };
}

/** 0 is Monday. */
function weekdayOf(day: string): number {
  const { year, month, date } = split(day);
  return (new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6) % 7;
}
