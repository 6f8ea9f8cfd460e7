import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answer, happyWay } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { KEYS, OnboardTerminal } from '../../support/onboard/onboard-terminal.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { oneFileOf } from '../../support/suite/one-file.ts';

const { enter, interrupt, end } = KEYS;

// A walk for each question, one after the other: Fly lets its machines be listed once a second.
vi.setConfig({ testTimeout: 180_000 });

let surroundings: Surroundings;
let host: NewHost;
beforeAll(async () => {
  surroundings = await Surroundings.start();
  host = new NewHost(surroundings);
});
afterAll(async () => {
  await surroundings.close();
  host.remove();
});

/** A run that has answered so many questions of the happy way, and sees the next one. */
async function stoppedAt(count: number): Promise<OnboardTerminal> {
  const stops = happyWay(host);
  const terminal = new OnboardTerminal([], host.env());
  await answer(terminal, stops.slice(0, count));
  await terminal.asked(stops[count]?.[0] ?? '');
  return terminal;
}

describe('Ctrl-C', () => {
  it.each([
    ['its first question', 0],
    ['a secret', 7],
    ['the summary', 25],
  ])('at %s writes nothing, and ends the wizard with 130', async (_, count) => {
    const before = host.tree();
    const terminal = await stoppedAt(count);
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
    expect(terminal.plain).toContain('Cancelled. Nothing was written.');
    expect(host.tree()).toEqual(before);
  });

  it('at any question of the wizard has nothing written', async () => {
    const before = host.tree();
    const stops = happyWay(host);
    const program = await oneFileOf(join(import.meta.dirname, '../../support/onboard/walk-process.ts'));
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(stops)], {
      env: host.env(),
    });
    const ends = JSON.parse(stdout) as [asked: string, end: string][];
    expect(ends).toEqual(stops.map(([question]) => [expect.stringContaining(question), 'cancelled']));
    expect(host.tree()).toEqual(before);
  });

  it('while an answer is checked writes nothing either, and does not wait for the check', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    atEnd(() => silent.closeAllConnections());
    atEnd(() => silent.close());
    const before = host.tree();
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const connected = new Promise((resolve) => silent.once('request', resolve));
    const args = ['--app-root', host.appRoot, '--db-dir', host.dbDir, '--store-endpoint', url];
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const terminal = new OnboardTerminal(args, host.env(keys));
    await connected;
    await terminal.see('Listing the bucket ...');
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
    expect(host.tree()).toEqual(before);
  });
});

describe('the wizard', () => {
  it('ends with 130 when its input ends', async () => {
    const before = host.tree();
    const terminal = await stoppedAt(1);
    terminal.type(end);
    expect(await terminal.ended).toBe(130);
    expect(host.tree()).toEqual(before);
  });

  it('goes on after Escape, which may be half of an arrow key on a slow line', async () => {
    const terminal = await stoppedAt(2);
    terminal.type(KEYS.escape);
    terminal.type(enter);
    await terminal.asked('Address of the store');
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
  });

  it('writes nothing when its summary is answered with Cancel', async () => {
    const before = host.tree();
    const terminal = await stoppedAt(happyWay(host).length - 1);
    terminal.type(`${KEYS.up}${enter}`);
    expect(await terminal.ended).toBe(130);
    expect(terminal.plain).toContain('Cancelled. Nothing was written.');
    expect(host.tree()).toEqual(before);
  });
});
