/**
 * The build: `index.html` and the service worker, written to `server/web/static/` (ignored by git) and served under /app/.
 * One chunk a screen (dynamic imports of `src/router.ts`) and one chunk a language (all of `server/locales/<language>/`).
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { compressed } from './vite/compressed.ts';
import { keys } from './vite/keys.mjs';
import { precache } from './vite/precache.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const LANGUAGE_FILE = /[\\/]locales[\\/](az|en|ru|tr)[\\/]/;

export default defineConfig({
  base: '/app/',
  plugins: [keys(), svelte({ configFile: false }), precache(), compressed()],
  resolve: { alias: { '@locales': here('../../locales') } },
  server: { proxy: { '/api': 'http://localhost:8000' }, fs: { allow: [here('../..')] } },
  build: {
    outDir: here('../static'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: here('index.html'), sw: here('src/sw.ts') },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [{ debugName: 'words', test: LANGUAGE_FILE, name: (id: string) => `words-${LANGUAGE_FILE.exec(id)?.[1]}` }],
        },
      },
    },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', restoreMocks: true },
});
