import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { changeLock, layProject } from '../../support/build/project.ts';
import { AS_SOMEBODY, Project } from '../../support/build/use-project.ts';

// npm installs in each test, and tries again where it fails.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const project = Project.use();
const { plain, node, large } = project.packages;

/** A directory with this program in it, for a PATH. */
function binWith(name: string, script: string | null): string {
  const bin = join(project.dir, 'bin');
  mkdirSync(bin);
  if (script === null) symlinkSync(process.execPath, join(bin, name));
  else writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return bin;
}

describe('an installation that fails', () => {
  it.each(['plain', 'node-here'])('names the digest if that of %s differs', async (name) => {
    changeLock(project.dir, name, { integrity: large.integrity });
    await project.expectRefused('What came is not what package-lock.json proves');
    expect(existsSync(project.link)).toBe(false);
  });

  it('names the registry if it cannot be reached', async () => {
    const nowhere = { npm_config_registry: 'http://127.0.0.1:1' };
    await project.expectRefused('The npm registry cannot be reached', nowhere);
  });

  it('names the registry if it does not have a package', async () => {
    layProject(project.dir, [{ ...plain, name: 'unheard-of' }, node]);
    await project.expectRefused('The npm registry does not have that version');
  });

  it('names the lock file if it does not match package.json', async () => {
    const other = JSON.stringify({ devDependencies: { large: '1.0.0' } });
    writeFileSync(join(project.dir, 'package.json'), other);
    await project.expectRefused('package-lock.json does not fit package.json');
  });

  it('names the directory if it cannot be written to', async () => {
    chmodSync(project.dir, 0o755);
    const advice = `You may not write to ${project.dir}, which belongs to user 0.`;
    await project.expectRefused(advice, {}, AS_SOMEBODY);
    await project.expectRefused(advice, project.underOldNode(), AS_SOMEBODY);
  });

  it('tries again when npm itself breaks off, and names the registry if it does so twice', async () => {
    const breaksOff = 'echo tried >>tried; echo "npm error Exit handler never called!"; exit 1';
    const bin = binWith('npm', `case "$1" in ci) ${breaksOff};; esac`);
    const PATH = `${bin}:${project.env['PATH']}`;
    await project.expectRefused('The npm registry cannot be reached', { PATH });
    expect(readFileSync(join(project.dir, 'tried'), 'utf8')).toBe('tried\ntried\n');
  });

  it('names the disk if it is full', async () => {
    layProject(project.dir, [large, node]);
    const small = join(project.dir, 'node_modules');
    mkdirSync(small);
    const mount = `mount -t tmpfs -o size=1m tmpfs '${small}' && exec "$@"`;
    const before = ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh'];
    await project.expectRefused('There is no space left.', {}, before);
  });

  it('names npm if it is not installed', async () => {
    const env = { PATH: binWith('node', null), npm_config_cache: join(project.dir, 'cache') };
    await project.expectRefused('npm is not on the PATH', env);
  });
});
