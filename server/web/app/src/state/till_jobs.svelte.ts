/** What became of paper and drawer of the last acts, as the stream tells it. Nothing is stored: a lost event means "not known". */
import { onEvent } from '../data/events.ts';

export type JobState = 'waiting' | 'working' | 'done' | 'trouble' | 'unsure';

const KEPT = 60; // Causes remembered
const STATES: Record<string, JobState> = {
  queued: 'waiting', received: 'waiting', started: 'working', done: 'done', uncertain: 'unsure',
  held: 'trouble', failed: 'trouble', rejected: 'trouble', expired: 'trouble',
};

let stages = $state.raw<ReadonlyMap<string, string>>(new Map());

onEvent('job', ({ op, stage, cause_id }) => {
  const next = new Map(stages).set(`${cause_id}:${op}`, stage);
  if (next.size > KEPT) next.delete(next.keys().next().value!);
  stages = next;
});

/** The state of what a fact asked of a device (`print`, `open`), or null when nothing was heard of it. */
export function jobState(cause_id: string, op: 'print' | 'open'): JobState | null {
  const stage = stages.get(`${cause_id}:${op}`);
  return stage === undefined ? null : (STATES[stage] ?? 'waiting');
}
