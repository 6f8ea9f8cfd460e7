import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest, openInstalled, readImage } from '../../../src/database/image.ts';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { type Call, killAt, mostOf, readTurns, recordCalls } from '../../support/system/strace.ts';

// Dozens of runs are killed and made good, one after the other.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const KEY = 'db/index.sqlite3';

const sample = makeSampleIndex();
const version = (nth: number) => altered(sample, `UPDATE locations SET name = 'name ${nth}' WHERE id = 1`);
const DIGESTS = [1, 2].map((nth) => imageDigest(version(nth)));
const command = { executable: CONFIG_UPDATE, args: ['--undo'] };

let scene: Scene;
let host: AdminHost;
let calls: readonly Call[];
let second: { readonly bytes: Buffer; readonly metadata: Record<string, string> };
const template = mkdtempSync(join(tmpdir(), 'template-'));

beforeAll(async () => {
  scene = await startScene();
  host = scene.host(version(1));
  await host.configUpdate();
  host.put(version(2));
  await host.configUpdate();
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') throw new Error(got.kind);
  second = { bytes: got.bytes, metadata: { ...got.object.metadata } };
  cpSync(host.home, template, { recursive: true, preserveTimestamps: true });
  calls = readTurns(host.home, await recordCalls(host, command), scene.published.settings.endpoint);
});
afterAll(async () => {
  rmSync(template, { recursive: true });
  await scene.close();
});

async function stored(): Promise<number> {
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  return got.kind === 'found' ? DIGESTS.indexOf(imageDigest(got.bytes)) + 1 : 0;
}

function local(): number {
  const db = openInstalled(host.path('index.sqlite3'));
  if (!db) return 0;
  try {
    return DIGESTS.indexOf(imageDigest(readImage(db))) + 1;
  } finally {
    db.close();
  }
}

/** Back to where version 2 is published over version 1. */
async function putBack(): Promise<void> {
  rmSync(host.home, { recursive: true });
  cpSync(template, host.home, { recursive: true, preserveTimestamps: true });
  await scene.published.store.put(KEY, second.bytes, {
    condition: { replaces: 'anything' },
    metadata: second.metadata,
    contentType: 'application/vnd.sqlite3',
  });
}

it('an undo killed at any moment leaves one whole index or the other, the next run finishes it or leaves it undone, and both remain to be had', async () => {
  const problems: string[] = [];
  const seen = new Set<string>();
  let killed = 0;
  for (const call of calls) {
    await putBack();
    if (!(await killAt(host, call, command))) continue;
    killed += 1;
    // What follows is looked at in its source, but for every fourth time.
    host.isFromSource = killed % 4 !== 0;
    const at = `${call.name} ${call.nth} (${call.text.slice(0, 120)})`;
    const left = { store: await stored(), local: local() };
    seen.add(`store ${left.store}, here ${left.local}`);
    const next = await host.configUpdate();
    const now = { store: await stored(), local: local() };
    // What the index of this host is decides: the store never gets back what it was relieved of.
    const due = left.local;
    if (left.store === 0 || left.local === 0) problems.push(`${at}: neither index: ${JSON.stringify(left)}`);
    if (left.store === 1 && left.local === 2) problems.push(`${at}: published, and not here`);
    if (next.exitCode !== 0) problems.push(`${at}: the next run: ${next.stdout.slice(0, 600)}`);
    if (now.store !== due || now.local !== due) problems.push(`${at}: then ${JSON.stringify(now)}`);
    const isFinished = left.local === 1 && left.store === 2;
    if (isFinished !== next.stdout.includes('which did not come to its end'))
      problems.push(`${at}: said ${next.stdout.slice(0, 400)}`);
    const undo = await host.configUpdate(['--undo']);
    if (undo.exitCode !== 0) problems.push(`${at}: the undo after it: ${undo.stdout.slice(0, 600)}`);
    if ((await stored()) !== 3 - due || local() !== 3 - due) problems.push(`${at}: not undone after it`);
    const state = join(host.dbDir, '.update_config');
    const copies = readdirSync(join(state, 'published'));
    const staged = [...readdirSync(state), ...readdirSync(host.dbDir)].filter((name) =>
      name.includes('staged'),
    );
    if (copies.length !== 2 || staged.length > 0)
      problems.push(`${at}: left over: ${[...copies, ...staged].join()}`);
  }
  expect(calls.length).toBeGreaterThan(12);
  expect(killed).toBeGreaterThanOrEqual(mostOf(calls));
  expect(problems).toEqual([]);
  expect([...seen].sort()).toEqual(['store 1, here 1', 'store 2, here 1', 'store 2, here 2']);
});
