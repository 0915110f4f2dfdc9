/** A form of the back office while it is being sent: busy, the faults of its fields, or that someone else was faster. */
import { Problem } from '../data/api.ts';
import { t } from './i18n.svelte.ts';
import { notify } from './toast.svelte.ts';
import { fieldTexts, problemText } from './words.svelte.ts';

export class Form {
  busy = $state(false);
  trouble = $state('');
  faults = $state.raw<Record<string, string>>({});
  /** Someone else has changed the row since it was read; nothing was written. */
  conflict = $state(false);

  /** Sends; true when the server took it. `said` is told at the foot of the screen. */
  async send(work: () => Promise<unknown>, said: string = t('common.saved')): Promise<boolean> {
    this.clear();
    this.busy = true;
    try {
      await work();
      if (said) notify(said, { tone: 'good' });
      return true;
    } catch (error) {
      this.show(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Faults that the screen itself found, by field. True when there is none. */
  passes(faults: Record<string, string>): boolean {
    this.clear();
    this.faults = faults;
    if (Object.keys(faults).length === 0) return true;
    this.trouble = t('errors.invalid');
    return false;
  }

  clear(): void {
    this.trouble = '';
    this.faults = {};
    this.conflict = false;
  }

  private show(error: unknown): void {
    this.faults = fieldTexts(error);
    this.trouble = problemText(error);
    this.conflict = error instanceof Problem && error.code === 'changed_meanwhile';
  }
}

/** Does one thing at once (archive, settle, revoke); a refusal is told as a notice. True when it was done. */
export async function act(work: () => Promise<unknown>, said = '', undo?: () => unknown): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    notify(problemText(error), { tone: 'bad' });
    return false;
  }
  const action = undo ? { label: t('common.undo'), run: () => void undo() } : undefined;
  if (said) notify(said, { tone: 'good', action, shownMs: action ? 8_000 : undefined });
  return true;
}
