/** better-sqlite3's addons, which it brings for every platform. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongOption } from '../options.mjs';

/**
 * @param root directory of the project
 * @param {{ platform: string, arch: string, libc?: string }} target as Node names them; `glibc` or `musl`, this machine's
 *   where it is left out
 * @returns {Promise<string>} path of the addon
 * @throws {WrongOption} if there is none for that target
 */
export async function addonFor(root, { platform, arch, libc = machineLibc() }) {
  const directory = join(root, 'node_modules/better-sqlite3/prebuilds');
  const name = `${platform}${platform === 'linux' && libc === 'musl' ? 'musl' : ''}-${arch}.node`;
  const known = await readdir(directory);
  if (known.includes(name)) return join(directory, name);
  throw new WrongOption(`better-sqlite3 has no addon ${name}. It has: ${known.join(', ')}`);
}

function machineLibc() {
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}
