/** The takings of a business day over the branches that are looked at. Sums of integers; nothing is rounded here. */

export interface Takings {
  branch_id: number;
  branch: string;
  business_day: string;
  currency: string;
  count: number;
  returns_count: number;
  gross_minor: number;
  discount_minor: number;
  sales_minor: number;
  returns_minor: number;
  net_minor: number;
  tax_minor: number;
  cost_minor: number | null;
  by_hour: { hour: number; count: number; total_minor: number }[];
  by_tender: { id: number; name: string; kind: string; count: number; amount_minor: number }[];
}

const SUMS = ['count', 'returns_count', 'gross_minor', 'discount_minor', 'sales_minor', 'returns_minor', 'net_minor', 'tax_minor'] as const;

/** One row out of several; null where there is none. The cost is known when it is known of each. */
export function together(rows: readonly Takings[]): Takings | null {
  if (rows.length < 2) return rows[0] ?? null;
  const sums = Object.fromEntries(SUMS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as Pick<Takings, (typeof SUMS)[number]>;
  return {
    ...rows[0],
    ...sums,
    branch: '',
    cost_minor: rows.every((row) => row.cost_minor !== null) ? rows.reduce((sum, row) => sum + row.cost_minor!, 0) : null,
    by_hour: merged(rows.flatMap((row) => row.by_hour), (row) => row.hour).sort((a, b) => a.hour - b.hour),
    by_tender: merged(rows.flatMap((row) => row.by_tender), (row) => row.id),
  };
}

/** The average receipt: net of returns over the sales, or null before the first one. */
export const average = (day: Pick<Takings, 'sales_minor' | 'count'>): number | null =>
  day.count === 0 ? null : Math.round(day.sales_minor / day.count);

export interface Bar {
  hour: number;
  count: number;
  total_minor: number;
  /** 0 to 1 of the tallest bar; hours in which more came back than was sold have no bar. */
  height: number;
}

/** Every hour from the first to the last sale, quiet ones too, so that the distance on the axis is time. */
export function bars(hours: Takings['by_hour']): Bar[] {
  if (hours.length === 0) return [];
  const [first, last] = [Math.min(...hours.map((row) => row.hour)), Math.max(...hours.map((row) => row.hour))];
  const tallest = Math.max(1, ...hours.map((row) => row.total_minor));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const row = hours.find((one) => one.hour === first + index) ?? { hour: first + index, count: 0, total_minor: 0 };
    return { ...row, height: Math.max(0, row.total_minor) / tallest };
  });
}

function merged<Row extends { count: number } & ({ total_minor: number } | { amount_minor: number })>(rows: Row[], key: (row: Row) => number): Row[] {
  const found = new Map<number, Row>();
  for (const row of rows) {
    const there = found.get(key(row)) as Record<string, unknown> | undefined;
    if (!there) {
      found.set(key(row), { ...row });
      continue;
    }
    const name = 'total_minor' in row ? 'total_minor' : 'amount_minor';
    there.count = (there.count as number) + row.count;
    there[name] = (there[name] as number) + (row as unknown as Record<string, number>)[name];
  }
  return [...found.values()];
}
