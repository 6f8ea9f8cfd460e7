/** `import outlines from 'outlines:maps'`: the outlines of the region maps as a plain object, drawn when it is built. */
const NAME = 'outlines:maps';
const NAMESPACE = 'outlines';

/** Loaded only where a bundle or a test needs it; drawn once in a process. */
let text;
function outlinesText() {
  text ??= import('./outlines.mjs').then(({ drawOutlines }) => JSON.stringify(drawOutlines()));
  return text;
}

/** For esbuild. */
export const esbuildOutlines = {
  name: 'outlines',
  setup(build) {
    build.onResolve({ filter: /^outlines:maps$/ }, () => ({ path: 'maps', namespace: NAMESPACE }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async () => ({
      contents: await outlinesText(),
      loader: 'json',
    }));
  },
};

/** The same for Vite, and so for vitest. */
export const viteOutlines = {
  name: 'outlines',
  enforce: 'pre',
  resolveId(id) {
    return id === NAME ? `\0${NAME}` : null;
  },
  async load(id) {
    return id === `\0${NAME}` ? `export default ${await outlinesText()};` : null;
  },
};

/** Whether an input of a bundle is no file. */
export function isVirtual(path) {
  return path.startsWith(`${NAMESPACE}:`) || path.startsWith('client:');
}

/** Packages whose data an input of a bundle is made of. */
export function dataPackagesOf(path) {
  return isVirtual(path) ? ['world-atlas', 'us-atlas'] : [];
}
