import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProjects } from '../../../src/runs/deploys/open-projects.ts';
import { Machine } from '../../support/machine/machine.ts';
import { SHOWCASE_WEB, WebProcess, withWebIndex } from '../../support/web/web-process.ts';

const FULL = '0123456789abcdef'.repeat(4);
const DERIVED = 'whsec_KzdvmqVewIaDLsPsq/YM3vk3J9S53Vl9/g5oC+jAQxE=';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** Calls it by hand. */
function keys(line: string, input = ''): { code: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], ...machine.env };
  const args = ['keys', ...line.split(' ')];
  const { status, stdout, stderr } = spawnSync(SHOWCASE_WEB, args, { env, input, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const stateDir = () => join(machine.dbDir, '.showcase-web');

function active(project: string): unknown {
  const opened = openProjects(stateDir());
  try {
    return opened.projects.activeKeys(project);
  } finally {
    opened.close();
  }
}

describe('showcase-web keys', () => {
  it('add reads a key from standard input, does not repeat it, and keeps it where its owner alone can read it', () => {
    const { code, stdout, stderr } = keys('add', `${FULL}\n`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Project default has the key [0-9a-f]{12} \(full\)\.\n$/);
    expect(active('default')).toEqual([{ kind: 'full', secret: FULL }]);
    expect(statSync(stateDir()).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir(), 'runs.sqlite3')).mode & 0o777).toBe(0o600);
  });

  it('add reads a key from a file that others cannot read', () => {
    const file = join(machine.dbDir, 'webhook.key');
    writeFileSync(file, `${DERIVED}\n`, { mode: 0o600 });
    expect(keys(`add --project two --file ${file}`).stdout).toMatch(
      /^Project two has the key .* \(derived\)/,
    );
    expect(active('two')).toEqual([{ kind: 'derived', secret: DERIVED }]);
    chmodSync(file, 0o644);
    expect(keys(`add --project three --file ${file}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Failed \(config-invalid\): --file names .*can be read by others/),
    });
  });

  it('add makes a key where it is given none, and shows it once', () => {
    const { code, stdout } = keys('add');
    const secret = /^whsec_[A-Za-z0-9+/]{43}=$/m.exec(stdout)?.[0];
    expect([code, active('default')]).toEqual([0, [{ kind: 'derived', secret }]]);
    expect(keys('list').stdout).not.toContain(secret?.slice('whsec_'.length, -4));
  });

  it.each([
    ['add', 'too short', /^showcase-web: that is not a key \(A key is/],
    ['add', `whsec_${Buffer.alloc(23).toString('base64')}`, /that is not a key/],
    [
      FULL,
      '',
      /^showcase-web: unexpected arguments; there are keys add, keys list, keys retire, keys set \(/,
    ],
  ])('%s with %j is refused as usage, and nothing typed is repeated', (line, input, message) => {
    const { code, stdout, stderr } = keys(line, input);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    for (const secret of ['too short', FULL, 'AAAA']) expect(stderr).not.toContain(secret);
  });

  it('add takes five keys of a project at most, and one twice', () => {
    const derived = (at: number) => `whsec_${Buffer.alloc(32, at).toString('base64')}`;
    mkdirSync(stateDir(), { mode: 0o700 });
    const { projects, close } = openProjects(stateDir());
    for (const at of [1, 2, 3, 4, 5]) projects.addKey('default', derived(at));
    close();
    expect(keys('add', derived(5)).code).toBe(0);
    expect(keys('add', derived(6))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('project default has 5 keys already'),
    });
  });

  it('works beside the server, which goes on', async () => {
    withWebIndex(machine);
    const server = new WebProcess(machine);
    expect((await server.ask('/requests/', 'owner')).status).toBe(200);
    expect(keys('add', FULL)).toMatchObject({ code: 0, stderr: '' });
    expect(keys('list').stdout).toContain('in force');
    expect((await server.ask('/requests/', 'owner')).status).toBe(200);
    await server.stop();
    expect(active('default')).toEqual([{ kind: 'full', secret: FULL }]);
  });
});
