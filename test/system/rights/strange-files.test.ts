/**
 * The application has laid things in the place of files that are read or written: what is opened would be waited for, has
 * no end, or does not fit into memory. Whatever it is, each program ends by itself (those that hang are killed, and then
 * the test fails), with less than 1 GiB of memory, and afterwards the machine can be updated.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answered } from '../../support/machine/machine.ts';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched } from '../../support/rights/expect-sound.ts';
import { indexWith, TENANTS } from '../../support/rights/indexes.ts';
import type { Program, SharedMachine } from '../../support/rights/shared-machine.ts';
import { GROW, lay, THINGS, type Thing, takeAway } from '../../support/rights/strange.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  for (const name of TENANTS) machine.tenant(name);
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const things = Object.keys(THINGS) as Thing[];
const SIDES = ['-journal', '-wal', '-shm'];
const inDb = (...names: readonly string[]) => names.map((name) => join(machine.dbDir, name));
const inState = (...names: readonly string[]) => names.map((name) => join(machine.stateDir, name));
const UNFORESEEN = /\(internal\)|"internal"/;

/** What cannot be looked at is not replaced unseen: then an update fails, and says what it is. */
const UNSEEN: readonly Thing[] = ['a link to itself', 'a file that may not be read'];

/** One after another, since each may lay aside what it finds. */
async function run(...programs: readonly Program[]): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const name of programs) {
    const answer = await machine.program(name, { env: { RAILS_APP_DB: TENANTS[0] } });
    expect(answer.stdout).not.toMatch(UNFORESEEN);
    answers.push(answer);
  }
  return answers;
}

/** Two requests at once: neither may keep the other one from its answer. */
async function ask(): Promise<number[]> {
  const answers = await Promise.all([machine.post(), machine.post('state=1')]);
  for (const { body } of answers) expect(body).not.toMatch(UNFORESEEN);
  return answers.map(({ status }) => status);
}

async function expectMended(): Promise<void> {
  await machine.publish(indexWith('eva'), new Date('2026-01-02T04:00:00Z'));
  const { status, body } = await machine.post();
  expect([status, body]).toEqual([200, expect.stringContaining('RESULT')]);
  expectInstalled(machine, indexWith('eva'));
  expectUntouched(machine, vault);
  const kept = readdirSync(machine.trusted, { recursive: true, encoding: 'utf8' });
  expect(kept.filter((name) => lstatSync(join(machine.trusted, name)).size > 2 ** 20)).toEqual([]);
}

/**
 * In each round every path gets another one of the things. Of paths of one kind there are three in a row or more: so in
 * every third round, together, each kind has met all of them.
 */
async function forEachTurn(
  paths: readonly string[],
  work: (isThird: boolean) => Promise<unknown>,
): Promise<void> {
  for (const round of things.keys()) {
    lay(paths.map((path, at) => [path, things[(at + round) % things.length] ?? 'a pipe']));
    await work(round % 3 === 0);
    takeAway(paths);
  }
}

describe('A machine goes on whatever stands in the place of', () => {
  it('the index: an update puts another one there', async () => {
    const [index = ''] = inDb('index.sqlite3');
    for (const thing of things.filter((name) => !UNSEEN.includes(name))) {
      lay([[index, thing]]);
      const [start] = await run('start');
      const { status, body } = await machine.post();
      expect([thing, start?.exitCode, status, body]).toEqual([thing, 0, 200, expect.any(String)]);
      expectInstalled(machine, indexWith('eve'));
    }
    for (const thing of UNSEEN) {
      lay([[index, thing]]);
      await run('start', 'ready');
      const { result } = await machine.post();
      expect([thing, result.error]).toEqual([thing, expect.objectContaining({ code: 'disk' })]);
      takeAway([index]);
    }
    await expectMended();
  });

  it('the index, be it a sound database of 1.5 GiB that takes no room on the disk', async () => {
    asApplication('perl -e "$1" "$2"', GROW, machine.path('index.sqlite3'));
    const [start, ready] = await run('start', 'ready', 'idle', 'config-update');
    expect([start?.exitCode, ready?.exitCode, ready?.stdout]).toEqual([
      0,
      1,
      expect.stringContaining('1610612736'),
    ]);
    expect(await ask()).toEqual([200, 200]);
    await expectMended();
  });

  it('files beside the index, exports and logs', async () => {
    const paths = [
      ...inDb(...SIDES.map((suffix) => `index.sqlite3${suffix}`), 'map.yml', 'htpasswd', 'showcases.yml'),
      join(machine.tmp, 'tenants.list'),
      ...['update_config', 'start', 'resume'].map((name) => join(machine.logDir, `${name}.log`)),
    ];
    await forEachTurn(paths, async (isThird) => {
      if (isThird) {
        await run('start');
        await ask();
      } else expect((await machine.post()).body).not.toMatch(UNFORESEEN);
    });
    await run('resume');
    await expectMended();
  });

  it('tenants’ databases, locks, and what is remembered of them', async () => {
    const [first, second, third] = TENANTS;
    const paths = [
      ...inState(
        'tenants.db',
        'uploads.db',
        'repair.db',
        `copies/${first}.copy`,
        'tenants.db-wal',
        'uploads.db-journal',
      ),
      ...inState(`locks/${first}.lock`, `locks/${second}.lock`, 'tenants.db-shm', 'tenants.db-journal'),
      ...inDb(`${first}.sqlite3`, `${second}.sqlite3-journal`, `${third}.sqlite3-wal`),
      ...['ready', 'idle'].map((name) => join(machine.logDir, `${name}.log`)),
      join(machine.tmp, 'ready'),
    ];
    await forEachTurn(paths, (isThird) => run('ready', ...(isThird ? (['idle'] as const) : [])));
    await run('tenant-stop');
    await expectMended();
    const codes = (await run('ready', 'idle')).map(({ exitCode }) => exitCode);
    expect(codes).toEqual([0, 0]);
  });

  it('the state directory', async () => {
    for (const thing of [
      'a pipe',
      'a link to /dev/zero',
      'a link to nowhere',
      'a file that may not be read',
    ] as const) {
      lay([[machine.stateDir, thing]]);
      await run('ready', 'idle');
    }
    takeAway([machine.stateDir]);
    await expectMended();
    expect((await run('ready'))[0]?.exitCode).toBe(0);
  });

  it('files of all kinds, where those are directories', async () => {
    const paths = [
      ...inDb('htpasswd', 'map.yml', 'index.sqlite3-journal', 'index.sqlite3-wal', `${TENANTS[0]}.sqlite3`),
      ...inState('tenants.db', 'uploads.db-journal', `locks/${TENANTS[1]}.lock`),
      join(machine.logDir, 'update_config.log'),
    ];
    lay(paths.map((path) => [path, 'a directory']));
    await ask();
    await run('start', 'ready', 'idle');
    takeAway(paths);
    await expectMended();
  });
});
