/** Writes the list of built files into `sw.js`, so that the service worker can keep the whole app on the device. */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const PLACEHOLDER = '__PRECACHE__';
const PUBLIC_FILES = ['manifest.webmanifest', 'icons/icon.svg', 'icons/icon-192.png', 'icons/icon-512.png'];
const NEVER = /(^sw\.js|manifest\.json|\.map)$/;

export function precache(): Plugin {
  return {
    name: 'aisales-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('the build lacks sw.js');

      const files = Object.keys(bundle).filter((file) => !NEVER.test(file) && file !== 'index.html');
      const list = { version: versionOf(bundle, files), files: ['', ...files.sort(), ...PUBLIC_FILES].map((file) => `/app/${file}`) };
      worker.code = worker.code.replace(PLACEHOLDER, JSON.stringify(list).replaceAll('"', '\\"'));
    },
  };
}

function versionOf(bundle: Record<string, { type: string }>, files: string[]): string {
  const page = bundle['index.html'] as { source?: string | Uint8Array } | undefined;
  return createHash('sha256').update(files.join('\n')).update(page?.source ?? '').digest('hex').slice(0, 12);
}
