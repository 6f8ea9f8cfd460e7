import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answer, happyWay } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { KEYS, OnboardTerminal } from '../../support/onboard/onboard-terminal.ts';
import { atEnd } from '../../support/suite/at-end.ts';

const { enter, interrupt, end } = KEYS;

// Some thirty runs of the wizard, one after the other: Fly lets its machines be listed once a second.
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
  it('at any question of the wizard writes nothing, and ends it with 130', async () => {
    const before = host.tree();
    const ends = [];
    for (const [count, [question]] of happyWay(host).entries()) {
      const terminal = await stoppedAt(count);
      terminal.type(interrupt);
      const code = await terminal.ended;
      ends.push([question, code, terminal.plain.includes('Cancelled. Nothing was written.')]);
    }
    expect(ends).toEqual(happyWay(host).map(([question]) => [question, 130, true]));
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
