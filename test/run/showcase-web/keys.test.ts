import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  it('add reads a key from standard input, and does not repeat it', () => {
    const { code, stdout, stderr } = keys('add', `${FULL}\n`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Project default has the key [0-9a-f]{12} \(full\)\.\n$/);
    expect(active('default')).toEqual([{ kind: 'full', secret: FULL }]);
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

  it('list says what there is but its secrets, and retire ends a key', () => {
    expect(keys('list').stdout).toMatch(/^There is no project yet/);
    const id = /key (\w+)/.exec(keys('add', FULL).stdout)?.[1];
    keys('add --project other', DERIVED);
    expect(keys('list --project default').stdout).toMatch(
      new RegExp(
        `^Project default, made .*; senders of the plan are accepted with a full key\\n {2}${id} {2}full {2}added \\S+ {2}in force\\n$`,
      ),
    );
    expect(keys('list').stdout.match(/^Project \w+/gm)).toEqual(['Project default', 'Project other']);
    expect(keys(`retire --key ${id}`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is retired'),
    });
    expect(keys('list --project default').stdout).toContain('retired 2');
    expect(active('default')).toEqual([]);
    expect(readFileSync(join(stateDir(), 'runs.sqlite3')).includes('whsec_')).toBe(true);
    expect(keys(`retire --key ${id}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Failed \(not-found\): there is no key \w+ of project default in force/),
    });
  });

  it('set says whether senders of the plan are accepted, and makes a token that stands for the name', () => {
    expect(keys('set --refuse-plan').stdout).toBe('Project default refuses senders of the plan.\n');
    expect(keys('list').stdout).toContain('senders of the plan are refused');
    const token = /^prj_[\w-]{43}$/m.exec(keys('set --accept-plan --new-token').stdout)?.[0] ?? '';
    const opened = openProjects(stateDir());
    expect(opened.projects.get(token)).toMatchObject({ name: 'default', acceptsPlan: true });
    opened.close();
    expect(readFileSync(join(stateDir(), 'runs.sqlite3')).includes(token)).toBe(false);
  });

  it.each([
    ['add', 'too short', /^showcase-web: that is not a key \(A key is/],
    ['add', `whsec_${Buffer.alloc(23).toString('base64')}`, /that is not a key/],
    ['add --project Other', FULL, /--project takes lower-case letters/],
    ['add --key 0123456789ab', FULL, /--key makes no sense with keys add/],
    ['add 0123', '', /unexpected argument after keys add \(/],
    ['retire', '', /keys retire lacks --key/],
    ['set', '', /keys set lacks --accept-plan/],
    ['set --accept-plan --refuse-plan', '', /exclude each other/],
    [
      FULL,
      '',
      /^showcase-web: unexpected arguments; there are keys add, keys list, keys retire, keys set \(/,
    ],
  ])('%s with %j is refused as usage, and nothing typed is repeated', (line, input, message) => {
    const { code, stdout, stderr } = keys(line, input);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    for (const secret of ['too short', FULL, 'Other', 'AAAA']) expect(stderr).not.toContain(secret);
  });

  it('add takes five keys of a project at most, and one twice', () => {
    const derived = (at: number) => `whsec_${Buffer.alloc(32, at).toString('base64')}`;
    for (const at of [1, 2, 3, 4, 5, 5]) expect(keys('add', derived(at)).code).toBe(0);
    expect(keys('add', derived(6))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('project default has 5 keys already'),
    });
  });

  it('keeps them where their owner alone can read them', () => {
    keys('add');
    expect(statSync(stateDir()).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir(), 'runs.sqlite3')).mode & 0o777).toBe(0o600);
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

  it('leaves a damaged file to the server, and says so', () => {
    keys('add', FULL);
    writeFileSync(join(stateDir(), 'runs.sqlite3'), 'x'.repeat(5000));
    expect(keys('list')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Failed \(disk\): .*runs\.sqlite3 is damaged: .*\nWhat to do: Restart the server/,
      ),
    });
  });

  it('says so where there is no db dir', () => {
    machine.env['RAILS_DB_VOLUME'] = join(machine.dbDir, 'missing');
    expect(keys('list')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Failed (db-dir-missing)'),
    });
  });
});
