import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeSample } from '../../../dev/sample/sample.ts';
import { databaseKey } from '../../../src/bucket/object-names.ts';
import { versionImage } from '../../support/install/images.ts';
import { Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { indexContent } from '../../support/machine/stand.ts';
import { FEW, notesOf, publicFiles, READY, ready, readyJson } from '../../support/ready/ready.ts';
import { type Call, killAt, recordCalls, spread, turns } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/**
 * Of the calls that leave different states on disk so many, evenly spread: in the notes, in each of the stages, between them
 * and at the end. `tenants/kill.test.ts` goes through the downloads, `test/unit/pages-out` through the pages.
 */
const KILLS = 9;

const COMMAND = { executable: READY, args: [] };

type Pages = ReturnType<typeof publicFiles>;

let published: Published;
let machine: Machine;
let calls: Call[];
let before: Pages;
const template = mkdtempSync(join(tmpdir(), 'template-'));

/** A machine with the pages of an older index, and tenants whose databases are in the store alone. */
beforeAll(async () => {
  published = await startPublished();
  machine = new Machine({ ...published.env, FLY_APP_NAME: 'smooth', FLY_REGION: 'jnb' });
  await published.publish(FEW, new Date('2026-01-01T00:00:00Z'));
  await machine.post();
  await readyJson(machine, ['--only', 'pages']);
  for (const [at, name] of (await tenants()).entries()) {
    const metadata = { 'last-modified': '2026-01-02 03:04:05 UTC' };
    await published.store.put(databaseKey(name), versionImage(at), {
      condition: { replaces: 'anything' },
      metadata,
      contentType: 'application/vnd.sqlite3',
    });
  }
  await published.publish(changeSample(FEW).index, new Date('2026-01-03T00:00:00Z'));
  await machine.post();
  before = publicFiles(machine);
  cpSync(machine.home, template, { recursive: true, preserveTimestamps: true });
  calls = turns(machine.home, await recordCalls(machine, COMMAND));
});

afterAll(async () => {
  machine.remove();
  rmSync(template, { recursive: true });
  await published.close();
});

async function tenants(): Promise<string[]> {
  const { stdout } = await ready(machine, ['--list', '--only', 'tenants', '--json']);
  return (JSON.parse(stdout) as { tenants: { name: string }[] }).tenants.map(({ name }) => name);
}

/** Everything that a hook is for: pages, and the content of the databases. */
function stand() {
  const databases = readdirSync(machine.dbDir).filter(
    (name) => name.endsWith('.sqlite3') && name !== 'index.sqlite3',
  );
  return {
    pages: Object.fromEntries(publicFiles(machine)),
    databases: databases.map((name) => [name, indexContent(join(machine.dbDir, name))]),
  };
}

/** Pages that are neither as they were before nor as they shall be. */
function tornPages(before: Pages, after: Pages): string[] {
  const pages = [...publicFiles(machine)].filter(([path]) => !path.includes('staged'));
  return pages.flatMap(([path, text]) =>
    text === before.get(path) || text === after.get(path) ? [] : [path],
  );
}

/** Files of work in progress, which nothing may leave for good. */
function leftovers(): string[] {
  return [machine.appRoot, machine.dbDir].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /staged/.test(name)),
  );
}

describe('a ready hook that is killed', () => {
  it('makes enough system calls for the test', () => {
    expect(calls.length).toBeGreaterThan(KILLS);
    expect(existsSync(join(machine.appRoot, 'public/index.html'))).toBe(true);
  });

  it('at any moment is completed by the next one', async () => {
    const after = stand();
    const pages = publicFiles(machine);
    expect(after.databases.length).toBeGreaterThan(1);
    expect(pages).not.toEqual(before);
    const problems: unknown[] = [];
    for (const [nth, call] of spread(calls, KILLS).entries()) {
      rmSync(machine.home, { recursive: true });
      cpSync(template, machine.home, { recursive: true, preserveTimestamps: true });
      const killed = await killAt(machine, call, COMMAND);
      const torn = tornPages(before, pages);
      // What comes after it is looked at in its source, but for every third time.
      machine.isFromSource = nth % 3 !== 0;
      const { exitCode, summaries } = await readyJson(machine);
      const same = JSON.stringify(stand()) === JSON.stringify(after);
      const left = [...leftovers(), ...notesOf(machine)];
      if (!killed || torn.length > 0 || exitCode !== 0 || summaries.length !== 1 || !same || left.length > 0)
        problems.push({ call: call.text, killed, torn, exitCode, summaries, same, left });
    }
    expect(problems).toEqual([]);
  });
});
