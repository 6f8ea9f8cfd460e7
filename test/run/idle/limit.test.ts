/** A hook that is blocked in a call cannot end itself: somebody else does when its time is up. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunProcess } from '../../support/machine/run-process.ts';
import { READY } from '../../support/ready/ready.ts';
import { Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

let store: EventStore;
let iad: Region;
beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
});
afterEach(async () => {
  iad.remove();
  await store.close();
});

/** What the processes that watch this one would say when they end it. */
function limitsOf(pid: number): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const [program, , , , watched, , reason = ''] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split(
        '\0',
      );
      return program === '/bin/sh' && watched === String(pid) ? [reason] : [];
    } catch {
      return []; // it has ended
    }
  });
}

it.each([
  ['idle', SCRIPTS.idle, 'idle was ended after 270 s (IDLE_DEADLINE)'],
  ['tenant-stop', SCRIPTS['tenant-stop'], 'tenant-stop was ended after 110 s (TENANT_STOP_DEADLINE)'],
  ['ready', READY, 'ready was ended after 570 s (READY_DEADLINE)'],
])('%s is ended by another process when its time is up', async (_, executable, reason) => {
  iad.write('2026-boston', 'first', new Date('2026-01-02T03:04:05Z'));
  const limits: string[] = [];
  let hook: RunProcess | null = null;
  store.proxy.plan(() => {
    limits.push(...limitsOf(hook?.pid ?? 0));
    return undefined;
  });
  hook = new RunProcess(iad, { executable, args: [], env: { RAILS_APP_DB: '2026-boston' } });
  await hook.answered;
  expect(limits).toContainEqual(expect.stringContaining(reason));
});
