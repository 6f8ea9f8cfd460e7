import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseKey } from '../../../../src/bucket/object-names.ts';
import { openDatabase } from '../../../../src/database/sqlite.ts';
import { openSeen } from '../../../../src/tenants/seen.ts';
import { provenVersion, versionImage } from '../../../support/install/images.ts';
import { Machine, ROOT } from '../../../support/machine/machine.ts';
import { type Published, startPublished } from '../../../support/machine/published.ts';
import { type Call, killAt, recordCalls, spread, turns } from '../../../support/system/strace.ts';
import { indexImage, T1, T2 } from '../../../support/tenants/tenant-room.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const COMMAND = { executable: join(ROOT, 'scripts/ready'), args: ['--only', 'tenants'] };
const NAMES = ['2026-missing', '2026-empty', '2026-rollback', '2026-log', '2026-garbage'];
/**
 * Calls that a run is killed at, of those that leave different states on disk: with five databases enough to cut off each
 * in its middle, and what is written down about them. `test/unit/install/kill.test.ts` goes through the swap of one.
 */
const KILLS = 8;

let published: Published;
let machine: Machine;
let calls: Call[];
const template = mkdtempSync(join(tmpdir(), 'template-'));

const pathOf = (name: string) => join(machine.dbDir, `${name}.sqlite3`);

function write(name: string, bytes: Buffer, mode?: 'wal'): void {
  writeFileSync(pathOf(name), bytes);
  if (mode) {
    const db = openDatabase(pathOf(name));
    db.pragma(`journal_mode = ${mode}`);
    db.close();
  }
  utimesSync(pathOf(name), T1, T1);
}

beforeAll(async () => {
  published = await startPublished();
  for (const name of NAMES) {
    await published.store.put(databaseKey(name), versionImage(2, { rows: 100 }), {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': '2025-11-19 12:01:00 UTC' },
      contentType: 'application/vnd.sqlite3',
    });
  }
  machine = new Machine({ ...published.env, FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' });
  writeFileSync(machine.path('index.sqlite3'), indexImage(NAMES));
  write('2026-empty', Buffer.alloc(0));
  write('2026-rollback', versionImage(1, { rows: 100 }));
  write('2026-log', versionImage(1, { rows: 100 }), 'wal');
  write('2026-garbage', Buffer.alloc(5000, 'garbage'));
  // So that the state directory and its files are there.
  await machine.run(['--only', 'tenants', '--dry-run'], COMMAND);
  cpSync(machine.home, template, { recursive: true, preserveTimestamps: true });
  calls = turns(machine.home, await recordCalls(machine, COMMAND));
});

afterAll(async () => {
  machine.remove();
  rmSync(template, { recursive: true });
  await published.close();
});

/** What is wrong with a database after a kill; it may be as it was, or new. */
function problemOf(name: string): string | null {
  const size = statSync(pathOf(name), { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 && (name === '2026-missing' || name === '2026-empty')) return null;
  try {
    const version = provenVersion(pathOf(name));
    const old = name === '2026-rollback' || name === '2026-log';
    return version === 2 || (version === 1 && old) ? null : `${name} has version ${version}`;
  } catch (error) {
    return name === '2026-garbage' && /not a database/.test(String(error)) ? null : `${name}: ${error}`;
  }
}

/** What the run after a kill has left undone. */
function undone(): unknown[] {
  const seen = openSeen(join(machine.dbDir, '.update_config'));
  const facts = NAMES.map((name) => [
    name,
    provenVersion(pathOf(name)),
    statSync(pathOf(name)).mtime.toISOString(),
    seen.get(name)?.time.toISOString(),
  ]);
  const interrupted = seen.allInterrupted();
  seen.close();
  const expected = [2, T2.toISOString(), T2.toISOString()].join();
  const files = readdirSync(machine.dbDir).filter((file) => !/^(2026-\w+|index)\.sqlite3$/.test(file));
  return [
    ...facts.filter(([, ...rest]) => rest.join() !== expected),
    ...files.filter((file) => file !== '.update_config'),
    ...interrupted,
  ];
}

describe('a ready hook that is killed while it downloads databases', () => {
  it('at any moment leaves each old or new, and the next one completes them, with the right times', async () => {
    expect(calls.length).toBeGreaterThan(KILLS);
    expect(undone()).toEqual([]);
    const problems: unknown[] = [];
    let killed = 0;
    for (const [nth, call] of spread(calls, KILLS).entries()) {
      rmSync(machine.home, { recursive: true });
      cpSync(template, machine.home, { recursive: true, preserveTimestamps: true });
      if (await killAt(machine, call, COMMAND)) killed += 1;
      // SQLite itself must not be the one who brings it in order: the next run finds it as the kill left it.
      // It is looked at in its source, but for every third time.
      machine.isFromSource = nth % 3 !== 0;
      const { exitCode, stdout } = await machine.run(COMMAND.args, COMMAND);
      const found = [...NAMES.map(problemOf), exitCode === 0 ? null : stdout].filter(Boolean);
      const left = undone();
      if (found.length > 0 || left.length > 0) problems.push({ call: call.text, found, left });
    }
    expect(problems).toEqual([]);
    expect(killed).toBeGreaterThan(KILLS * 0.8);
  });
});
