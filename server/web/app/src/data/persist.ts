/** Whether the browser promises to keep this device's storage. Browsers grant it to installed apps. */

export interface Keeping {
  /** The storage is not cleared when space runs low. */
  persistent: boolean;
  /** The app runs in a window of its own. */
  installed: boolean;
}

export async function keeping(): Promise<Keeping> {
  return { persistent: (await navigator.storage?.persisted?.()) ?? false, installed: isInstalled() };
}

/** How many bytes this device may still keep, or null when the browser does not say. */
export async function spaceLeft(): Promise<number | null> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
}

export async function askToKeep(): Promise<Keeping> {
  const persistent = (await navigator.storage?.persist?.()) ?? false;
  return { persistent, installed: isInstalled() };
}

function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || matchMedia('(display-mode: fullscreen)').matches;
}
