/**
 * The build: `index.html` and the service worker, written to `server/web/static/` (ignored by git) and served under /app/.
 * One chunk a screen (dynamic imports of `src/routes.ts`) and one chunk a language (all of `server/locales/<language>/`).
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { aged } from './vite/aged.ts';
import { compressed } from './vite/compressed.ts';
import { keys } from './vite/keys.mjs';
import { precache } from './vite/precache.ts';
import { words } from './vite/words.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Files of the build: what the page itself needs is one; what three screens or more use is one, not forty small ones. Parts
 * of dialogs and papers are another, fetched beside the till, which needs none of them for a scan; parts that only the
 * office uses stay out of all three.
 */
const OFFICE_UI = 'VirtualTable|Combobox|DateField|FileDrop';
const PAPER_UI = 'qr|Qr|Receipt|Dialog|Field|Select|Switch|Numpad|List';
const PAPER_CORE = 'receipt|zpaper|refund';
const FRAME = /\/src\/(App\.svelte$|state\/install|styles\/)/;
const KIT = new RegExp(`/(node_modules|src/(core/(?!${PAPER_CORE})|data|state/(?!office)|ui/(?!${OFFICE_UI}|${PAPER_UI})|shell))`);
const PAPERS = new RegExp(`/src/(ui/(${PAPER_UI})|core/(${PAPER_CORE}))`);
const FILES = [
  { name: 'frame', test: FRAME, priority: 2 },
  { name: 'kit', test: KIT, minShareCount: 3, priority: 1 },
  { name: 'papers', test: PAPERS, minShareCount: 2 },
];

export default defineConfig({
  base: '/app/',
  plugins: [keys(), words(here('../../locales')), svelte({ configFile: false }), precache(), compressed(), aged()],
  resolve: { alias: { '@locales': here('../../locales') } },
  server: { proxy: { '/api': 'http://localhost:8000' }, fs: { allow: [here('../..')] } },
  build: {
    outDir: here('../static'),
    emptyOutDir: false,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: here('index.html'), sw: here('src/sw.ts') },
      output: {
        codeSplitting: { groups: FILES },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', restoreMocks: true, testTimeout: 30_000 },
});
