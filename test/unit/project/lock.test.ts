import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';

describe('the lock file of the project', () => {
  const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, Record<string, unknown>>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('has a digest of every package, and no address', () => {
    const without = locked.filter(([, { integrity }]) => !String(integrity).startsWith('sha512-'));
    expect(without.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, facts]) => 'resolved' in facts).map(([path]) => path)).toEqual([]);
  });

  it('has a Node for Linux and macOS on both processors, and says that those of Linux need glibc', () => {
    const nodes = locked.filter(([, { bin }]) => Object.hasOwn(Object(bin), 'node'));
    expect(nodes.map(([, { os, cpu }]) => `${os}-${cpu}`)).toEqual(
      expect.arrayContaining(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']),
    );
    for (const [path, { os, libc }] of nodes)
      expect(libc, path).toEqual(os === 'linux' ? ['glibc'] : undefined);
  });

  it('is installed by npm without any script, in this project and in its commands', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
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
