/** Devices and their jobs in words. */
import { t, wordOr } from './i18n.svelte.ts';
import type { Device, Job } from './office_facts.ts';

export const ROLES = ['receipt', 'drawer', 'scale', 'scanner', 'display', 'bell'] as const;
export type Role = (typeof ROLES)[number];

/** Which class of device may play a role. */
export const classOf = (role: Role): string => (role === 'receipt' ? 'printer' : role);

export const roleWord = (role: string): string => wordOr(`office.role_${role}`) ?? role;
export const classWord = (name: string): string => wordOr(`office.class_${name}`) ?? name;

/** How a device is: its trouble where it has one. */
export function stateWord(device: Pick<Device, 'state' | 'trouble'>): string {
  const trouble = device.state === 'offline' ? null : device.trouble;
  return (trouble && (wordOr(`office.trouble_${trouble}`) ?? t('office.trouble_other'))) || (wordOr(`office.state_${device.state}`) ?? t('office.trouble_other'));
}

export function stateTone(device: Pick<Device, 'state' | 'trouble'>): 'good' | 'warn' | 'plain' {
  if (device.state === 'offline') return 'plain';
  return device.trouble || !['ready', 'busy'].includes(device.state) ? 'warn' : 'good';
}

export const stageWord = (job: Pick<Job, 'stage' | 'came_out'>): string =>
  job.came_out === null ? (wordOr(`office.stage_${job.stage}`) ?? job.stage) : t(job.came_out ? 'office.came_out' : 'office.not_out');

export function stageTone(job: Pick<Job, 'stage' | 'came_out'>): 'good' | 'warn' | 'bad' | 'plain' {
  if (job.came_out !== null) return job.came_out ? 'good' : 'bad';
  if (job.stage === 'done') return 'good';
  if (job.stage === 'uncertain' || job.stage === 'held') return 'warn';
  return ['failed', 'expired', 'rejected'].includes(job.stage) ? 'bad' : 'plain';
}

/** What was to be printed or done. */
export const jobWord = (job: Pick<Job, 'op' | 'kind'>): string =>
  (job.kind && wordOr(`office.paper_${job.kind}`)) || (wordOr(`office.op_${job.op}`) ?? job.op);
