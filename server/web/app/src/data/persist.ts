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

export async function askToKeep(): Promise<Keeping> {
  const persistent = (await navigator.storage?.persist?.()) ?? false;
  return { persistent, installed: isInstalled() };
}

function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || matchMedia('(display-mode: fullscreen)').matches;
}
