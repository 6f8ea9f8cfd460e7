/** The notices that must go with code of others that is built into an executable. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Kinds (SPDX) of what may be in an executable: those that ask for their notice, and for nothing else. Another kind is read by
 * somebody before it is added here.
 */
export const ALLOWED = ['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

const HEAD = `The executables in this directory contain code of the packages below, each under the license that follows its name.
`;

const RULE = '-'.repeat(78);

/**
 * @param root directory of the project
 * @param packages directories of packages, relative to `root`
 * @returns the text of a THIRD_PARTY_LICENSES file; packages with the same license text share one copy of it
 * @throws {Error} a package without a license text, or of a kind that is not allowed
 */
export async function renderLicenses(root, packages) {
  const byText = new Map();
  for (const path of packages) {
    const directory = join(root, path);
    const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (!ALLOWED.includes(license))
      throw new Error(`${name} has the license ${license}, which is not one of ${ALLOWED}`);
    const file = (await readdir(directory)).sort().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (!file) throw new Error(`${name} has no license file to hand on`);
    const text = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n').trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...byText].map(([text, names]) => ({ names: names.sort(), text }));
  parts.sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
  return `${HEAD}${parts.map(({ names, text }) => `\n${RULE}\n${names.join('\n')}\n\n${text}\n`).join('')}`;
}

/**
 * The packages that such a text is about.
 *
 * @param {string} text what `renderLicenses` gives
 * @returns {{ name: string, version: string }[]}
 */
export function licensedPackages(text) {
  return text.split(`\n${RULE}\n`).flatMap((part, at) => {
    if (at === 0) return [];
    const [names = ''] = part.split('\n\n');
    return names.split('\n').map((line) => {
      const [, name, version] = /^(\S+) (\S+) \(/.exec(line) ?? [];
      if (!name || !version) throw new Error(`no package: ${line}`);
      return { name, version };
    });
  });
}
