/**
 * The one place that calls `fetch`. Answers are JSON; a refusal is a `Problem` (RFC 9457 with a stable `code`),
 * no answer at all is `NoConnection`. Words for a problem: `problemText(error)` in `state/words.svelte.ts`.
 */
import { learnServerTime, NOW_HEADER, SENT_HEADER, serverTimeAtLeast } from './server_clock.ts';

const TIMEOUT_MS = 20_000;
const BASE = '/api/v1';

export interface FieldTrouble {
  field: string;
  code: string;
  params?: Record<string, string | number>;
}

export class Problem extends Error {
  override name = 'Problem';
  status = 0;
  code = 'unknown';
  params: Record<string, string | number> = {};
  errors: FieldTrouble[] = [];
  retryAfterMs: number | null = null;
}

export class NoConnection extends Error {
  override name = 'NoConnection';
}

export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Makes a changing request safe to repeat: pass the same key for the same intent. */
  key?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** The terminal itself asks (sync): no person is named, so a change of cashier offline does not stop it. */
  asTerminal?: boolean;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

let actingPerson: number | null = null;
const timeListeners = new Set<(serverMs: number) => void>();
const refusalListeners = new Set<(problem: Problem) => void>();

/** Names the person at the till in every request that follows. */
export function actAs(personId: number | null): void {
  actingPerson = personId;
}

/** Hears each 401: the session ended or the terminal was revoked. */
export function onRefused(listener: (problem: Problem) => void): () => void {
  refusalListeners.add(listener);
  return () => refusalListeners.delete(listener);
}

/** Hears the server's time with each answer; whole seconds. */
export function onServerTime(listener: (serverMs: number) => void): () => void {
  timeListeners.add(listener);
  return () => timeListeners.delete(listener);
}

export const get = <T>(path: string, options?: Options) => request<T>('GET', path, undefined, options);
export const post = <T>(path: string, body: unknown = {}, options?: Options) => request<T>('POST', path, body, options);
export const put = <T>(path: string, body: unknown, options?: Options) => request<T>('PUT', path, body, options);
export const remove = <T>(path: string, options?: Options) => request<T>('DELETE', path, undefined, options);

async function request<T>(method: Method, path: string, body: unknown, options: Options = {}): Promise<T> {
  const response = await send(method, path, body, options);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  try {
    const answer = (await response.json()) as T;
    tellTime(response);
    return answer;
  } catch (error) {
    // The reply broke off on its way, or is a page of some gate in between: what was asked may be done or not.
    throw new NoConnection(`no whole answer to ${method} ${path}`, { cause: error });
  }
}

async function send(method: Method, path: string, body: unknown, options: Options): Promise<Response> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const init: RequestInit = {
    method,
    headers: headersOf(method, body, options),
    credentials: 'same-origin',
    cache: 'no-store',
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
  if (body !== undefined) init.body = body instanceof FormData ? body : JSON.stringify(body);
  try {
    const response = await fetch(addressOf(path, options.query), init);
    learnServerTime(response.headers.get(NOW_HEADER));
    return response;
  } catch (error) {
    throw new NoConnection(`no answer to ${method} ${path}`, { cause: error });
  }
}

function tellTime(response: Response): void {
  const serverMs = Date.parse(response.headers.get('Date') ?? '');
  if (Number.isFinite(serverMs)) for (const listener of timeListeners) listener(serverMs);
}

function headersOf(method: Method, body: unknown, options: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-AISales'] = '1';
  if (actingPerson !== null && !options.asTerminal) headers['X-AISales-Person'] = String(actingPerson);
  if (body !== undefined && !(body instanceof FormData)) headers['Content-Type'] = 'application/json';
  if (options.key) headers['Idempotency-Key'] = options.key;
  const sentAt = method === 'POST' && options.asTerminal ? serverTimeAtLeast() : null;
  if (sentAt !== null) headers[SENT_HEADER] = String(sentAt);
  return headers;
}

function addressOf(path: string, query: Options['query'] = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  const address = path.startsWith('/api/') ? path : BASE + path;
  return search ? `${address}?${search}` : address;
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { detail?: string };
  const problem = new Problem(body.detail ?? `HTTP ${response.status}`);
  problem.status = response.status;
  problem.code = body.code ?? (response.status >= 500 ? 'server_trouble' : 'unknown');
  problem.params = body.params ?? {};
  problem.errors = body.errors ?? [];
  problem.retryAfterMs = retryAfterOf(response);
  if (response.status === 401) for (const listener of refusalListeners) listener(problem);
  return problem;
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
