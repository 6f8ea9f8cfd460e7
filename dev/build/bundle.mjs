/** One entry file and all that it imports, as the text of one CommonJS function body. */
import { basename, join, posix } from 'node:path';
import { build } from 'esbuild';
import { awsSlim, slimOptions } from '../aws-slim.mjs';
import { esbuildYaml } from '../yaml-plugin.mjs';

const TARGET = 'node22';

/**
 * Two passes. In the first, a module that is imported lazily becomes a chunk of its own, and each chunk is shaken as one
 * scope; esbuild does that for ES modules only. The second puts the chunks into one CommonJS text, in which a lazy
 * chunk is a function that runs at its first import. In one pass esbuild would wrap every single module below a lazy
 * import, and could drop nothing from them: twice the code, and 0.6 of bare Node's start-up time.
 */
export async function bundle(root, entry) {
  const first = await build({
    ...slimOptions,
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: join(root, 'out'),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: TARGET,
    supported: {},
    legalComments: 'none',
    define: { __BUNDLED__: 'true' },
    plugins: [awsSlim(), esbuildYaml],
    logLevel: 'warning',
  });
  const chunks = new Map(first.outputFiles.map(({ path, text }) => [`./${basename(path)}`, text]));
  const second = await build({
    absWorkingDir: root,
    entryPoints: [`./${basename(entry, '.ts')}.js`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: TARGET,
    // In a script a real `import()` would need a loader of its own; and of `node:http` it would load all of undici.
    supported: { 'dynamic-import': false },
    plugins: [fromMemory(chunks)],
    logLevel: 'warning',
  });
  return { text: second.outputFiles[0].text, metafile: first.metafile };
}

function fromMemory(chunks) {
  return {
    name: 'chunks',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => ({ path, namespace: 'chunk' }));
      onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({
        contents: chunks.get(path),
        loader: 'js',
      }));
    },
  };
}

/** Directories (relative to `root`) of the packages that have put code into an output. */
export function packagesOf(metafile) {
  const found = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (match && bytesInOutput > 0) found.add(match[1]);
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
