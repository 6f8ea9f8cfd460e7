/** One entry file and all that it imports, as the parts that an executable is put together from. */
import { basename, join, posix } from 'node:path';
import { build, transform } from 'esbuild';
import { awsSlim, slimOptions } from '../aws-slim.mjs';
import { dataPackagesOf, isVirtual } from '../outlines-plugin.mjs';
import { sourcePlugins } from '../source-plugins.mjs';
import { pinoSlim } from './pino-slim.mjs';

// esbuild is started with this environment: it lives as long as a build, which has memory enough to collect less often.
process.env.GOGC ??= '400';

const TARGET = 'node22';
/** What every run does that changes something. */
const MAIN_PATH = 'src/update/pipeline.ts';

/**
 * A module is the body of one of CommonJS, under the name that the others require it by: the entry file, every lazy import,
 * and what several of them share. Each is shaken as one scope. In one text, esbuild would wrap every single file below a
 * lazy import and could drop nothing from them: that is twice the code.
 *
 * A part is what is read and compiled at once, since each has its costs, and a run that does not need it shall not read it.
 *
 * @param buildId what the program calls this build, the same for all executables; or what stands for it
 * @returns {Promise<{ parts: { name: string, text: string }[][], metafile: import('esbuild').Metafile }>}
 */
export async function bundle(root, entry, buildId) {
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
    define: { __BUNDLED__: 'true', __BUILD_ID__: JSON.stringify(buildId) },
    plugins: [awsSlim(), pinoSlim(), ...sourcePlugins],
    logLevel: 'warning',
  });
  const modules = new Map((await Promise.all(outputFiles.map(toCommonJs))).map((one) => [one.name, one]));
  const parts = partsOf(metafile, `out/${basename(entry, '.ts')}.js`);
  return { parts: parts.map((names) => names.map((name) => modules.get(name))), metafile };
}

/**
 * Names of modules, by the parts that they belong to: the entry file with what it always needs; each lazy import with what
 * it alone needs; and every module that several of these share.
 */
function partsOf({ outputs }, entry) {
  const always = neededBy(outputs, entry);
  const others = Object.keys(outputs).filter((path) => !always.has(path));
  const lazy = others.filter((path) => outputs[path].entryPoint);
  const needs = lazy.map((path) => [...neededBy(outputs, path)].filter((one) => !always.has(one)));
  // What the main path shares with others is its own: a run that changes something shall not read many parts.
  const isMain = ([first]) => outputs[first].entryPoint === MAIN_PATH;
  const ownerOf = (path) => {
    const owners = needs.filter((needed) => needed.includes(path));
    return owners.length === 1 ? owners[0] : (owners.find(isMain) ?? null);
  };
  const groups = needs.map((needed) =>
    needed.filter((path) => (lazy.includes(path) ? path === needed[0] : ownerOf(path) === needed)),
  );
  const grouped = new Set(groups.flat());
  const single = others.filter((path) => !grouped.has(path)).map((path) => [path]);
  const rest = [...groups, ...single].sort(([a], [b]) => (a < b ? -1 : 1));
  return [[...always], ...rest].map((paths) => paths.map((path) => `./${basename(path)}`));
}

/** An output of esbuild's, and all that it imports as soon as it is run. */
function neededBy(outputs, output) {
  const found = new Set([output]);
  for (const path of found) {
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (kind === 'import-statement' && !external) found.add(next);
    }
  }
  return found;
}

/** Texts of modules -> what they become: executables have half of theirs in common. */
const converted = new Map();

async function toCommonJs({ path, text }) {
  if (!converted.has(text)) converted.set(text, convert(text));
  return { name: `./${basename(path)}`, text: await converted.get(text) };
}

async function convert(text) {
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
  return code;
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
