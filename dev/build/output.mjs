/** Writing what was built, and knowing when there is nothing to build. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/**
 * Puts a file in place by rename, so that a process that runs the old one, or a build at the same moment, never sees
 * half of it. A file that has these bytes already is left alone.
 */
export async function place(path, content, mode) {
  const bytes = Buffer.from(content);
  const [old, facts] = await Promise.all([readFile(path).catch(() => null), stat(path).catch(() => null)]);
  if (old?.equals(bytes) && facts && (facts.mode & 0o777) === mode) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  await writeFile(temporary, bytes, { mode, flag: 'wx' });
  await chmod(temporary, mode); // whatever the umask
  await rename(temporary, path);
}

/** What changes when a file does: its size and time, or null when there is none. */
async function print(path) {
  const facts = await stat(path).catch(() => null);
  return facts && [facts.size, facts.mtimeMs];
}

async function prints(root, paths) {
  const found = await Promise.all(paths.map(async (path) => [path, await print(join(root, path))]));
  return Object.fromEntries(found);
}

/** Notes beside which inputs and options (`key`) the outputs were made. Paths are relative to `root`. */
export async function writeStamp(path, root, key, { inputs, outputs }) {
  const stamp = { key, files: await prints(root, [...inputs, ...outputs].sort()) };
  await place(path, JSON.stringify(stamp), 0o644);
}

/** Whether everything stands as the stamp says. */
export async function isCurrent(path, root, key) {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return false;
  const stamp = JSON.parse(text);
  const files = await prints(root, Object.keys(stamp.files));
  return JSON.stringify({ key, files }) === JSON.stringify(stamp);
}

/**
 * Which files stand where a build would put its own, and are of none: neither noted by the last build there, nor an
 * executable of this project, nor beside one.
 *
 * @param {{ executables: Record<string, string>, beside: string[] }} made folder of each executable, and what is put
 *   beside those of a folder
 */
export async function findForeign(stampPath, root, outDir, { executables, beside }) {
  const noted = JSON.parse(await readFile(stampPath, 'utf8').catch(() => '{"files":{}}')).files;
  const foreign = [];
  for (const folder of new Set(Object.values(executables))) {
    const names = Object.keys(executables).filter((name) => executables[name] === folder);
    const texts = await Promise.all(
      names.map((name) => readFile(join(outDir, folder, name), 'latin1').catch(() => null)),
    );
    const isOurs = texts.map((text, at) => text?.startsWith(headOf(names[at])) ?? false);
    const others = isOurs.includes(true) ? [] : beside;
    for (const name of [...names.filter((_, at) => !isOurs[at]), ...others]) {
      const path = join(outDir, folder, name);
      if (!(relative(root, path) in noted) && (await stat(path).catch(() => null))) foreign.push(path);
    }
  }
  return foreign;
}

/** What preamble.cjs begins with. */
const headOf = (name) => `#!/usr/bin/env node\n// ${name} of showcase-config `;
