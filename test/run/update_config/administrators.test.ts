import { beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { basic } from '../../support/machine/machine.ts';
import { FLY_MACHINE, LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const ADMIN = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);
const TOKEN = 'a-token-of-some-length';

/** Who is no administrator. */
const OTHERS = [
  undefined,
  basic(SAMPLE_ADMINISTRATOR.userid, 'wrong'),
  basic('studio2', 'quickstep'),
  basic('nobody', SAMPLE_ADMINISTRATOR.password),
  basic('', ''),
  'Bearer wrong',
  'Bearer ',
];

useSource();
const here = useMachine({ ...FLY_MACHINE, UPDATE_CONFIG_TOKEN: TOKEN });

describe('a request of an administrator', () => {
  beforeEach(async () => {
    await here.installed();
    await here.published.publish(SECOND, LATER);
    here.machine.settle();
  });

  const as = (authorization?: string) => ({
    env: authorization ? { HTTP_AUTHORIZATION: authorization } : {},
  });

  // Both ask the same: whoever it is that may, all kinds of them are turned away for one, and one of each for the other.
  it.each([
    ['dry_run=1', OTHERS],
    ['force=1', [undefined, OTHERS[1], 'Bearer wrong']],
  ] as const)(
    'for %s gets 401 with a challenge from anybody else, and touches nothing',
    async (query, others) => {
      const before = here.machine.snapshot();
      for (const authorization of others) {
        const answer = await here.machine.post(query, as(authorization));
        expect(answer, authorization).toMatchObject({ status: 401, exitCode: 1 });
        expect(answer.headers['www-authenticate']).toContain('Basic realm=');
      }
      expect(here.machine.snapshot()).toEqual(before);
    },
  );

  it('is not authorized by an empty UPDATE_CONFIG_TOKEN', async () => {
    const answer = await here.machine.post('force=1', {
      env: { UPDATE_CONFIG_TOKEN: '', HTTP_AUTHORIZATION: 'Bearer ' },
    });
    expect(answer.status).toBe(401);
  });

  it.each([ADMIN, `Bearer ${TOKEN}`])(
    'for a dry run shows the changes as a diff, and changes nothing',
    async (authorization) => {
      const { readdirSync } = await import('node:fs');
      const before = here.machine.snapshot();
      const state = readdirSync(`${here.machine.dbDir}/.update_config`, { recursive: true });
      const answer = await here.machine.post('dry_run=1', as(authorization));
      expect(answer).toMatchObject({ status: 200, exitCode: 0 });
      expect(answer.result).toMatchObject({ outcome: 'dry-run', reload: true });
      expect(answer.result.diff).toMatch(/^\+.*tea-dance/m);
      expect(answer.result.diff).toContain('@@');
      expect(answer.result.files.filter((file) => file.changed).map((file) => file.kind)).toContain(
        'htpasswd',
      );
      expect(here.machine.snapshot()).toEqual(before);
      expect(readdirSync(`${here.machine.dbDir}/.update_config`, { recursive: true })).toEqual(state);
    },
  );

  it('for a dry run ignores what the application wrote into the local index, as the update does', async () => {
    await here.machine.post();
    const db = openDatabase(here.machine.path('index.sqlite3'));
    db.exec("UPDATE users SET email = 'ada@elsewhere.example' WHERE userid = 'ada'");
    db.close();
    const answer = await here.machine.post('dry_run=1', as(ADMIN));
    expect(answer.result).toMatchObject({ outcome: 'dry-run', reload: true });
    expect((await here.machine.post()).result).toMatchObject({ outcome: 'updated', reload: true });
  });

  it('with force reinstalls and reloads even if nothing changed', async () => {
    await here.machine.post();
    here.machine.settle();
    const began = Date.now();
    const answer = await here.machine.post('force=1', as(ADMIN));
    expect(answer.result).toMatchObject({ outcome: 'updated', reload: true });
    expect(answer.result.files.some((file) => file.changed)).toBe(false);
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
  });

  it('is verified against the installed index, not the one in the store', async () => {
    here.machine.isFromSource = false;
    const { openDatabase } = await import('../../../src/database/sqlite.ts');
    const db = openDatabase(SECOND);
    db.prepare("UPDATE users SET sites = 'index' WHERE userid = 'studio2'").run();
    await here.published.publish(db.serialize(), LATER);
    db.close();
    expect((await here.machine.post('dry_run=1', as(basic('studio2', 'quickstep')))).status).toBe(401);
    await here.machine.post();
    expect((await here.machine.post('dry_run=1', as(basic('studio2', 'quickstep')))).status).toBe(200);
  });
});
