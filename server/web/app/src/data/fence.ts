/**
 * The fence of the register: which page load may give its numbers and write its open cart. A Web Lock tells tabs apart,
 * but a tab learns a moment late that its lock was taken over; the fence stands in the transaction itself, so a sale
 * that was under way is either done before the take-over or not at all.
 */
import { atomic, type Write } from './db.ts';

/** This page load. Marks its operations too: only then is their age known without trusting the wall clock. */
export const BOOT = crypto.randomUUID();

const SELLER = 'seller';

/** The register is another tab's now. */
export class NotSelling extends Error {
  override name = 'NotSelling';
}

/** Makes this page the one that sells. What the tab before it had begun is done when this resolves, or refused from now on. */
export async function claimRegister(): Promise<void> {
  await atomic(['meta', 'cart'], (tx) => void tx.objectStore('meta').put(BOOT, SELLER));
}

/** Whether this page may write what only the selling tab writes. A device on which nobody claimed anything is everyone's. */
export async function isMine(tx: Write): Promise<boolean> {
  const seller = (await tx.objectStore('meta').get(SELLER)) as string | undefined;
  return seller === undefined || seller === BOOT;
}
