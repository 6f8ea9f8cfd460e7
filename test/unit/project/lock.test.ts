import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALLOWED } from '../../../dev/build/licenses.mjs';
import { ROOT } from '../../support/machine/machine.ts';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

function lockedIn(directory: string): [path: string, facts: Record<string, unknown>][] {
  const { packages } = JSON.parse(read(join(directory, 'package-lock.json'))) as {
    packages: Record<string, Record<string, unknown>>;
  };
  return Object.entries(packages).filter(([path]) => path !== '');
}

describe.each([
  ['the project', '.'],
  ['the site of the documents', 'dev/docs-site'],
])('the lock file of %s', (_, directory) => {
  const locked = lockedIn(directory);

  it('has a digest of every package, and no address', () => {
    const without = locked.filter(([, { integrity }]) => !String(integrity).startsWith('sha512-'));
    expect(without.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, facts]) => 'resolved' in facts).map(([path]) => path)).toEqual([]);
  });

  it('pins every package that is asked for', () => {
    const { devDependencies } = JSON.parse(read(join(directory, 'package.json'))) as {
      devDependencies: Record<string, string>;
    };
    const versions = Object.fromEntries(locked.map(([path, { version }]) => [path, version]));
    for (const [name, version] of Object.entries(devDependencies))
      expect(versions[`node_modules/${name}`], name).toBe(version);
  });

  it('is installed by npm without any script', () => {
    expect(read(join(directory, '.npmrc'))).toMatch(/^ignore-scripts=true$/m);
  });
});

describe('the lock file of the site of the documents', () => {
  it('has packages of licenses only that let parts of them stand in the pages', () => {
    const kinds = new Set(lockedIn('dev/docs-site').map(([, { license }]) => license));
    expect(
      [...kinds].filter((kind) => ![...ALLOWED, 'BSD-2-Clause', 'CC0-1.0'].includes(String(kind))),
    ).toEqual([]);
  });
});

describe('the lock file of the project', () => {
  const locked = lockedIn('.');

  it('has a Node for Linux and macOS on both processors, and says that those of Linux need glibc', () => {
    const nodes = locked.filter(([, { bin }]) => Object.hasOwn(Object(bin), 'node'));
    expect(nodes.map(([, { os, cpu }]) => `${os}-${cpu}`)).toEqual(
      expect.arrayContaining(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']),
    );
    for (const [path, { os, libc }] of nodes)
      expect(libc, path).toEqual(os === 'linux' ? ['glibc'] : undefined);
  });

  it('needs no command that npm would run before or after another', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = Object.keys(scripts);
    const hooks = names.filter((name) =>
      names.some((other) => [`pre${other}`, `post${other}`].includes(name)),
    );
    expect(hooks).toEqual([]); // which npm would not run
  });

  it('matches node_modules', () => {
    expect(statSync(join(ROOT, 'node_modules/.bin/node')).isFile()).toBe(true);
  });
});
