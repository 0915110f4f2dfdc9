/** A list of the server that grows page by page; a filter that changed makes it start anew. */
import type { Page } from './office_types.ts';
import { problemText } from './words.svelte.ts';

export class Paged<Row> {
  rows = $state.raw<Row[]>([]);
  next = $state.raw<string | null>(null);
  busy = $state(true);
  trouble = $state('');
  private readonly load: (cursor: string | null) => Promise<Page<Row>>;
  private run = 0;

  constructor(load: (cursor: string | null) => Promise<Page<Row>>) {
    this.load = load;
  }

  start(): Promise<void> {
    return this.fetch(null, ++this.run);
  }

  more(): Promise<void> {
    return this.fetch(this.next, this.run);
  }

  /** An answer to an older filter comes too late and is left alone. */
  private async fetch(cursor: string | null, mine: number): Promise<void> {
    this.busy = true;
    try {
      const page = await this.load(cursor);
      if (mine !== this.run) return;
      this.rows = cursor === null ? page.rows : [...this.rows, ...page.rows];
      this.next = page.next;
      this.trouble = '';
    } catch (error) {
      if (mine !== this.run) return;
      if (cursor === null) this.rows = [];
      this.trouble = problemText(error);
    }
    this.busy = false;
  }
}
