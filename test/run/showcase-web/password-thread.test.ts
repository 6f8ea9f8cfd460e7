import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { PasswordThread } from '../../../src/app/web/password-thread.ts';
import { verifyPassword } from '../../../src/index/password.ts';
import { Machine } from '../../support/machine/machine.ts';
import { SHOWCASE_WEB, WebProcess, withWebIndex } from '../../support/web/web-process.ts';

const BCRYPT = SAMPLE_HASHES['bcrypt 2b'] ?? '';

describe('the thread for passwords, which is the built server once more', () => {
  const threads: PasswordThread[] = [];
  const make = (executable = SHOWCASE_WEB, idleMs?: number): PasswordThread => {
    const thread = new PasswordThread(executable, idleMs);
    threads.push(thread);
    return thread;
  };
  afterEach(async () => {
    await Promise.all(threads.splice(0).map((thread) => thread.close()));
  });

  it.each(Object.entries(SAMPLE_HASHES))('verifies a hash of the kind %s', async (_, hash) => {
    const { verify } = make();
    expect(await Promise.all([verify(hash, SAMPLE_PASSWORD), verify(hash, 'wrong')])).toEqual([true, false]);
  });

  it('makes hashes, each with a salt of its own', async () => {
    const { hash } = make();
    const made = await Promise.all([hash('Schulbus 7'), hash('Schulbus 7')]);
    expect(new Set(made).size).toBe(2);
    for (const each of made) {
      expect(each).toMatch(/^\$2b\$10\$/);
      expect(await verifyPassword(each, 'Schulbus 7')).toBe(true);
    }
  });

  it('leaves the caller its turns while it works', async () => {
    const thread = make();
    await thread.verify(BCRYPT, 'wrong');
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    turn();
    await thread.verify(BCRYPT, SAMPLE_PASSWORD);
    isOver = true;
    // One that hashes by itself has a single one before the hash is done.
    expect(turns).toBeGreaterThan(20);
  });

  it('ends when there was no password for a while, and begins again with the next', async () => {
    const thread = make(SHOWCASE_WEB, 1);
    expect(thread.isRunning).toBe(false);
    for (let count = 0; count < 3; count++) {
      expect(await thread.verify(BCRYPT, SAMPLE_PASSWORD)).toBe(true);
      await expect.poll(() => thread.isRunning).toBe(false);
    }
  });

  it('is done without where it cannot be had', async () => {
    const thread = make('/nowhere/showcase-web');
    expect(await Promise.all([1, 2, 3].map(() => thread.verify(BCRYPT, SAMPLE_PASSWORD)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await verifyPassword(await thread.hash('Schulbus 7'), 'Schulbus 7')).toBe(true);
  });
});

describe('a server that is asked by somebody with a password', () => {
  let machine: Machine;
  let server: WebProcess;
  beforeAll(() => {
    machine = withWebIndex(new Machine());
    server = new WebProcess(machine);
  });
  afterAll(async () => {
    await server.stop('SIGKILL');
    machine.remove();
  });

  it('looks at it in a thread', async () => {
    const threads = (): number => readdirSync(`/proc/${server.child.pid}/task`).length;
    await server.url();
    const before = threads();
    expect((await server.ask('/requests/', 'owner')).status).toBe(200);
    expect(threads()).toBeGreaterThan(before);
    expect(await server.stop()).toBe(0);
  });
});
