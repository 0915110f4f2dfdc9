/**
 * Whether this device can keep what is sold. The open cart is written with each line, into the database of the sales:
 * once a write finds no room the till takes no payment, before a customer has paid, until a write finds room again.
 */
import { atomic, onRoom } from '../data/db.ts';
import { askToKeep, spaceLeft } from '../data/persist.ts';

const LOOK_MS = 60_000;
const TRY_AGAIN_MS = 10_000;
/** A day of 5,000 sales takes less. */
const LITTLE_BYTES = 50_000_000;
const LEAST_BYTES = 1_000_000;
const TRIAL_BYTES = 100_000;

class Room {
  /** The last write found no room. */
  refused = $state(false);
  /** What the browser says is left, or null when it does not say. */
  left_bytes = $state<number | null>(null);
  /** The browser promised not to clear this storage when space runs low. */
  persistent = $state(false);

  get isFull(): boolean {
    return this.refused || (this.left_bytes !== null && this.left_bytes < LEAST_BYTES);
  }

  get isLittle(): boolean {
    return this.left_bytes !== null && this.left_bytes < LITTLE_BYTES;
  }

  async look(): Promise<void> {
    this.left_bytes = await spaceLeft();
  }

  /** Writes something as large as a large sale. `refused` tells how it went. */
  async tryAgain(): Promise<void> {
    try {
      await atomic(['meta'], async (tx) => {
        await tx.objectStore('meta').put(new Uint8Array(TRIAL_BYTES), 'trial');
        await tx.objectStore('meta').delete('trial');
      });
      await this.look();
    } catch (error) {
      if (!this.refused) throw error; // It was refused for another reason than room.
    }
  }
}

export const room = new Room();

onRoom((found) => (room.refused = !found));

/** Asks the browser to keep the storage, and watches how much is left. Returns the way to stop. */
export function watchRoom(): () => void {
  void askToKeep().then(({ persistent }) => (room.persistent = persistent));
  void room.look();
  const looking = setInterval(() => void room.look(), LOOK_MS);
  const trying = setInterval(() => void (room.refused && room.tryAgain()), TRY_AGAIN_MS);
  return () => {
    clearInterval(looking);
    clearInterval(trying);
  };
}
