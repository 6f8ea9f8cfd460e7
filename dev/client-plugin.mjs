/**
 * `import script from 'client:script'`: the client script of the web part as text, bundled for browsers; `client:visit` is
 * that of the visitors' pages.
 */
import { resolve } from 'node:path';
import { build } from 'esbuild';

const NAMESPACE = 'client';
const ENTRIES = {
  'client:script': '../src/web/client/main.ts',
  'client:visit': '../src/pages/client/visit.ts',
};
const NAMES = /^client:(?:script|visit)$/;

const texts = new Map();
/** Made once in a process. */
function scriptText(name) {
  const known = texts.get(name);
  if (known) return known;
  const text = build({
    entryPoints: [resolve(import.meta.dirname, ENTRIES[name])],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['es2022', 'firefox115', 'safari16'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  }).then(({ outputFiles }) => outputFiles[0].text);
  texts.set(name, text);
  return text;
}

/** For esbuild. */
export const esbuildClient = {
  name: 'client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: NAMES }, ({ path }) => ({
      path: path.slice('client:'.length),
      namespace: NAMESPACE,
    }));
    onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
      contents: await scriptText(`client:${path}`),
      loader: 'text',
    }));
  },
};

/** The same for Vite, and so for vitest. */
export const viteClient = {
  name: 'client',
  enforce: 'pre',
  resolveId(id) {
    return NAMES.test(id) ? `\0${id}` : null;
  },
  async load(id) {
    const name = id.startsWith('\0') ? id.slice(1) : '';
    return NAMES.test(name) ? `export default ${JSON.stringify(await scriptText(name))};` : null;
  },
};
