/**
 * The connection and the outbox as the screen shows them: reachable or not, how many operations wait, how many need
 * a person. It wakes the sender: after each recorded act, when the stream opens, when the page is seen, every 15 s.
 */
import { NoConnection, onServerTime, post, Problem } from '../data/api.ts';
import { hear, type Message, tell } from '../data/channel.ts';
import { onEvent, startEvents } from '../data/events.ts';
import { countOutbox, onSendAgain, pruneLog } from '../data/outbox.ts';
import { onRecorded } from '../data/record.ts';
import { replica } from '../data/replica.ts';
import { type Outcome, Sender } from '../data/sender.ts';
import { freshenSnapshot, pull } from '../data/sync.ts';
import type { PushAnswer } from '../data/wire.ts';

const WAKE_MS = 15_000;
const IDLE_PULL_MS = 60_000;
const PUSH_TIMEOUT_MS = 30_000;

class Net {
  online = $state(true);
  unsent = $state(0);
  attention = $state(0);
  /** The server refuses this terminal: it was revoked, and must be paired again. Unsent sales are kept. */
  revoked = $state(false);

  heard(outcome: Outcome): void {
    this.online = outcome.kind !== 'unreachable';
    if (outcome.kind === 'delivered') this.revoked = false;
    if (outcome.kind === 'delivered') tell({ kind: 'sent' });
    if (outcome.kind === 'refused' && outcome.problem.status === 401) this.revoked = true;
    void this.count();
  }

  async count(): Promise<void> {
    const { unsent, attention } = await countOutbox();
    this.unsent = unsent;
    this.attention = attention;
  }
}

export const net = new Net();

let sender: Sender | null = null;

/** Sends what waits and fetches what changed, now. */
export function wake(): void {
  void sender?.drain();
  void catchUp();
}

/** Fetches changes; being out of reach is a state, not an error. */
export async function catchUp(): Promise<void> {
  try {
    await pull();
    net.online = true;
  } catch (error) {
    if (error instanceof NoConnection) net.online = false;
    else if (error instanceof Problem) net.revoked ||= error.status === 401;
    else throw error;
  }
}

/** Starts sender, stream and timers of a paired terminal. Returns the way to stop them. */
export function startNet(terminalId: number): () => void {
  sender = new Sender({
    terminalId,
    push: (batch) => post<PushAnswer>('/sync/push', batch, { asTerminal: true, timeoutMs: PUSH_TIMEOUT_MS }),
    heard: (outcome) => net.heard(outcome),
  });
  const stops = [
    onRecorded(recorded),
    onSendAgain(recorded),
    pruneOnce(),
    hear(heardOfOtherTab),
    onEvent('open', wake),
    onEvent('lost', () => void catchUp()),
    onEvent('hint', ({ cursor }) => cursor > (replica.held?.cursor ?? 0) && void catchUp()),
    startEvents(),
    every(WAKE_MS, () => void sender?.drain()),
    every(IDLE_PULL_MS, () => void catchUp().then(freshenWhenIdle)),
    on(window, 'online', wake),
    on(document, 'visibilitychange', () => document.visibilityState === 'visible' && wake()),
  ];
  net.revoked = false;
  void net.count();
  wake();
  return () => {
    sender?.stop();
    for (const stop of stops) stop();
  };
}

/** What another tab recorded waits for whichever tab sends; what another tab sent waits no more. */
function heardOfOtherTab(message: Message): void {
  if (message.kind === 'outbox') recorded();
  else if (message.kind === 'sent') void net.count();
}

function recorded(): void {
  void net.count();
  void sender?.drain();
}

/** Old operations go once the server has told the time: a device whose clock ran ahead would drop what is young. */
function pruneOnce(): () => void {
  const deaf = onServerTime((server_ms) => {
    deaf();
    void pruneLog(server_ms);
  });
  return deaf;
}

function freshenWhenIdle(): void {
  if (net.online && net.unsent === 0 && replica.wantsSnapshot) requestIdleCallback(() => void freshenSnapshot().catch(() => undefined));
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}

function on(target: EventTarget, name: string, work: () => void): () => void {
  target.addEventListener(name, work);
  return () => target.removeEventListener(name, work);
}
