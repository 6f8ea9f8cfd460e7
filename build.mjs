/**
 * Builds the executables: one self-contained file each, and beside them better-sqlite3's addon for the platform.
 * `node build.mjs --help` says how.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonFor } from './dev/build/addon.mjs';
import { findForeign, isCurrent, place, writeStamp } from './dev/build/output.mjs';
import { runTool } from './dev/options.mjs';
import { runUnderOwnNode } from './dev/own-node.mjs';

const USAGE = `Usage: npm run build -- [options]

  --platform NAME   linux, darwin or win32, when not this machine's
  --arch NAME       x64 or arm64, when not this machine's
  --libc NAME       glibc or musl, when not this machine's (linux only)
  --out DIR         directory that gets cgi-bin/ and scripts/ (default: the project's own)
  --metafile        print what each executable is made of, largest first
  --force           build even when nothing has changed
`;

/** Folder of each executable. Its entry file is src/entry/<name>.ts. */
const EXECUTABLES = {
  update_config: 'cgi-bin',
  start: 'scripts',
  ready: 'scripts',
  resume: 'scripts',
  idle: 'scripts',
  'tenant-stop': 'scripts',
  'sync-databases': 'scripts',
  'maintenance-config': 'scripts',
  'fleet-sim': 'scripts',
  'config-update': 'scripts',
  'showcase-web': 'scripts',
  onboard: 'scripts',
};
/** In dev/: what bundles are made with. */
const PLUGIN_FILES = [
  'aws-slim.mjs',
  'source-plugins.mjs',
  'yaml-plugin.mjs',
  'outlines-plugin.mjs',
  'outlines.mjs',
  'areas.mjs',
  'area-names.mjs',
  'outline-names.mjs',
  'client-plugin.mjs',
  'path-text.mjs',
];
const FOLDERS = [...new Set(Object.values(EXECUTABLES))];

/** What stands beside the executables of a folder. */
const BESIDE = ['better_sqlite3.node', 'THIRD_PARTY_LICENSES'];

const root = dirname(fileURLToPath(import.meta.url));
runUnderOwnNode(root);
const OPTIONS = {
  platform: { type: 'string', default: process.platform },
  arch: { type: 'string', default: process.arch },
  libc: { type: 'string' },
  out: { type: 'string', default: root },
  metafile: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
};
await runTool(USAGE, OPTIONS, main);

async function main({ out, force, metafile, ...target }) {
  const addon = await addonFor(root, target);
  const outDir = resolve(out);
  const key = { addon: relative(root, addon), out: relative(root, outDir) };
  const stamp = join(outDir, out === root ? 'node_modules/.cache' : '.', '.showcase-config-build.json');
  if (!force && !metafile && (await isCurrent(stamp, root, key))) return;
  const foreign = await findForeign(stamp, root, outDir, { executables: EXECUTABLES, beside: BESIDE });
  if (foreign.length > 0) {
    process.stderr.write(
      `Not made by this build, and in its way:\n  ${foreign.join('\n  ')}\nMove them away, or choose another --out.\n`,
    );
    process.exitCode = 2;
    return;
  }
  process.stdout.write('Building ...\n');
  const began = performance.now();
  const made = await build(addon, outDir, metafile);
  await writeStamp(stamp, root, key, made);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`Built ${made.names.length} executables in ${seconds} s\n`);
}

async function build(addon, outDir, analyse) {
  // Here and not above: loading esbuild takes longer than finding that there is nothing to do.
  const { bundle, filesOf, packagesOf, renderAnalysis } = await import('./dev/build/bundle.mjs');
  const { idOf, PLACE, withId } = await import('./dev/build/build-id.mjs');
  const { renderLicenses } = await import('./dev/build/licenses.mjs');
  const { PREAMBLE_FILES, readPreamble, renderExecutable } = await import('./dev/build/executable.mjs');

  const preamble = await readPreamble(root);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const own = ['package.json', 'package-lock.json', 'build.mjs', relative(root, addon)];
  const inputs = new Set([...own, ...PREAMBLE_FILES]);
  for (const folder of ['dev/build', 'src/web/client', 'src/pages/client'])
    for (const path of await filesIn(folder)) inputs.add(path);
  for (const name of PLUGIN_FILES) inputs.add(join('dev', name));

  const packages = Object.fromEntries(FOLDERS.map((folder) => [folder, new Set()]));
  const bundles = [];
  for (const [name, folder] of Object.entries(EXECUTABLES)) {
    bundles.push({ name, folder, ...(await bundle(root, `src/entry/${name}.ts`, PLACE)) });
  }
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
  const all = bundles.map(({ parts }) => parts);
  const buildId = idOf([version, preamble, lock], all);
  const outputs = [];
  const put = async (folder, name, content, mode) => {
    const path = join(outDir, folder, name);
    await place(path, content, mode);
    outputs.push(relative(root, path));
  };
  for (const { name, folder, metafile, parts: bundled } of bundles) {
    const parts = withId(bundled, buildId);
    await put(folder, name, renderExecutable(preamble, { name, version, parts }), 0o755);
    for (const path of filesOf(metafile)) inputs.add(path);
    for (const path of packagesOf(metafile)) packages[folder].add(path);
    if (analyse) process.stdout.write(`${renderAnalysis(`${folder}/${name}`, metafile)}\n\n`);
  }
  const native = await readFile(addon);
  for (const folder of FOLDERS) {
    await put(folder, BESIDE[0], native, 0o644);
    await put(folder, BESIDE[1], await renderLicenses(root, [...packages[folder]]), 0o644);
  }
  return { names: Object.keys(EXECUTABLES), inputs: [...inputs], outputs };
}

async function filesIn(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
