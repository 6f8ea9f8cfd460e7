import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest } from '../../../src/database/image.ts';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { type Call, killAt, recordCalls, spread } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const KEY = 'db/index.sqlite3';
/** Kills, spread evenly over the calls that change or say something. */
const KILLS = 10;
const LOOKING = ['execve', 'openat', 'read', 'pread64'];

const sample = makeSampleIndex();
const version = (nth: number) => altered(sample, `UPDATE locations SET name = 'name ${nth}' WHERE id = 1`);
const command = { executable: CONFIG_UPDATE, args: [] };

let scene: Scene;
let host: AdminHost;
let calls: readonly Call[];
let first: { readonly bytes: Buffer; readonly metadata: Record<string, string> };
const template = mkdtempSync(join(tmpdir(), 'template-'));

beforeAll(async () => {
  scene = await startScene();
  host = scene.host(version(1));
  await host.configUpdate();
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') throw new Error(got.kind);
  first = { bytes: got.bytes, metadata: { ...got.object.metadata } };
  host.put(version(2));
  cpSync(host.home, template, { recursive: true, preserveTimestamps: true });
  calls = (await recordCalls(host, command)).filter(({ name }) => !LOOKING.includes(name));
});
afterAll(async () => {
  rmSync(template, { recursive: true });
  await scene.close();
});

async function stands(): Promise<string> {
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  return got.kind === 'found' ? imageDigest(got.bytes) : got.kind;
}

/** Back to where version 1 is published and version 2 is to be. */
async function putBack(): Promise<void> {
  const { store } = scene.published;
  rmSync(host.home, { recursive: true });
  cpSync(template, host.home, { recursive: true, preserveTimestamps: true });
  await store.put(KEY, first.bytes, {
    condition: { replaces: 'anything' },
    metadata: first.metadata,
    contentType: 'application/vnd.sqlite3',
  });
}

describe('config-update killed at any system call', () => {
  it.each([
    ['the same index', 2],
    ['another one', 3],
  ])('leaves the old index or the new one in the store, and the next run publishes %s', async (_, next) => {
    const problems: string[] = [];
    const seen = new Set<string>();
    for (const call of spread(calls, KILLS)) {
      await putBack();
      if (!(await killAt(host, call, command))) continue;
      const left = await stands();
      const found = [1, 2].find((nth) => imageDigest(version(nth)) === left);
      seen.add(String(found));
      host.put(version(next));
      const { exitCode, stdout } = await host.configUpdate();
      const at = `${call.name} ${call.nth}`;
      if (found === undefined) problems.push(`${at}: the store has neither index`);
      if (exitCode !== 0) problems.push(`${at}: the next run ends with ${exitCode}: ${stdout.slice(0, 400)}`);
      if ((await stands()) !== imageDigest(version(next))) problems.push(`${at}: not published`);
      const copies = readdirSync(join(host.dbDir, '.update_config')).filter((name) =>
        name.includes('staged'),
      );
      if (copies.length > 0) problems.push(`${at}: left over: ${copies.join()}`);
    }
    expect(problems).toEqual([]);
    expect([...seen].sort()).toEqual(['1', '2']);
  });
});
