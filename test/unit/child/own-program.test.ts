import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChildRequest, runChild } from '../../../src/child/run-child.ts';
import { Holders } from '../../support/system/holders.ts';

/** Of an account that need not exist. */
const APPLICATION = 4242;

async function run(script: string, more: Partial<ChildRequest> = {}) {
  const lines: string[] = [];
  const request = { command: ['/bin/sh', '-c', script], cwd: '/', env: {}, timeoutMs: 60_000 };
  const outcome = await runChild({ ...request, onLine: (line) => lines.push(line), ...more });
  return { lines, outcome };
}

describe('an executable of ours', () => {
  it('gets our own variables, which a foreign program does not get', async () => {
    const env = { FLEET_PASSWORD: 'p', UPDATE_CONFIG_TOKEN: 't', RAILS_ENV: 'r', PATH: '/usr/bin:/bin' };
    const script = 'echo "$FLEET_PASSWORD $UPDATE_CONFIG_TOKEN $RAILS_ENV"';
    expect((await run(script, { env, isOwnProgram: true })).lines).toEqual(['p t r']);
    expect((await run(script, { env })).lines).toEqual(['  r']);
  });
});

it('a child that was given up before it was started does nothing', async () => {
  const { outcome, lines } = await run('sleep 1000; echo done', { signal: AbortSignal.abort() });
  expect([outcome.kind, lines]).toEqual(['killed', []]);
});

describe('a child that is given up', () => {
  let holders: Holders;
  beforeEach(() => {
    holders = new Holders();
  });
  afterEach(() => holders.remove());

  it('dies with all that it started', async () => {
    const stop = new AbortController();
    const ended = run('', { command: holders.command('sleep 1000'), signal: stop.signal, env: process.env });
    await holders.alive;
    stop.abort();
    expect((await ended).outcome).toMatchObject({ kind: 'killed', signal: 'SIGKILL' });
    await holders.gone;
  });

  it("has root's rights if it is ours and root started this process, and its daemons die, too, though this process has the application's rights", async () => {
    chownSync(holders.home, APPLICATION, APPLICATION);
    const script = `grep -E '^(Uid|Gid):' /proc/self/status; ${holders.command('exit 0')[2]}`;
    const program = join(import.meta.dirname, '../../support/child/own-program-process.ts');
    const args = [program, String(APPLICATION), holders.home, script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      'Uid:\t0\t0\t0\t0',
      'Gid:\t0\t0\t0\t0',
      'up',
      `{"kind":"exited","uid":${APPLICATION}}`,
    ]);
    await holders.gone;
  });
});
