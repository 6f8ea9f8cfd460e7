/**
 * Whoever can write to the bucket can say when an index was last changed. A time that is yet to come must not keep later
 * indexes out, neither as the time of what is fetched nor as that of what is installed.
 */
import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { basic } from '../../support/machine/machine.ts';
import { FIRST, FLY_MACHINE, LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { FakeClock } from '../../support/system/fake-clock.ts';

const FUTURE = new Date('9999-12-31T00:00:00Z');
const HOUR = 60 * 60 * 1000;
const ADMIN = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);
const THIRD = altered(FIRST, "UPDATE showcases SET name = 'the third'");

const here = useMachine(FLY_MACHINE);

const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR);

describe('an index that says it was changed in 9999', () => {
  it("is installed with the store's own time, which the answer says", async () => {
    const before = Date.now();
    await here.published.publish(SECOND, FUTURE);
    const answer = await here.machine.post();
    expect(answer, answer.body).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    const time = Date.parse(answer.result.index?.time ?? '');
    expect(time).toBeGreaterThanOrEqual(before - 1000);
    expect(time).toBeLessThanOrEqual(Date.now());
    expect(answer.body).toContain(
      "the last-modified of the store's index, 9999-12-31T00:00:00.000Z, is more than a day ahead",
    );
    expect(here.machine.mtime('index.sqlite3')).toBe(time);
  });

  it('does not block the next index', async () => {
    await here.published.publish(SECOND, FUTURE);
    await here.machine.post();
    const etag = await here.published.publish(THIRD, new Date());
    const answer = await here.machine.post();
    expect(answer, answer.body).toMatchObject({
      status: 200,
      result: { outcome: 'updated', index: { etag } },
    });
    expect(answer.body).not.toContain('more than a day ahead');
    expect(here.machine.read('showcases.yml')).toContain('the third');
  });

  it('is reported in a dry run, too', async () => {
    await here.installed();
    await here.published.publish(SECOND, FUTURE);
    const answer = await here.machine.post('dry_run=1', { env: { HTTP_AUTHORIZATION: ADMIN } });
    expect(answer.result.outcome).toBe('dry-run');
    expect(answer.body).toContain('9999-12-31T00:00:00.000Z, is more than a day ahead');
  });
});

it('an index that says it was changed within the next day is taken at its word', async () => {
  const soon = inHours(23);
  await here.published.publish(SECOND, soon);
  const answer = await here.machine.post();
  expect(answer.result).toMatchObject({ outcome: 'updated', index: { time: soon.toISOString() } });
  expect(answer.body).not.toContain('more than a day ahead');
});

describe('a machine whose installed index has a time in the future', () => {
  /** What an earlier release did whatever its clock was: with a clock of that time, this one does it, too. */
  async function installFuture(hours: number): Promise<void> {
    const clock = new FakeClock(here.machine);
    clock.set(hours);
    await here.published.publish(SECOND, inHours(hours - 12));
    const answer = await here.machine.post('', { env: clock.env });
    expect(answer, answer.body).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    expect(Date.parse(answer.result.index?.time ?? '')).toBeGreaterThan(Date.now() + (hours - 13) * HOUR);
  }

  it.each([72, 24 * 365 * 20])('(%d hours ahead) installs the next index', async (hours) => {
    await installFuture(hours);
    const etag = await here.published.publish(THIRD, new Date());
    const answer = await here.machine.post();
    expect(answer, answer.body).toMatchObject({
      status: 200,
      result: { outcome: 'updated', index: { etag } },
    });
    expect(here.machine.read('showcases.yml')).toContain('the third');
    expect(here.machine.mtime('index.sqlite3')).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('installs the next index even if its local index was changed by hand since', async () => {
    await here.installed();
    const db = altered(FIRST, "UPDATE showcases SET name = 'by hand'");
    const { writeFileSync } = await import('node:fs');
    writeFileSync(here.machine.path('index.sqlite3'), db);
    utimesSync(here.machine.path('index.sqlite3'), FUTURE, FUTURE);
    const etag = await here.published.publish(THIRD, LATER);
    const answer = await here.machine.post();
    expect(answer, answer.body).toMatchObject({
      status: 200,
      result: { outcome: 'updated', index: { etag } },
    });
  });

  it('still refuses an index that is older than one of yesterday', async () => {
    await here.published.publish(SECOND, inHours(-24));
    await here.machine.post();
    await here.published.publish(THIRD, inHours(-25));
    const answer = await here.machine.post();
    expect(answer.result).toMatchObject({ outcome: 'failed', error: { code: 'index-older' } });
  });
});

it('a machine whose clock is days behind believes what honest indexes say', async () => {
  const clock = new FakeClock(here.machine);
  clock.set(-72);
  const time = new Date();
  await here.published.publish(SECOND, time);
  const env = clock.env;
  const answer = await here.machine.post('', { env });
  expect(answer.result).toMatchObject({ outcome: 'updated', index: { time: time.toISOString() } });
  expect(answer.body).not.toContain('more than a day ahead');
  await here.published.publish(THIRD, new Date(time.getTime() - 5000));
  expect((await here.machine.post('', { env })).result.error?.code).toBe('index-older');
});
