/**
 * Who is at this device. A PIN is tried online first (the server opens a session), and against this device's memory when
 * the server is away; then `session.confirmed` is false, and acts that need the server ask for the PIN again.
 *
 * Screens ask `can('sale.ring')`; a discount asks `mayTake(session.rights, 'sale.discount_line', …)` of
 * `core/permissions.ts`, and what is above a cap goes through `approve()`.
 */
import { may, type Right } from '../core/permissions.ts';
import { actAs, get, NoConnection, onRefused, post, Problem } from '../data/api.ts';
import { checkPin, learnPin, type PinCheck } from '../data/pins.ts';
import { shop } from './shop.svelte.ts';

export interface Signed {
  id: number;
  name: string;
  language: string;
}

interface SignInAnswer {
  person: Signed;
  rights: Right[];
}

export type SignIn = { kind: 'in' } | Exclude<PinCheck, { kind: 'right' }> | { kind: 'problem'; problem: Problem };

const KEY = 'aisales.session';
const PIN_TIMEOUT_MS = 4_000;
/** Any of these opens the back office. */
const OFFICE_RIGHTS = ['catalog.edit', 'stock.see', 'sales.see_all', 'staff.manage', 'device.manage', 'settings.manage', 'flags.settle'];

interface Kept {
  person: Signed | null;
  rights: Right[];
  confirmed: boolean;
}

class Session {
  person = $state.raw<Signed | null>(null);
  rights = $state.raw<Right[]>([]);
  /** The server knows this session; false after an offline sign-in, or when the session ended there. */
  confirmed = $state(false);

  constructor() {
    const kept = stored();
    this.person = kept.person;
    this.rights = kept.rights;
    this.confirmed = kept.confirmed;
    actAs(kept.person?.id ?? null);
    onRefused((problem) => {
      if (SESSION_CODES.has(problem.code)) this.unconfirm();
    });
  }

  get id(): number | null {
    return this.person?.id ?? null;
  }

  get mayManage(): boolean {
    return OFFICE_RIGHTS.some((right) => can(right));
  }

  enter(person: Signed, rights: Right[], confirmed: boolean): void {
    this.person = { id: person.id, name: person.name, language: person.language };
    this.rights = rights;
    this.confirmed = confirmed;
    actAs(person.id);
    this.keep();
  }

  unconfirm(): void {
    if (!this.person || !this.confirmed) return;
    this.confirmed = false;
    this.keep();
  }

  leave(): void {
    this.person = null;
    this.rights = [];
    this.confirmed = false;
    actAs(null);
    this.keep();
  }

  private keep(): void {
    const kept: Kept = { person: this.person, rights: this.rights, confirmed: this.confirmed };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  }
}

/** Codes of a 401 that speak of the person's session, not of the terminal. */
const SESSION_CODES = new Set(['not_signed_in', 'other_person']);

export const session = new Session();

export function can(right: string): boolean {
  return may(session.rights, right);
}

export async function signInByPin(personId: number, pin: string): Promise<SignIn> {
  try {
    const answer = await post<SignInAnswer>('/staff/sign-in', { person_id: personId, pin }, { asTerminal: true, timeoutMs: PIN_TIMEOUT_MS });
    session.enter(answer.person, answer.rights, true);
    await learnPin(personId, pin, Date.now());
    return { kind: 'in' };
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return { kind: 'problem', problem: error };
    if (!(error instanceof Problem) && !(error instanceof NoConnection)) throw error;
    return signInOffline(personId, pin);
  }
}

/** For the back office. Raises: NoConnection, Problem. */
export async function signInByPassword(email: string, password: string): Promise<void> {
  const answer = await post<SignInAnswer>('/staff/sign-in', { email, password }, { asTerminal: true });
  session.enter(answer.person, answer.rights, true);
}

/** The person leaves the till; the shift stays open. The server's session ends when it can be reached. */
export async function signOut(): Promise<void> {
  const wasConfirmed = session.confirmed;
  const ending = wasConfirmed ? post('/staff/sign-out', {}, { timeoutMs: PIN_TIMEOUT_MS }).catch(() => undefined) : undefined;
  session.leave();
  await ending;
}

/** Asks the server who is signed in on this browser: a new tab of the back office goes on without a password. */
export async function confirmSession(): Promise<void> {
  try {
    const answer = await get<{ person: Signed | null; rights: Right[] }>('/staff/me', { timeoutMs: PIN_TIMEOUT_MS });
    if (answer.person) session.enter(answer.person, answer.rights, true);
    else session.unconfirm();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) session.unconfirm();
    else if (!(error instanceof NoConnection) && !(error instanceof Problem)) throw error;
  }
}

export interface Wanted {
  right: string;
  bp?: number;
  minor?: number;
}

export type Approval = { kind: 'approved'; approved_by: number } | { kind: 'not_allowed' } | Exclude<SignIn, { kind: 'in' }>;

/** Another's PIN on the spot, for what the person at the till may not do. Works offline for people known here. */
export async function approve(personId: number, pin: string, wanted: Wanted): Promise<Approval> {
  try {
    const answer = await post<{ approved_by: number }>('/staff/approve', { person_id: personId, pin, ...wanted }, { timeoutMs: PIN_TIMEOUT_MS });
    await learnPin(personId, pin, Date.now());
    return { kind: 'approved', approved_by: answer.approved_by };
  } catch (error) {
    if (error instanceof Problem && error.status < 500 && !SESSION_CODES.has(error.code)) return { kind: 'problem', problem: error };
    if (!(error instanceof Problem) && !(error instanceof NoConnection)) throw error;
    return approveOffline(personId, pin, wanted);
  }
}

/** Who could approve: people whose rights reach far enough, the person at the till left out. */
export function approvers(wanted: Wanted): { id: number; name: string }[] {
  return shop.people.filter((person) => person.id !== session.id && reaches(person.rights, wanted));
}

async function approveOffline(personId: number, pin: string, wanted: Wanted): Promise<Approval> {
  const person = shop.person(personId);
  if (!person || !reaches(person.rights, wanted)) return { kind: 'not_allowed' };
  const check = await checkPin(personId, pin, Date.now());
  return check.kind === 'right' ? { kind: 'approved', approved_by: personId } : check;
}

async function signInOffline(personId: number, pin: string): Promise<SignIn> {
  const person = shop.person(personId);
  const check = await checkPin(personId, pin, Date.now());
  if (check.kind !== 'right' || !person) return check.kind === 'right' ? { kind: 'online_once', wiped: false } : check;
  session.enter(person, person.rights, false);
  return { kind: 'in' };
}

function reaches(rights: Right[], { right, bp = 0, minor = 0 }: Wanted): boolean {
  return rights.some((own) => own.right === right && (own.cap_bp === null || bp <= own.cap_bp) && (own.cap_minor === null || minor <= own.cap_minor));
}

function stored(): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '') as Kept;
    return kept.person ? kept : { person: null, rights: [], confirmed: false };
  } catch {
    return { person: null, rights: [], confirmed: false };
  }
}
