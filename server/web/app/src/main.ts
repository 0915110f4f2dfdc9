import { mount } from 'svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import App from './App.svelte';
import { replica } from './data/replica.ts';
import { startRouter } from './router.svelte.ts';
import { routes } from './routes.ts';
import './state/install.svelte.ts';
import { setLanguage } from './state/i18n.svelte.ts';
import { confirmSession, session } from './state/session.svelte.ts';
import { applyTheme, settings } from './state/settings.svelte.ts';
import { startTerminal, terminal } from './state/terminal.svelte.ts';
import { startUpdates } from './state/update.svelte.ts';

// For tests and support, in the console of the running app: the table of screens, and what the till's search finds.
const find = (text: string) => replica.catalogue.search(text).map(({ id, name, sku }) => ({ id, name, sku }));
Object.assign(globalThis, { aisales: { routes: routes.map(({ path, access, title, right }) => ({ path, access, title, right })), find } });

applyTheme();
startRouter();
await Promise.all([setLanguage(settings.language), startTerminal()]);
if (!terminal.paired && !session.person) await confirmSession();
mount(App, { target: document.getElementById('app')! });
void startUpdates();
