/** The notices that must go with code of others that is built into an executable. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEAD = `The executables in this directory contain code of the packages below, each under the license that follows its name.
`;

/**
 * @param root directory of the project
 * @param packages directories of packages, relative to `root`
 * @returns the text of a THIRD_PARTY_LICENSES file; packages with the same license text share one copy of it
 */
export async function renderLicenses(root, packages) {
  const byText = new Map();
  for (const path of packages) {
    const directory = join(root, path);
    const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const file = (await readdir(directory)).sort().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (!file) throw new Error(`${name} has no license file to hand on`);
    const text = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n').trim();
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...byText].map(([text, names]) => ({ names: names.sort(), text }));
  parts.sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
  const rule = '-'.repeat(78);
  return `${HEAD}${parts.map(({ names, text }) => `\n${rule}\n${names.join('\n')}\n\n${text}\n`).join('')}`;
}
