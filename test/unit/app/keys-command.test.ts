import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Projects } from '../../../src/runs/deploys/deploys.ts';
import { openProjects } from '../../../src/runs/deploys/open-projects.ts';
import { Machine } from '../../support/machine/machine.ts';
import { callWeb } from '../../support/web/web-call.ts';

const FULL = '0123456789abcdef'.repeat(4);
const DERIVED = 'whsec_KzdvmqVewIaDLsPsq/YM3vk3J9S53Vl9/g5oC+jAQxE=';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const keys = (line: string) => callWeb(machine, ['keys', ...line.split(' ')]);
const stateDir = () => join(machine.dbDir, '.showcase-web');

function withProjects<T>(work: (projects: Projects) => T): T {
  mkdirSync(stateDir(), { recursive: true, mode: 0o700 });
  const opened = openProjects(stateDir());
  try {
    return work(opened.projects);
  } finally {
    opened.close();
  }
}

describe('showcase-web keys', () => {
  it('list says what there is but its secrets, and retire ends a key', async () => {
    expect((await keys('list')).stdout).toMatch(/^There is no project yet/);
    const { id } = withProjects((projects) => projects.addKey('default', FULL));
    withProjects((projects) => projects.addKey('other', DERIVED));
    expect((await keys('list --project default')).stdout).toMatch(
      new RegExp(
        `^Project default, made .*; senders of the plan are accepted with a full key\\n {2}${id} {2}full {2}added \\S+ {2}in force\\n$`,
      ),
    );
    expect((await keys('list')).stdout.match(/^Project \w+/gm)).toEqual(['Project default', 'Project other']);
    expect(await keys(`retire --key ${id}`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is retired'),
    });
    expect((await keys('list --project default')).stdout).toContain('retired 2');
    expect(withProjects((projects) => projects.activeKeys('default'))).toEqual([]);
    expect(readFileSync(join(stateDir(), 'runs.sqlite3')).includes('whsec_')).toBe(true);
    expect(await keys(`retire --key ${id}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Failed \(not-found\): there is no key \w+ of project default in force/),
    });
  });

  it('set says whether senders of the plan are accepted, and makes a token that stands for the name', async () => {
    expect((await keys('set --refuse-plan')).stdout).toBe('Project default refuses senders of the plan.\n');
    expect((await keys('list')).stdout).toContain('senders of the plan are refused');
    const { stdout } = await keys('set --accept-plan --new-token');
    const token = /^prj_[\w-]{43}$/m.exec(stdout)?.[0] ?? '';
    expect(withProjects((projects) => projects.get(token))).toMatchObject({
      name: 'default',
      acceptsPlan: true,
    });
    expect(readFileSync(join(stateDir(), 'runs.sqlite3')).includes(token)).toBe(false);
  });

  it.each([
    ['add --project Other', /--project takes lower-case letters/],
    ['add --key 0123456789ab', /--key makes no sense with keys add/],
    ['add 0123', /unexpected argument after keys add \(/],
    ['retire', /keys retire lacks --key/],
    ['set', /keys set lacks --accept-plan/],
    ['set --accept-plan --refuse-plan', /cannot be combined/],
  ])('%s is refused as usage, and nothing typed is repeated', async (line, message) => {
    const { code, stdout, stderr } = await keys(line);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('Other');
  });

  it('leaves a damaged file to the server, and says so', async () => {
    withProjects((projects) => projects.addKey('default', FULL));
    writeFileSync(join(stateDir(), 'runs.sqlite3'), 'x'.repeat(5000));
    expect(await keys('list')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Failed \(disk\): .*runs\.sqlite3 is damaged: .*\nWhat to do: Restart the server/,
      ),
    });
  });

  it('says so where there is no db dir', async () => {
    machine.env['RAILS_DB_VOLUME'] = join(machine.dbDir, 'missing');
    expect(await keys('list')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Failed (db-dir-missing)'),
    });
  });
});
