/** What root believes: journal, generations, settings. The application lays its own where they stand, or once stood. */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { moment } from '../../../src/journal/arrival.ts';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched } from '../../support/rights/expect-sound.ts';
import { indexWith } from '../../support/rights/indexes.ts';
import { APPLICATION, type SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  expect((await machine.post()).result.outcome).toBe('updated');
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const SHUT_OUT = indexWith('eva');
const LATER = new Date('2026-01-02T04:00:00Z');

/** The journal as root keeps it, copied to where it stood before, changed, and given to the application. */
function forgeJournal(...statements: string[]): void {
  machine.make('data/db/.update_config', APPLICATION, 0o700);
  const path = join(machine.stateDir, 'journal.db');
  cpSync(join(machine.trusted, 'journal.db'), path);
  const db = openDatabase(path);
  for (const statement of statements) db.exec(statement);
  db.close();
  machine.write(path, readFileSync(path));
}

function forgedRun(result: string, at: number): string {
  const { bootId } = moment();
  return `INSERT INTO runs (run, trigger, kind, app_root, boot_id, began_ns, began_at, duration_ms, outcome, result)
    VALUES ('20990101T000000000Z-abcde${at}', 'cgi', 'plain', '${machine.appRoot}', '${bootId}', 9000000000000000000,
      4e12, 1, 'updated', '${result.replaceAll("'", "''")}')`;
}

/** As whole as any. */
const WHOLE_RESULT = JSON.stringify({
  ...{
    run: '20990101T000000000Z-abcdef',
    machine: 'd8912',
    region: 'iad',
    outcome: 'updated',
    shared: false,
  },
  ...{ index: null, files: [], reload: false, warningCount: 0, warnings: [], steps: [] },
});

const ENDLESS = `INSERT INTO meta WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n`;

describe('A journal that the application wrote', () => {
  it.each([
    [
      'claims that later runs have installed everything',
      () => [
        ...[WHOLE_RESULT, 'null', '{}', '[]', '"'].map(forgedRun),
        `UPDATE meta SET value = replace(value, '"held":false', '"held":true')`,
      ],
    ],
    [
      'has a trigger that never ends',
      () => [`CREATE TRIGGER t AFTER INSERT ON runs BEGIN ${ENDLESS}; END`, 'PRAGMA user_version = 99'],
    ],
  ])('and that %s changes nothing: a user who lost access stays out', async (_, statements) => {
    forgeJournal(...statements());
    await machine.publish(SHUT_OUT, LATER);
    expect((await machine.program('start')).exitCode).toBe(0);
    const { status, result } = await machine.post();
    expect([status, result.outcome, result.shared]).toEqual([200, 'updated', false]);
    expectInstalled(machine, SHUT_OUT);
    expect(readFileSync(machine.path('htpasswd'), 'utf8')).not.toContain('eve:');
    expectUntouched(machine, vault);
  });
});

/** A generation as update_config keeps them, with that index in it. */
function plantGeneration(index: Buffer, members: readonly object[]): string {
  const run = '20990101T000000000Z-abcdef';
  const name = `data/db/.update_config/generations/${run}`;
  for (const above of ['', '/generations', `/generations/${run}`]) {
    machine.make(`data/db/.update_config${above}`, APPLICATION, 0o700);
  }
  const directory = join(machine.home, name);
  const sha256 = createHash('sha256').update(index).digest('hex');
  const member = {
    kind: 'index',
    name: 'index.sqlite3',
    path: machine.path('index.sqlite3'),
    sha256,
    size: index.length,
  };
  const manifest = {
    run,
    sequence: 1e6,
    replacedAt: LATER.toISOString(),
    facts: null,
    members: [member, ...members],
  };
  machine.write(join(directory, 'index.sqlite3'), index);
  machine.write(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return run;
}

describe('A generation that the application wrote', () => {
  it('is neither listed nor rolled back to, and its paths are not written', async () => {
    const content = 'owned\n';
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = join(vault.empty, 'cron.d/x');
    const run = plantGeneration(indexWith('mallory'), [
      { kind: 'tenants', name: 'tenants', path, sha256, size: content.length, existed: true },
    ]);
    const tenants = join(machine.stateDir, 'generations', run, 'tenants');
    machine.write(tenants, content);
    const list = await machine.program('update_config', { args: ['--generations', '--json'] });
    expect(list.stdout).not.toContain(run);
    const named = await machine.program('update_config', { args: ['--rollback', run] });
    expect([named.exitCode, named.stdout]).toEqual([1, expect.stringContaining('no-generation')]);
    await machine.publish(SHUT_OUT, LATER);
    expect((await machine.post()).result.outcome).toBe('updated');
    const last = await machine.program('update_config', { args: ['--rollback'] });
    expect([last.exitCode, last.stdout]).toEqual([0, expect.stringContaining('updated')]);
    expectInstalled(machine, indexWith('eve'));
    expectUntouched(machine, vault);
  });

  it('gives only the index if root kept that itself, and the rest is generated from it', async () => {
    const own = indexWith('mallory');
    machine.write(machine.path('index.sqlite3'), own);
    await machine.publish(SHUT_OUT, LATER);
    expect((await machine.force()).result.outcome).toBe('updated');
    expectInstalled(machine, SHUT_OUT);
    const { exitCode } = await machine.program('update_config', { args: ['--rollback'] });
    expect(exitCode).toBe(0);
    expect(imageDigest(readFileSync(machine.path('index.sqlite3')))).toBe(imageDigest(own));
    // Hooks, scripts, processes and authorization are those of this installation.
    expectInstalled(machine, own);
    expectUntouched(machine, vault);
  });
});

describe('A state directory that others can change', () => {
  it.each([
    ['is the application’s', () => machine.make('data/state', APPLICATION)],
    ['stands in one of the application’s', () => machine.make('data/state')],
    [
      'is a link of the application’s to one of root’s',
      () => {
        asApplication('ln -s "$2" "$1"', join(machine.data, 'state'), machine.make('elsewhere'));
        return join(machine.data, 'state');
      },
    ],
    [
      'can be written to by all',
      () => {
        const path = machine.make('open');
        chmodSync(path, 0o777);
        return path;
      },
    ],
  ])('and that %s is refused', async (_, make) => {
    const path = make();
    const env = { UPDATE_CONFIG_STATE_DIR: path, UPDATE_CONFIG_RUN_DIR: path };
    await machine.publish(SHUT_OUT, LATER);
    const { status, result } = await machine.post('', { env });
    expect([status, result.error]).toEqual([500, expect.objectContaining({ code: 'config-invalid' })]);
    const ready = await machine.program('ready', { env });
    expect([ready.exitCode, ready.stdout]).toEqual([1, expect.stringContaining('UPDATE_CONFIG_RUN_DIR')]);
    // The site stays up with what it has.
    expect((await machine.program('start', { env })).exitCode).toBe(0);
    expectInstalled(machine, indexWith('eve'));
    expectUntouched(machine, vault);
  });
});
