/** The browser's own offer to install the app; imported by `main.ts`, because the offer comes once, early. */

interface InstallOffer extends Event {
  prompt(): Promise<void>;
  userChoice: Promise<{ outcome: string }>;
}

export const installing = $state({ possible: false });

let offer: InstallOffer | null = null;

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event as InstallOffer;
  installing.possible = true;
});

/** Shows the browser's question. Returns whether the app was installed. */
export async function install(): Promise<boolean> {
  if (!offer) return false;
  const asked = offer;
  offer = null;
  installing.possible = false;
  await asked.prompt();
  return (await asked.userChoice).outcome === 'accepted';
}
