/**
 * Names that a new shop is furnished with, in the shop's own language. As long as nobody gave them another name, a screen
 * shows them in its own: a cashier who reads Russian pays with "Наличные" in a shop whose papers say "Nağd".
 */
const FURNISHED = {
  'cash.tender_cash': ['Nağd', 'Cash', 'Наличные', 'Nakit'],
  'cash.tender_card': ['Kart', 'Card', 'Карта'],
  'cash.tender_bank': ['Bank köçürməsi', 'Bank transfer', 'Банковский перевод', 'Banka havalesi'],
  'cash.holder_safe': ['Seyf', 'Safe', 'Сейф', 'Kasa'],
  'cash.holder_bank': ['Bank', 'Банк', 'Banka'],
  'cash.holder_outside': ['Kənar', 'Outside', 'Внешний источник', 'Dışarısı'],
} as const;

export type StandardName = keyof typeof FURNISHED;

const keys = new Map<string, StandardName>(Object.entries(FURNISHED).flatMap(([key, names]) => names.map((name) => [name, key as StandardName] as const)));

/** The key of the words for this name when it is one that the product gave; null when a person chose it. */
export function standardName(name: string): StandardName | null {
  return keys.get(name) ?? null;
}
