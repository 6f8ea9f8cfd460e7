/** One entry file and all that it imports, as the parts that an executable is put together from. */
import { basename, join, posix } from 'node:path';
import { build, transform } from 'esbuild';
import { awsSlim, slimOptions } from '../aws-slim.mjs';
import { dataPackagesOf, esbuildOutlines, isVirtual } from '../outlines-plugin.mjs';
import { esbuildYaml } from '../yaml-plugin.mjs';
import { pinoSlim } from './pino-slim.mjs';

const TARGET = 'node22';

/**
 * A module is the body of one of CommonJS, under the name that the others require it by: the entry file, every lazy import,
 * and what several of them share. Each is shaken as one scope. In one text, esbuild would wrap every single file below a
 * lazy import and could drop nothing from them: that is twice the code.
 *
 * A part is what is read and compiled at once: the entry file with all that it always needs is the first, and every other
 * module is one of its own, since a run that does not need it shall not read it.
 *
 * @returns {Promise<{ parts: { name: string, text: string }[][], metafile: import('esbuild').Metafile }>}
 */
export async function bundle(root, entry) {
  const { outputFiles, metafile } = await build({
    ...slimOptions,
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: join(root, 'out'),
    bundle: true,
    // Which esbuild does for ES modules only.
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: TARGET,
    supported: {},
    legalComments: 'none',
    define: { __BUNDLED__: 'true' },
    plugins: [awsSlim(), pinoSlim(), esbuildYaml, esbuildOutlines],
    logLevel: 'warning',
  });
  const modules = await Promise.all(outputFiles.map(toCommonJs));
  modules.sort((a, b) => (a.name < b.name ? -1 : 1));
  const always = alwaysNeeded(metafile, `out/${basename(entry, '.ts')}.js`);
  const place = ({ name }) => always.indexOf(name);
  const first = modules.filter((module) => place(module) >= 0).sort((a, b) => place(a) - place(b));
  const others = modules.filter((module) => place(module) < 0).map((module) => [module]);
  return { parts: [first, ...others], metafile };
}

/** Names of an output of esbuild's, and of all that it imports as soon as it is run. */
function alwaysNeeded({ outputs }, output) {
  const found = new Set([output]);
  for (const path of found) {
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (kind === 'import-statement' && !external) found.add(next);
    }
  }
  return [...found].map((path) => `./${basename(path)}`);
}

async function toCommonJs({ path, text }) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    // A script's `import()` would need a loader of its own; and of `node:http` it would load all of undici.
    supported: { 'dynamic-import': false },
    // Names stay, for stack traces; what goes is what Node would have to read and skip at every start.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
  });
  return { name: `./${basename(path)}`, text: code };
}

/** Files (relative to `root`) that a bundle was read from. */
export function filesOf(metafile) {
  return Object.keys(metafile.inputs).filter((path) => !isVirtual(path));
}

/** Directories (relative to `root`) of the packages that have put code or data into an output. */
export function packagesOf(metafile) {
  const found = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (match && bytesInOutput > 0) found.add(match[1]);
      for (const name of dataPackagesOf(path)) found.add(`node_modules/${name}`);
    }
  }
  return [...found].sort();
}

/** A table of what a bundle is made of, largest first: bytes and package, or folder of our own. */
export function renderAnalysis(name, metafile) {
  const sizes = new Map();
  for (const [chunk, output] of Object.entries(metafile.outputs)) {
    const lazy =
      output.entryPoint && !output.entryPoint.startsWith('src/entry/') ? ` (lazy: ${output.entryPoint})` : '';
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput === 0) continue;
      const part = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? posix.dirname(path);
      const key = `${part}${lazy || (output.entryPoint ? '' : ` (shared: ${basename(chunk)})`)}`;
      sizes.set(key, (sizes.get(key) ?? 0) + bytesInOutput);
    }
  }
  const rows = [...sizes]
    .sort((a, b) => b[1] - a[1])
    .map(([key, size]) => `${String(size).padStart(9)}  ${key}`);
  const total = rows.length === 0 ? 0 : [...sizes.values()].reduce((sum, size) => sum + size);
  return [`${name}: ${total} bytes`, ...rows].join('\n');
}
