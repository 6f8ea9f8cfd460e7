/**
 * `import script from 'client:script'`: the client script of the web part as text, bundled for browsers; `client:visit` is
 * that of the visitors' pages.
 */
import { resolve } from 'node:path';

const NAMESPACE = 'client';
const ENTRIES = {
  script: '../src/web/client/main.ts',
  visit: '../src/pages/client/visit.ts',
};
const NAMES = /^client:(?:script|visit)$/;

const texts = new Map();
/** Made once in a process. */
function textOf(name) {
  const known = texts.get(name);
  if (known) return known;
  const text = bundle(ENTRIES[name]);
  texts.set(name, text);
  return text;
}

async function bundle(entry) {
  const { build } = await import('esbuild'); // here and not above: few tests need it
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['es2022', 'firefox115', 'safari16'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

export async function clientAsJson(name) {
  return JSON.stringify(await textOf(name));
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
      contents: await textOf(path),
      loader: 'text',
    }));
  },
};
