/** The blocks that paper is made of (as `server/values/blocks.py`); screens draw them, the agent prints them. */

export type Block =
  | { kind: 'text'; text: string; align: 'left' | 'center' | 'right'; size: number; bold: boolean }
  | { kind: 'row'; left: string; right: string; bold: boolean; size: number }
  | { kind: 'rule' }
  | { kind: 'qr'; data: string }
  | { kind: 'barcode'; data: string }
  | { kind: 'feed'; lines: number }
  | { kind: 'cut' };

/** The text of a key in the paper's language. */
export type Word = (key: string, params?: Record<string, string | number>) => string;

interface Style {
  align?: 'left' | 'center' | 'right';
  size?: number;
  bold?: boolean;
}

export const text = (words: string, { align = 'left', size = 1, bold = false }: Style = {}): Block => ({ kind: 'text', text: words, align, size, bold });

export const row = (left: string, right: string, { size = 1, bold = false }: Style = {}): Block => ({ kind: 'row', left, right, bold, size });

export const rule = (): Block => ({ kind: 'rule' });

export const qr = (data: string): Block => ({ kind: 'qr', data });

export const feed = (lines = 1): Block => ({ kind: 'feed', lines });
