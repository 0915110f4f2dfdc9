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

/** What three screens or more use is one file, not forty small ones; parts that only the office uses stay out of the till. */
const SHARED = /[\\/](node_modules|src[\\/](core|data|state[\\/](?!office)|ui[\\/](?!VirtualTable|Combobox|DateField|FileDrop)|shell))/;

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
        codeSplitting: { groups: [{ name: 'kit', test: SHARED, minShareCount: 3 }] },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', restoreMocks: true, testTimeout: 30_000 },
});
