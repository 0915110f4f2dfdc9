import { describe, expect, it } from 'vitest';
import { endOfDay, shiftDay, startOfDay, todayIn } from '../../../src/state/office_days.ts';
import { clockText, spelled } from '../../../src/state/office_code.svelte.ts';
import { emptyLine, entryFaults, entryLines } from '../../../src/state/office_entry.svelte.ts';
import { bodyOf, draftOf, emptyDraft, faultsOf, nextSku, onScreen } from '../../../src/state/office_item.ts';
import { capFaults, draftsOf, percentBp, rightsOf } from '../../../src/state/office_roles.ts';
import { minutesOf, timeOf } from '../../../src/state/office_settings.ts';
import { average, bars, type Takings, together } from '../../../src/state/office_today.ts';
import type { Item } from '../../../src/state/office_types.ts';

const BAKU = 'Asia/Baku';
const item: Item = {
  id: 7, sku: '0412', name: 'Süd 1 l', category_id: 3, unit_id: 1, tax_class_id: 2, is_weighed: false, plu: null, quick_position: null,
  barcodes: [{ code: '4006381333931', quantity_milli: 1000 }, { code: '14006381333938', quantity_milli: 12_000 }], price: null, archived: false, rev: 9,
};

describe('an item in its form', () => {
  it('comes back as it went in', () => {
    expect(bodyOf(draftOf(item, 'az'))).toEqual({
      name: 'Süd 1 l', sku: '0412', category_id: 3, unit_id: 1, tax_class_id: 2, is_weighed: false, plu: null, quick_position: null,
      barcodes: item.barcodes,
    });
  });

  it('names the digit with which a barcode should end', () => {
    const draft = { ...draftOf(item, 'az'), codes: [{ code: '4006381333932', pack: '1' }] };

    expect(faultsOf(draft)).toEqual([{ field: 'barcodes.0.code', code: 'wrong_check_digit', params: { code: '4006381333932', expected: 1 } }]);
  });

  it('takes free codes, refuses doubles and packs of nothing', () => {
    const codes = [{ code: 'ABC-1', pack: '1' }, { code: 'ABC-1', pack: '1' }, { code: 'ABC-2', pack: '0' }];

    expect(faultsOf({ ...draftOf(item, 'az'), codes }).map((fault) => [fault.field, fault.code])).toEqual([
      ['barcodes.1.code', 'twice'],
      ['barcodes.2.quantity_milli', 'not_valid'],
    ]);
  });

  it('leaves empty code lines out and shows the server\'s faults at the right line', () => {
    const draft = { ...draftOf(item, 'az'), codes: [{ code: '', pack: '1' }, { code: '4006381333931', pack: '1' }] };

    expect(bodyOf(draft).barcodes).toEqual([{ code: '4006381333931', quantity_milli: 1000 }]);
    expect(onScreen({ 'barcodes.0.code': 'taken', name: 'long' }, draft)).toEqual({ 'barcodes.1.code': 'taken', name: 'long' });
  });

  it('needs a name and a number, and a first price only where one is typed', () => {
    expect(faultsOf(emptyDraft(), true).map((fault) => fault.field)).toEqual(['name', 'sku']);
    expect(faultsOf({ ...draftOf(item, 'az'), price: 'abc' }, true).map((fault) => fault.field)).toEqual(['price_minor']);
    expect(faultsOf({ ...draftOf(item, 'az'), price: 'abc' })).toEqual([]);
  });

  it('forgets the PLU of what is not weighed and the place of what is no tile', () => {
    expect(bodyOf({ ...draftOf(item, 'az'), plu: '55', quick_position: '3' })).toMatchObject({ plu: null, quick_position: null });
    expect(bodyOf({ ...draftOf(item, 'az'), is_weighed: true, plu: '55', is_quick: true, quick_position: '' })).toMatchObject({ plu: 55, quick_position: 0 });
  });

  it('goes on counting the numbers of the shop', () => {
    expect([nextSku('0412'), nextSku('A-099'), nextSku('SÜD'), nextSku(undefined)]).toEqual(['0413', 'A-100', '', '0001']);
  });
});

