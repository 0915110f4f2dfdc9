/** Short notices at the foot of the screen. They never take the focus and never stand in the way of a scan. */

export interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'good' | 'warn' | 'bad';
  /** A way back, offered while the notice is shown ("Undo"). */
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 5_000;
const MOST = 3;

let last = 0;
export const notices = $state<Notice[]>([]);

export function notify(text: string, options: Partial<Pick<Notice, 'tone' | 'action'>> & { shownMs?: number } = {}): () => void {
  const notice: Notice = { id: ++last, text, tone: options.tone ?? 'plain', action: options.action };
  notices.push(notice);
  if (notices.length > MOST) notices.shift();
  const dismiss = () => dismissNotice(notice.id);
  setTimeout(dismiss, options.shownMs ?? SHOWN_MS);
  return dismiss;
}

export function dismissNotice(id: number): void {
  const at = notices.findIndex((notice) => notice.id === id);
  if (at >= 0) notices.splice(at, 1);
}

export function dismissAllNotices(): void {
  notices.length = 0;
}
