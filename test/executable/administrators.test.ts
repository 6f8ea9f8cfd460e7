import { statSync, utimesSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../../dev/sample/sample.ts';
import { basic, Machine } from '../support/machine.ts';
import { type Published, startPublished } from '../support/published.ts';

const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;
const EARLIER = new Date('2026-01-02T03:04:05Z');
const LATER = new Date('2026-01-02T03:05:00Z');
const ADMIN = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);
const TOKEN = 'a-token-of-some-length';

let published: Published;
let machine: Machine;
beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());
beforeEach(async () => {
  await published.publish(FIRST, EARLIER);
  machine = new Machine({
    ...published.env,
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'iad',
    FLY_MACHINE_ID: 'd8912',
    UPDATE_CONFIG_TOKEN: TOKEN,
  });
});
afterEach(() => machine.remove());

const mtime = (name: Parameters<Machine['path']>[0]): number => statSync(machine.path(name)).mtimeMs;

/** As if the last load of Navigator were long ago. */
function settle(): void {
  const past = new Date(Date.now() - 60_000);
  utimesSync(machine.path('navigator.yml'), past, past);
}

describe('what only administrators may ask for', () => {
  beforeEach(async () => {
    await machine.post();
    await published.publish(SECOND, LATER);
    settle();
  });

  const as = (authorization?: string) => ({
    env: authorization ? { HTTP_AUTHORIZATION: authorization } : {},
  });

  it.each(['dry_run=1', 'force=1'])(
    '%s is 401 for anybody else, with a challenge, and touches nothing',
    async (query) => {
      const before = machine.snapshot();
      for (const authorization of [
        undefined,
        basic(SAMPLE_ADMINISTRATOR.userid, 'wrong'),
        basic('studio2', 'quickstep'),
        basic('nobody', SAMPLE_ADMINISTRATOR.password),
        basic('', ''),
        'Bearer wrong',
        'Bearer ',
      ]) {
        const answer = await machine.post(query, as(authorization));
        expect(answer, authorization).toMatchObject({ status: 401, exitCode: 1 });
        expect(answer.headers['www-authenticate']).toContain('Basic realm=');
      }
      expect(machine.snapshot()).toEqual(before);
    },
  );

  it('an empty UPDATE_CONFIG_TOKEN lets nobody in', async () => {
    const answer = await machine.post('force=1', {
      env: { UPDATE_CONFIG_TOKEN: '', HTTP_AUTHORIZATION: 'Bearer ' },
    });
    expect(answer.status).toBe(401);
  });

  it.each([ADMIN, `Bearer ${TOKEN}`])(
    'a dry run says what would change with a diff, and changes nothing',
    async (authorization) => {
      const { readdirSync } = await import('node:fs');
      const before = machine.snapshot();
      const state = readdirSync(`${machine.dbDir}/.update_config`, { recursive: true });
      const answer = await machine.post('dry_run=1', as(authorization));
      expect(answer).toMatchObject({ status: 200, exitCode: 0 });
      expect(answer.result).toMatchObject({ outcome: 'dry-run', reload: true });
      expect(answer.result.diff).toMatch(/^\+.*tea-dance/m);
      expect(answer.result.diff).toContain('@@');
      expect(answer.result.files.filter((file) => file.changed).map((file) => file.kind)).toContain(
        'htpasswd',
      );
      expect(machine.snapshot()).toEqual(before);
      expect(readdirSync(`${machine.dbDir}/.update_config`, { recursive: true })).toEqual(state);
    },
  );

  it('force reinstalls and reloads even when nothing changed', async () => {
    await machine.post();
    settle();
    const answer = await machine.post('force=1', as(ADMIN));
    expect(answer.result).toMatchObject({ outcome: 'updated', reload: true });
    expect(answer.result.files.some((file) => file.changed)).toBe(false);
    expect(mtime('navigator.yml')).toBeGreaterThan(Date.now());
  });

  it('is verified against the installed index, not the one in the store', async () => {
    const { openDatabase } = await import('../../src/sqlite.ts');
    const db = openDatabase(SECOND);
    db.prepare("UPDATE users SET sites = 'index' WHERE userid = 'studio2'").run();
    await published.publish(db.serialize(), LATER);
    db.close();
    expect((await machine.post('dry_run=1', as(basic('studio2', 'quickstep')))).status).toBe(401);
    await machine.post();
    expect((await machine.post('dry_run=1', as(basic('studio2', 'quickstep')))).status).toBe(200);
  });
});
