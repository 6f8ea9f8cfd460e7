import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { swapDatabase } from '../../../src/database/swap.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import type { Seen } from '../../support/install/hammer.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';
import { makePlace, RUN } from '../../support/install/place.ts';

// Processes that never rest share the CPUs with what is tested.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/**
 * Meanwhile two read and one writes, none of whom rests: a swap that they would see half of once in 10 times is seen with 95
 * chances in 100.
 */
const SWAPS = 30;

const HAMMER = join(import.meta.dirname, '../../support/install/hammer.ts');

interface Hammer {
  /** Whether it has had its share: who gets how much of the CPU is chance. */
  readonly hasHadEnough: () => boolean;
  /** Has it stop, and say what it saw. */
  readonly stop: () => Promise<Seen>;
}

/** A process that works on the database until told to stop. */
async function hammer(role: Seen['role'], path: string): Promise<Hammer> {
  const child = spawn(process.execPath, [HAMMER, role, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'readable');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const closed = once(child, 'close');
  const stop = async () => {
    child.stdin.end();
    await closed;
    return JSON.parse(said.split('\n').at(-2) ?? '') as Seen;
  };
  return { hasHadEnough: () => said.includes('enough\n'), stop };
}

it.each(['wal', 'delete'] as const)(
  `${SWAPS} swaps and more show readers and a writer in other processes no error and no torn data (%s)`,
  async (mode) => {
    const place = makePlace();
    const images = [1, 2, 3].map((version) => versionImage(version));
    makeLive(place.index, images[0] as Buffer, mode);
    const hammers = await Promise.all(['keep', 'reopen', 'write'].map((role) => hammer(role, place.index)));
    let turn = 0;
    while (turn < SWAPS || !hammers.every(({ hasHadEnough }) => hasHadEnough())) {
      turn += 1;
      const image = images[turn % 3] as Buffer;
      const swapped = await swapDatabase({
        path: place.index,
        image,
        staged: stagedPath(place.index, RUN),
        mtime: new Date(),
        // When three who never rest leave a gap is chance; that there is one is not.
        busyTimeoutMs: 1_800_000,
      });
      expect(swapped.way).toBe('backup');
    }
    for (const { stop } of hammers) {
      const seen = await stop();
      expect(seen.errors).toEqual([]);
      expect(seen.rounds).toBeGreaterThan(10);
      if (seen.role !== 'write') expect(seen.versions).toBe(3);
    }
    expect(provenVersion(place.index)).toBe((turn % 3) + 1);
  },
);