describe('days', () => {
  it('begin at the branch\'s own midnight', () => {
    expect(new Date(startOfDay('2026-11-24', BAKU)).toISOString()).toBe('2026-11-23T20:00:00.000Z');
    expect(new Date(endOfDay('2026-11-24', BAKU)).toISOString()).toBe('2026-11-24T20:00:00.000Z');
  });

  it('are right around the change of the clock', () => {
    expect(new Date(startOfDay('2026-03-29', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(new Date(startOfDay('2026-03-30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T22:00:00.000Z');
  });

  it('follow each other over the end of a month', () => {
    expect([shiftDay('2026-02-28', 1), shiftDay('2026-03-01', -1), todayIn(BAKU, Date.parse('2026-11-24T20:30:00Z'))]).toEqual(['2026-03-01', '2026-02-28', '2026-11-25']);
  });
});

describe('the takings of a day', () => {
  const row = (branch_id: number, net_minor: number, cost_minor: number | null): Takings => ({
    branch_id, branch: `B${branch_id}`, business_day: '2026-11-24', currency: 'AZN', count: 2, returns_count: 1, gross_minor: net_minor + 10,
    discount_minor: 10, sales_minor: net_minor + 5, returns_minor: 5, net_minor, tax_minor: 3, cost_minor,
    by_hour: [{ hour: 9 + branch_id, count: 2, total_minor: net_minor }, { hour: 12, count: 1, total_minor: 100 }],
    by_tender: [{ id: 1, name: 'Nağd', kind: 'cash', count: 2, amount_minor: net_minor }],
  });

  it('are added up over the branches', () => {
    const day = together([row(1, 1_000, 600), row(2, 2_000, 900)])!;

    expect(day).toMatchObject({ count: 4, net_minor: 3_000, gross_minor: 3_020, discount_minor: 20, returns_minor: 10, cost_minor: 1_500 });
    expect(day.by_hour).toEqual([
      { hour: 10, count: 2, total_minor: 1_000 },
      { hour: 11, count: 2, total_minor: 2_000 },
      { hour: 12, count: 2, total_minor: 200 },
    ]);
    expect(day.by_tender).toEqual([{ id: 1, name: 'Nağd', kind: 'cash', count: 4, amount_minor: 3_000 }]);
  });

  it('have no cost where one branch\'s may not be seen, and no average before the first sale', () => {
    expect(together([row(1, 1_000, 600), row(2, 2_000, null)])!.cost_minor).toBeNull();
    expect(together([])).toBeNull();
    expect([average({ sales_minor: 1_001, count: 2 }), average({ sales_minor: 0, count: 0 })]).toEqual([501, null]);
  });

  it('are drawn with their quiet hours, and never below the line', () => {
    const drawn = bars([{ hour: 9, count: 1, total_minor: 500 }, { hour: 11, count: 1, total_minor: -200 }]);

    expect(drawn.map((bar) => [bar.hour, bar.height])).toEqual([[9, 1], [10, 0], [11, 0]]);
    expect(bars([])).toEqual([]);
  });
});

describe('a stock entry', () => {
  const line = (quantity: string, cost = '') => ({ ...emptyLine({ id: 5, name: 'Alma', unit: 'kg', held_milli: 0 }, 1), quantity, cost });

  it('sends the cost of the whole line, rounded once, and none for what goes out', () => {
    expect(entryLines([line('1,235', '2,10'), line('3'), line('-2', '5')])).toEqual([
      { item_id: 5, quantity_milli: 1235, cost_minor: 259 },
      { item_id: 5, quantity_milli: 3000, cost_minor: null },
      { item_id: 5, quantity_milli: -2000, cost_minor: null },
    ]);
  });

  it('needs a reason and real quantities; the opening also costs and nothing below zero', () => {
    expect(entryFaults('adjustment', ' ', [line('0'), line('-1')]).map((fault) => fault.field)).toEqual(['reason', 'lines.0.quantity_milli']);
    expect(entryFaults('opening', 'Sayım', [line('5'), line('-1', '1')]).map((fault) => [fault.field, fault.code])).toEqual([
      ['lines.0.cost_minor', 'required'],
      ['lines.1.quantity_milli', 'not_valid'],
    ]);
  });
});

describe('a role\'s rights', () => {
  const offered = [{ right: 'settings.manage', capped: false }, { right: 'sale.discount_line', capped: true }, { right: 'sale.ring', capped: false }];

  it('come back as they went in, the till\'s first', () => {
    const rights = [{ right: 'sale.discount_line', cap_bp: 750, cap_minor: 500 }, { right: 'sale.ring', cap_bp: null, cap_minor: null }];
    const drafts = draftsOf(offered, { rights }, 'az');

    expect(drafts.map((draft) => [draft.right, draft.given])).toEqual([['sale.discount_line', true], ['sale.ring', true], ['settings.manage', false]]);
    expect([drafts[0].percent, drafts[0].amount]).toEqual(['7,5', '5,00']);
    expect(rightsOf(drafts)).toEqual(rights);
  });

  it('know what is no percentage', () => {
    expect([percentBp('7,5'), percentBp(''), percentBp('100'), percentBp('101'), percentBp('1,234'), percentBp('x')]).toEqual([750, null, 10_000, undefined, undefined, undefined]);
    const [capped] = draftsOf(offered, null, 'az');
    expect(capFaults([{ ...capped, given: true, percent: '150', amount: '-1' }])).toEqual(['sale.discount_line.percent', 'sale.discount_line.amount']);
    expect(capFaults([{ ...capped, percent: '150' }])).toEqual([]);
  });
});

describe('small texts', () => {
  it('tell times of a day, spans and codes', () => {
    expect([timeOf(300), minutesOf('05:00'), minutesOf('5:00'), minutesOf('24:00'), minutesOf('5')]).toEqual(['05:00', 300, 300, null, null]);
    expect([clockText(125), clockText(9), clockText(86_399), spelled('ABCD1234'), spelled('long-token')]).toEqual(['2:05', '0:09', '23:59:59', 'ABCD 1234', 'long-token']);
  });
});
