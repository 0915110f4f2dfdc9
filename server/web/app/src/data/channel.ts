/** Messages between the tabs of this browser. A tab does not hear itself: callers act on their own change directly. */

export type Message =
  | { kind: 'outbox' }
  | { kind: 'sent' }
  | { kind: 'changes' }
  | { kind: 'event'; name: string; detail: unknown }
  | { kind: 'register'; register_id: number }
  | { kind: 'person'; person_id: number | null };

type Listener = (message: Message) => void;

const listeners = new Set<Listener>();
let channel: BroadcastChannel | null = null;

export function tell(message: Message): void {
  open().postMessage(message);
}

export function hear(listener: Listener): () => void {
  open();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function open(): BroadcastChannel {
  if (channel) return channel;
  channel = new BroadcastChannel('aisales');
  channel.onmessage = (event: MessageEvent<Message>) => {
    for (const listener of listeners) listener(event.data);
  };
  return channel;
}
