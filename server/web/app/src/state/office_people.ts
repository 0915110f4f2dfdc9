/** People and their roles: in words, and on their way through a form. */
import { t } from './i18n.svelte.ts';
import { office } from './office.svelte.ts';
import type { Person, Role } from './office_types.ts';

export interface PersonDraft {
  name: string;
  language: string;
  email: string;
  password: string;
  pin: string;
  roles: { role_id: number; branch_id: number }[];
}

export function rolesText(person: Pick<Person, 'roles'>): string {
  return person.roles
    .map(({ role_id, branch_id }) => {
      const name = office.find('roles', role_id)?.name ?? '';
      const branch = branch_id === null ? '' : office.find('branches', branch_id)?.name;
      return branch ? t('office.role_in', { role: name, branch }) : name;
    })
    .join(', ');
}

export const draftOf = (person: Person | null, language: string): PersonDraft => ({
  name: person?.name ?? '',
  language: person?.language ?? language,
  email: person?.email ?? '',
  password: '',
  pin: '',
  roles: person?.roles.map((role) => ({ role_id: role.role_id, branch_id: role.branch_id ?? 0 })) ?? [],
});

/** The role that may least: where a new person begins. */
export const humblest = (roles: readonly Role[]): number => [...roles].sort((a, b) => a.rights.length - b.rights.length)[0]?.id ?? 0;

/** What the form finds itself, as field → code of `errors.<code>`. */
export function faultsOf(draft: PersonDraft): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!draft.name.trim()) faults.name = 'required';
  if (draft.pin && !/^\d{4,6}$/.test(draft.pin)) faults.pin = 'not_a_pin';
  if (draft.password && !draft.email.trim()) faults.email = 'required';
  return faults;
}

/** The body of POST and PUT. Empty secrets are left out, so nothing is overwritten; doubles of a role are one. */
export function bodyOf(draft: PersonDraft, isNew: boolean): Record<string, unknown> {
  const roles = [...new Map(draft.roles.filter((role) => role.role_id).map((role) => [`${role.role_id}:${role.branch_id}`, role])).values()];
  return {
    name: draft.name.trim(),
    language: draft.language,
    email: draft.email.trim() || null,
    roles: roles.map((role) => ({ role_id: role.role_id, branch_id: role.branch_id || null })),
    ...(draft.password ? { password: draft.password } : {}),
    ...(isNew && draft.pin ? { pin: draft.pin } : {}),
  };
}
