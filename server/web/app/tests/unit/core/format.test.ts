import { describe, expect, test } from 'vitest';
import { businessDay, fromIso, localDay, localHour, localMinute, toIso } from '../../../src/core/clock.ts';
import * as format from '../../../src/core/format.ts';
import { vectors } from './vectors.ts';

const FUNCTIONS: Record<string, (value: never, language: format.Language) => string> = {
  quantity: format.formatQuantity,
  integer: format.formatInteger,
  percent: format.formatPercent,
  day: format.formatDay,
  day_long: format.formatDayLong,
  day_short: format.formatDayShort,
  weekday: format.formatWeekday,
  weekday_short: format.formatWeekdayShort,
  moment: format.formatMoment,
  paper_amount: format.paperAmount,
  paper_pieces: format.paperPieces,
  paper_percent: format.paperPercent,
  paper_moment: format.paperMoment,
};

describe('formats, on the shared vectors', () => {
  const cases = vectors('format');

  test.each(Object.keys(FUNCTIONS))('%s', (name) => {
    for (const one of cases[name]) {
      for (const language of format.LANGUAGES) expect(FUNCTIONS[name](one.value as never, language)).toBe(one[language]);
    }
  });

  test('money', () => {
    for (const one of cases.money) {
      for (const language of format.LANGUAGES) expect(format.formatMoney(one.value, language, one.currency)).toBe(one[language]);
    }
  });

  test('what comes in has a plus, what is typed has no grouping', () => {
    expect(format.formatSignedMoney(250, 'en')).toBe('+₼2.50');
    expect(format.formatSignedMoney(-250, 'en')).toBe('−₼2.50');
    expect(format.formatSignedMoney(0, 'en')).toBe('₼0.00');
    expect(format.typedAmount(123_450, 'az')).toBe('1234,50');
    expect([format.decimalMark('az'), format.decimalMark('en'), format.decimals('AZN')]).toEqual([',', '.', 2]);
    expect(format.formatTime('2026-11-24T18:05')).toBe('18:05');
  });
});

describe('times', () => {
  test('instants are written and read', () => {
    expect(toIso(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(fromIso('2026-11-24T19:57:00.5Z')).toBe(1_795_550_220_500);
    expect(fromIso('2026-11-24T19:57:00.123456Z')).toBe(1_795_550_220_123);
    for (const text of ['', '2026-11-24', '2026-11-24T19:57:00', '2026-13-01T00:00:00Z']) expect(fromIso(text)).toBe(null);
  });

  test('the business day turns at the cut-off', () => {
    const day = (text: string, cutOff?: number) => businessDay(fromIso(text)!, 'Asia/Baku', cutOff);
    expect(day('2026-11-24T04:00:00Z')).toBe('2026-11-24');
    expect(day('2026-11-24T00:59:59Z')).toBe('2026-11-23');
    expect(day('2026-11-24T01:00:00Z')).toBe('2026-11-24');
    expect(day('2026-11-23T20:00:00Z', 0)).toBe('2026-11-24');
  });

  test('summer time moves no boundary', () => {
    const night = fromIso('2026-03-29T02:30:00Z')!;
    expect(businessDay(night, 'Europe/Berlin')).toBe('2026-03-28');
    expect(localHour(night, 'Europe/Berlin')).toBe(4);
    expect(localMinute(night, 'Europe/Berlin')).toBe('2026-03-29T04:30');
    expect(localDay(night, 'Asia/Baku')).toBe('2026-03-29');
  });
});
