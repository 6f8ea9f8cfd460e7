import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSyncSettings } from '../../../src/sync/sync-settings.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';
import { never } from '../../support/store/fault-proxy.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { eventIndex, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { FakeClock } from '../../support/system/fake-clock.ts';

const NO_DEADLINE = 'must be a number of seconds above 0 and up to 86400';

useSource();
let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: ['newton', "o'brien+sons"] }));
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

const stop = (name: string, env: Record<string, string> = {}) =>
  iad.script('tenant-stop', [], { env: { RAILS_APP_DB: name, ...env } });

describe('scripts/tenant-stop', () => {
  it('uploads the database of that tenant alone', async () => {
    iad.isFromSource = false;
    for (const name of ['2026-boston', '2026-newton']) iad.write(name, name);
    // As Navigator gives it to the hook, beside the tenant's own variables.
    const { exitCode, stdout } = await stop('2026-newton', {
      DATABASE_URL: `sqlite3://${iad.tenant('2026-boston')}`,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('2026-newton: changed, uploaded');
    expect(await store.event('2026-newton')).toBe('2026-newton');
    expect(await store.event('2026-boston')).toBeNull();
    expect(Object.keys((await store.inventory('iad')) ?? {})).toEqual(['2026-newton.sqlite3']);
  });

  it('takes names of all letters that a key may have', async () => {
    iad.write("2026-o'brien+sons", 'first');
    expect((await stop("2026-o'brien+sons.sqlite3")).exitCode).toBe(0);
    expect(await store.event("2026-o'brien+sons")).toBe('first');
  });

  it.each([
    ['index', 'no event has a database named '],
    ['demo', 'no event has a database named '],
    ['2026-sydney', 'belongs to the region syd, and this machine to iad'],
    ['../../etc/passwd', 'no event has a database named '],
    ['2026-boston\nSummary: done', 'no event has a database named '],
  ])('does nothing for %j, and says why', async (name, why) => {
    iad.write('2026-sydney', 'first');
    const { exitCode, stdout } = await stop(name);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(why);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(store.requests()).toEqual([]);
  });

  it('uploads nothing outside Fly, and says so', async () => {
    iad.write('2026-boston', 'first');
    const kamal = { FLY_APP_NAME: '', FLY_REGION: '', KAMAL_CONTAINER_NAME: 'showcase-web' };
    const { exitCode, stdout } = await stop('2026-boston', kamal);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"2026-boston" is a copy here: only Fly machines upload; nothing to do');
    expect(store.requests()).toEqual([]);
  });

  it('says what it would upload, and does not, in an app other than UPLOADING_APP', async () => {
    iad.write('2026-boston', 'first');
    const trial = { FLY_APP_NAME: 'smooth-trial' };
    const { exitCode, stdout } = await stop('2026-boston', trial);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('2026-boston: would-change, would be uploaded, new in the store');
    expect(await store.etag('2026-boston')).toBeNull();
    expect(await stop('2026-boston', { ...trial, UPLOADING_APP: 'smooth-trial' })).toMatchObject({
      exitCode: 0,
    });
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('fails without RAILS_APP_DB, and names it', async () => {
    const { exitCode, stdout } = await stop('');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (config-invalid): RAILS_APP_DB is not set');
  });

  it('does not upload again a database that idle is just uploading', async () => {
    iad.isFromSource = false;
    iad.write('2026-boston', 'first');
    const [begun, go] = [makeGate(), makeGate()];
    store.proxy.plan(async ({ method }) => {
      if (method !== 'PUT') return undefined;
      begun.open();
      await go.opened;
      return undefined;
    });
    const idle = iad.script('idle');
    await begun.opened;
    const other = stop('2026-boston');
    go.open();
    expect((await Promise.all([idle, other])).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(store.requests().filter((line) => line === 'PUT db/2026-boston.sqlite3')).toHaveLength(1);
  });

  it('leaves all of six tenants in the inventory if six run at once', async () => {
    asBuilt();
    iad.remove();
    const keys = Array.from({ length: 6 }, (_, at) => `studio-${at}`);
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    for (const key of keys) iad.write(`2026-${key}`, key);
    store.proxy.plan(never);
    const answers = await Promise.all(keys.map((key) => stop(`2026-${key}`)));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual(keys.map(() => 0));
    const inventory = await store.inventory('iad');
    expect(Object.keys(inventory ?? {}).sort()).toEqual(keys.map((key) => `2026-${key}.sqlite3`));
    for (const key of keys) {
      expect(inventory?.[`2026-${key}.sqlite3`]?.['etag']).toBe(await store.etag(`2026-${key}`));
    }
  });
});

describe('the scripts that upload', () => {
  it.each(['idle', 'tenant-stop', 'sync-databases'] as const)(
    '%s explains itself, and refuses options it does not know',
    async (name) => {
      const help = await iad.script(name, ['--help']);
      expect(help.exitCode).toBe(0);
      expect(help.stdout).toContain(`Usage: ${name}`);
      expect((await iad.script(name, ['--nonsense'])).exitCode).toBe(2);
    },
  );

  it('refuse a deadline that is not a number', async () => {
    const { exitCode, stdout } = await stop('2026-boston', { IDLE_DEADLINE: 'soon' });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`Failed (config-invalid): IDLE_DEADLINE is "soon"; it ${NO_DEADLINE}\n`);
  });

  it.each([
    ['IDLE_DEADLINE', '-1'],
    ['IDLE_DEADLINE', '0'],
    ['TENANT_STOP_DEADLINE', '1e9'],
  ])('refuse %s=%s', async (variable, value) => {
    expect(await failureOf(() => readSyncSettings({ [variable]: value }))).toMatchObject({
      code: 'config-invalid',
      message: `${variable} is ${JSON.stringify(value)}; it ${NO_DEADLINE}`,
    });
  });

  it.each([
    ['idle', 'IDLE_DEADLINE'],
    ['tenant-stop', 'TENANT_STOP_DEADLINE'],
  ] as const)('%s names the setting of its own when its time is up', async (name, variable) => {
    iad.write('2026-boston', 'first');
    const clock = new FakeClock(iad, { monotonic: true });
    store.proxy.plan(() => {
      clock.letPass(50, hook);
      return { kind: 'hang', after: 'request' };
    });
    const env = { ...clock.env, RAILS_APP_DB: '2026-boston', [variable]: '50' };
    const hook = new RunProcess(iad, { executable: SCRIPTS[name], args: [], env });
    const { exitCode, stdout } = await hook.answered;
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'Failed (out-of-time): the limit of 50 s was reached; 1 not uploaded: 2026-boston',
    );
    expect(stdout).toContain(`raise ${variable} (seconds)`);
  });

  it('fail without an index, and say so', async () => {
    const bare = new Region('iad', store.env, Buffer.alloc(0));
    const { exitCode, stdout } = await bare.script('idle');
    bare.remove();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/Failed \(index-(missing|invalid)\)/);
  });
});
