import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { monotonicMs } from '../../../src/clock.ts';
import { tryLock } from '../../../src/database/lock.ts';
import { converge } from '../../../src/ready/converge.ts';
import { ensureReadyDir } from '../../../src/ready/ready-place.ts';
import { withJournal } from '../../support/journal/db-dir.ts';
import { siteOf } from '../../support/machine/site.ts';

let home: string;
let port: number;
let asked: string[];
/** Whether the update that Navigator is asked for comes through. */
let comesThrough: boolean;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'converge-'));
  for (const name of ['db', 'app']) mkdirSync(join(home, name));
  asked = [];
  comesThrough = true;
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (comesThrough) await owe(null);
    response.writeHead(comesThrough ? 200 : 502).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    rmSync(home, { recursive: true });
  });
  await owe('store-unreachable');
});

/** The machine has come up without the store, or no update is owed. */
const owe = (code: 'store-unreachable' | null) =>
  withJournal(join(home, 'db'), (journal) =>
    journal.setOwedUpdate(code && { code, message: 'it was down', hint: 'h' }),
  );

/** Has the owed update made, as the hook does after its rounds; returns what it says. */
async function run(leftMs: number, pauseMs = 1): Promise<string[]> {
  const told: string[] = [];
  const site = {
    ...siteOf('fly-iad'),
    dbDir: join(home, 'db'),
    appRoot: join(home, 'app'),
    listenPort: port,
  };
  await converge({
    ...{ site, path: '/showcase/update_config', endsAt: monotonicMs() + leftMs },
    backoff: { firstPauseMs: pauseMs, longestPauseMs: pauseMs },
    report: (event) => void told.push('message' in event ? event.message : event.type),
  });
  return told;
}

describe('an update that is owed', () => {
  it('is asked of Navigator until it comes through', async () => {
    comesThrough = false;
    const running = run(60_000);
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    comesThrough = true;
    const told = await running;
    expect(told.at(-1)).toBe('the update that is owed was requested; the answer was status 200');
    expect([told[0], told.length]).toEqual([
      'the update that is owed was requested; the answer was status 502',
      asked.length,
    ]);
    expect(new Set(asked)).toEqual(new Set(['POST /showcase/update_config']));
    expect(await run(60_000), 'and then no more').toEqual([]);
  });

  it('is left to the next one where the pause before would not end in time', async () => {
    expect(await run(1000, 60_000)).toEqual([
      'this machine serves from the index that it has; the next update asks the store again',
    ]);
    expect(asked).toEqual([]);
  });

  it('is asked for by one hook at a time, and by another when that is gone', async () => {
    const lock = tryLock(join(ensureReadyDir(join(home, 'app')), 'converge'));
    expect([await run(60_000), asked]).toEqual([[], []]);
    lock?.release();
    expect(await run(60_000)).toEqual(['the update that is owed was requested; the answer was status 200']);
  });
});
