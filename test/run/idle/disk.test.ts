import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Answered } from '../../support/machine/machine.ts';
import { eventOf, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { Mounts } from '../../support/system/mounts.ts';

// A test runs a hook on disks of many sizes.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let store: EventStore;
let iad: Region;
let mounts: Mounts;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
  mounts = await Mounts.open();
});

afterEach(async () => {
  await mounts.close();
  iad.remove();
  await store.close();
});

async function idle(): Promise<Answered> {
  const [program = '', ...through] = mounts.through;
  return await iad.run([...through, SCRIPTS.idle], { executable: program });
}

/** What the volume holds, as the machine sees it. */
const inside = (): string => mounts.outside(iad.dbDir);

describe('an idle hook on a full volume', () => {
  it('uploads what it can, says what is wrong, damages nothing, and goes on when there is room', async () => {
    iad.write('2026-boston', 'first');
    expect((await iad.script('idle')).exitCode).toBe(0);
    mounts.mountMemory(iad.dbDir, 4096);
    const codes: (number | null)[] = [];
    for (const free of [0, 4096, 8192, 16_384, 32_768, 65_536, 131_072]) {
      iad.write('2026-boston', `with ${free}`);
      cpSync(iad.dbDir, inside(), { recursive: true, preserveTimestamps: true, force: true });
      mounts.leaveFree(iad.dbDir, free);
      const { exitCode, stdout } = await idle();
      codes.push(exitCode);
      if (exitCode !== 0) expect(stdout, `${free} free`).toContain('Failed (disk): ');
      mounts.leaveFree(iad.dbDir, null);
      expect((await idle()).exitCode, `after ${free} free`).toBe(0);
      expect(await store.event('2026-boston')).toBe(`with ${free}`);
      expect(eventOf(openDatabase(join(inside(), '2026-boston.sqlite3')))).toBe(`with ${free}`);
      expect(readdirSync(inside()).filter((name) => name.includes('changed-elsewhere'))).toEqual([]);
      // What was remembered there is what the machine knows the next time.
      cpSync(join(inside(), '.update_config'), join(iad.dbDir, '.update_config'), { recursive: true });
    }
    expect(codes[0]).toBe(1);
    expect(codes.at(-1)).toBe(0);
  });
});
