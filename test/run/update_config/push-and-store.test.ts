/** A machine that is pushed to, and that has a store as well. */
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { giveKeys, newKey, push, pushOf } from '../../support/machine/pushing.ts';
import { EARLIER, FIRST, FLY_MACHINE, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const KEY = newKey();
useSource();
const here = useMachine(FLY_MACHINE);
beforeEach(() => void giveKeys(here.machine, KEY));

const send = (index: Buffer, query = '') => push(here.machine, pushOf({ key: KEY, index }), query);
const later = (): Date => new Date(Date.now() + 60_000);

it('an update keeps a pushed index if that of the store is older, and installs a newer one', async () => {
  here.machine.isFromSource = false;
  expect((await send(SECOND)).result).toMatchObject({ outcome: 'updated', index: { source: 'push' } });
  const asked = await here.machine.post();
  expect([asked.status, asked.result.error?.code]).toEqual([422, 'index-older']);
  const other = makeSampleIndex({ events: 30, studios: 20 });
  const etag = await here.published.publish(other, later());
  expect((await here.machine.post()).result).toMatchObject({
    outcome: 'updated',
    index: { etag, source: 'store' },
  });
  expect((await send(SECOND)).result.error?.code).toBe('index-older');
});

it('an update recognises the pushed index if the store has the same', async () => {
  const { result } = await send(SECOND);
  const etag = await here.published.publish(SECOND, EARLIER);
  expect(etag).toBe(result.index?.etag);
  const asked = await here.machine.post();
  expect(asked.result).toMatchObject({ outcome: 'unchanged', index: { etag, source: 'push' } });
  expect(asked.body).toContain('not modified');
});

it('a machine boots with the pushed index, and owes no update, even if the store is still behind', async () => {
  here.machine.isFromSource = false;
  await send(SECOND);
  const resume = await here.machine.run([], { executable: join(ROOT, 'scripts/resume') });
  expect(resume.exitCode).toBe(0);
  expect(resume.stdout).toContain(
    'the store has an older index than the one that was pushed here, which stays',
  );
  const { result } = await here.machine.post('state=1');
  expect(result).toMatchObject({ fallback: null, index: { source: 'push' } });
});

it('a machine accepts a push while the store is down, and then owes no update any more', async () => {
  const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9', UPDATE_CONFIG_STORE_TIMEOUT: '1' };
  await here.machine.post();
  here.machine.env = { ...here.machine.env, ...env };
  await here.machine.run([], { executable: join(ROOT, 'scripts/resume') });
  expect((await here.machine.post('state=1')).result.fallback).toMatchObject({
    code: expect.stringMatching(/^store-/),
  });
  expect((await send(SECOND)).result.outcome).toBe('updated');
  expect((await here.machine.post('state=1')).result.fallback).toBeNull();
});

it('a rollback puts back what a push replaced, and the same push is then installed only if forced', async () => {
  await here.machine.post();
  await send(SECOND);
  expect((await here.machine.run(['--rollback'])).exitCode).toBe(0);
  const again = await send(SECOND);
  expect(again.result.outcome).toBe('unchanged');
  expect(again.body).toContain('was rolled back here');
  expect((await send(SECOND, 'force=1')).result).toMatchObject({
    outcome: 'updated',
    index: { source: 'push' },
  });
});

it('a push replaces an index that was changed by hand, says so, and keeps a copy', async () => {
  await send(FIRST);
  const db = openDatabase(here.machine.path('index.sqlite3'));
  db.exec("UPDATE locations SET name = 'by hand'");
  db.close();
  const { body, result } = await send(SECOND);
  expect(result.outcome).toBe('updated');
  expect(body).toContain('had been changed by hand; the pushed one takes its place');
  expect((await here.machine.run(['--generations'])).stdout).toMatch(/ index /);
});
