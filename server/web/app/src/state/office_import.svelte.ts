/** Bringing in items from a file: tried out first, then booked on the server while this page watches. */
import { get, post } from '../data/api.ts';
import { problemText } from './words.svelte.ts';

export interface Fault {
  row: number;
  field: string;
  code: string;
  params: Record<string, string | number>;
}

export interface ImportRun {
  id: string | null;
  state: 'checked' | 'queued' | 'running' | 'done' | 'refused';
  file_name: string;
  rows: number;
  rows_done: number;
  created: number;
  changed: number;
  opening_skipped: number;
  faults: number;
  errors: Fault[];
  /** Headings that are no column of ours. */
  ignored: string[];
}

const LOOK_MS = 700;
const UPLOAD_MS = 120_000;

export class Importing {
  file = $state.raw<File | null>(null);
  run = $state.raw<ImportRun | null>(null);
  busy = $state(false);
  trouble = $state('');
  private timer = 0;

  get isOver(): boolean {
    return this.run?.state === 'done' || this.run?.state === 'refused';
  }

  get isGoing(): boolean {
    return this.run?.state === 'queued' || this.run?.state === 'running';
  }

  /** Nothing is written: what would come in, and every faulty row. */
  async tryOut(file: File, branchId: number | null): Promise<void> {
    this.file = file;
    this.run = null;
    await this.upload(true, branchId);
  }

  async start(branchId: number | null): Promise<void> {
    await this.upload(false, branchId);
    if (this.isGoing) this.watch();
  }

  /** Follows a run that goes on at the server, also after this page was opened anew. */
  async follow(id: string): Promise<void> {
    try {
      this.run = await get<ImportRun>(`/catalog/imports/${id}`);
      this.trouble = '';
    } catch (error) {
      this.trouble = problemText(error);
    }
    if (this.isGoing) this.watch();
  }

  leave(): void {
    window.clearTimeout(this.timer);
  }

  private watch(): void {
    this.timer = window.setTimeout(() => void this.follow(this.run!.id!), LOOK_MS);
  }

  private async upload(isDry: boolean, branchId: number | null): Promise<void> {
    const form = new FormData();
    form.append('file', this.file!);
    this.busy = true;
    this.trouble = '';
    try {
      this.run = await post<ImportRun>('/catalog/imports', form, { query: { dry_run: isDry, branch_id: branchId }, timeoutMs: UPLOAD_MS });
    } catch (error) {
      this.trouble = problemText(error);
    } finally {
      this.busy = false;
    }
  }
}
