/** All namespaces of a language as one module, `virtual:words/<language>`, so that a language is one small file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const ASKED = 'virtual:words/';
const OURS = '\0words-';

export function words(locales: string): Plugin {
  return {
    name: 'aisales-words',
    resolveId: (id) => (id.startsWith(ASKED) ? `${OURS}${id.slice(ASKED.length)}` : undefined),
    load(id) {
      if (!id.startsWith(OURS)) return undefined;
      const folder = join(locales, id.slice(OURS.length));
      const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort().map((file) => join(folder, file));
      for (const file of files) this.addWatchFile(file);
      const all = Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as object)) as object;
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(all))});`;
    },
  };
}
