/** The virtual shop as the agent's twins show it (`edge_agent/virtual/http.py`), followed by long polling. */
import { get, NoConnection, post, Problem } from '../../data/api.ts';
import { problemText } from '../../state/words.svelte.ts';

const BASE = '/devices/counter';
const WAIT_MS = 4_000;
const PAUSE_MS = 2_000;

export interface Paper {
  n: number;
  id: string | null;
  at: string;
  cut: boolean;
  png: string;
  text: string;
}

export interface World {
  version: number;
  printers: { device: string; paper_out: boolean; cover_open: boolean; off: boolean; knobs: Record<string, unknown>; papers: Paper[] }[];
  drawers: { device: string; open: boolean; pulses: unknown[] }[];
  scales: { device: string; grams: number; stable: boolean }[];
  scanners: { device: string }[];
  displays: { device: string; lines: string[] }[];
  bells: { device: string; ringing: boolean; rings: number }[];
}

class Twin {
  world = $state.raw<World | null>(null);
  /** There is no virtual hardware on this server. */
  absent = $state(false);
  trouble = $state('');
  private following = false;

  /** Follows the world until the returned function is called. */
  follow(): () => void {
    this.following = true;
    void this.run();
    return () => {
      this.following = false;
    };
  }

  async turn(path: string, wish: Record<string, unknown>): Promise<void> {
    try {
      this.world = await post<World>(`${BASE}${path}`, wish);
    } catch (error) {
      this.trouble = problemText(error);
    }
  }

  picture(paper: Paper): string {
    return `/api/v1${BASE}${paper.png}?length=${paper.text.length}${paper.cut ? '&cut' : ''}`;
  }

  private async run(): Promise<void> {
    while (this.following && !this.absent) {
      try {
        const since = this.world?.version;
        this.world = since === undefined ? await get<World>(`${BASE}/state`) : await get<World>(`${BASE}/events`, { query: { since, wait_ms: WAIT_MS } });
        this.trouble = '';
      } catch (error) {
        await this.rest(error);
      }
    }
  }

  private async rest(error: unknown): Promise<void> {
    if (!(error instanceof Problem) && !(error instanceof NoConnection)) throw error;
    if (error instanceof Problem && error.status === 404) this.absent = true;
    this.trouble = problemText(error);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export const twin = new Twin();
