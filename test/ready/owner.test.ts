import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../dev/sample/sample.ts';
import { Machine } from '../support/machine.ts';
import { READY, readyJson } from './support/ready.ts';

/** Root runs hooks for an application that is not root; who tests as somebody else is that application. */
const asRoot = process.geteuid?.() === 0;
const OWNER = asRoot
  ? { uid: 1234, gid: 1235 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
const asOwner = asRoot
  ? ['setpriv', `--reuid=${OWNER.uid}`, `--regid=${OWNER.gid}`, '--clear-groups']
  : ['env'];

let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  mkdirSync(join(machine.appRoot, 'tmp'));
  writeFileSync(machine.path('index.sqlite3'), makeSampleIndex());
  for (const name of ['', ...readdirSync(machine.home, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(machine.home, name), OWNER.uid, OWNER.gid);
  }
});

afterEach(() => machine.remove());

it("a hook that root ran leaves everything to the application's own user, who can run the next one", async () => {
  expect((await readyJson(machine)).exitCode).toBe(0);
  const strangers = readdirSync(machine.home, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const { uid, gid } = lstatSync(join(machine.home, name));
    return uid !== OWNER.uid || gid !== OWNER.gid;
  });
  expect(strangers).toEqual([]);

  rmSync(join(machine.appRoot, 'public/index.html'));
  const [program = '', ...args] = [...asOwner, process.execPath, READY];
  const { status, stdout } = spawnSync(program, args, {
    env: { PATH: process.env['PATH'], ...machine.env },
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('1 page written');
});
