/** `import script from 'client:script'`: the client script of the web part as text, bundled for browsers. */
import { resolve } from 'node:path';
import { build } from 'esbuild';

const NAME = 'client:script';
const NAMESPACE = 'client';
const ENTRY = resolve(import.meta.dirname, '../src/web/client/main.ts');

let text;
/** Made once in a process. */
function scriptText() {
  text ??= build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['es2022', 'firefox115', 'safari16'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  }).then(({ outputFiles }) => outputFiles[0].text);
  return text;
}

/** For esbuild. */
export const esbuildClient = {
  name: 'client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^client:script$/ }, () => ({ path: 'script', namespace: NAMESPACE }));
    onLoad({ filter: /.*/, namespace: NAMESPACE }, async () => ({
      contents: await scriptText(),
      loader: 'text',
    }));
  },
};

/** The same for Vite, and so for vitest. */
export const viteClient = {
  name: 'client',
  enforce: 'pre',
  resolveId(id) {
    return id === NAME ? `\0${NAME}` : null;
  },
  async load(id) {
    return id === `\0${NAME}` ? `export default ${JSON.stringify(await scriptText())};` : null;
  },
};
