import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { type Change, DEPLOYMENT, type Run } from '../../../src/runs/run-model.ts';
import { involvementOf } from '../../../src/web/involved.ts';
import { ACCOUNTS } from '../../support/web/web-people.ts';
import { startWeb } from '../../support/web/web-server.ts';

const change = (id: string, by: string, studio: string | null) => ({ id, by, studio, run: 'run' }) as Change;
const CHANGES = [change('of-ada', 'ada', null), change('of-boston', 'bob', 'boston')];

/** A run that `carl` has asked for, with a change of `ada` and one for a studio. */
const RUNS = {
  run: (id: string) => (id === 'run' ? ({ id, by: 'carl' } as Run) : null),
  change: (id: string) => CHANGES.find((one) => one.id === id) ?? null,
  changesOf: () => CHANGES,
};
const person = (userid: string, owned: string | null = null) => ({
  userid,
  rights: { isAdministrator: false, studios: [], owns: (key: string) => key === owned },
});

describe('somebody', () => {
  it.each([
    ['who has asked for a change', person('ada'), 'of-ada', 'involved'],
    ['who owns the studio of a change', person('dora', 'boston'), 'of-boston', 'involved'],
    ['who owns another studio', person('dora', 'raleigh'), 'of-boston', 'stranger'],
    ['who has asked for another change', person('ada'), 'of-boston', 'stranger'],
    ['who has asked for the run', person('carl'), 'run', 'involved'],
    ['who has asked for a change of the run', person('ada'), 'run', 'involved'],
    ['who owns a studio in the run', person('dora', 'boston'), 'run', 'involved'],
    ['who has nothing in the run', person('dora'), 'run', 'stranger'],
    ['who asks for nothing that is', person('ada'), 'nothing', 'missing'],
    ['without a name', person(''), 'run', 'stranger'],
  ])('%s is as it should be', (_, who, id, expected) => {
    expect(involvementOf(who, id, RUNS)).toBe(expected);
  });
});

it('a deployment is nobody’s who is not an administrator any more: it is neither shown nor done again', async () => {
  const env = { DEPLOY_COMMAND: 'false', APP_SOURCE: '/' };
  const { context, indexPath, ask, post } = await startWeb({ env });
  const { runs } = context;
  const change = runs.publish(ACCOUNTS.administrator.userid, 'administrator', DEPLOYMENT);
  const run = runs.change(change)?.run ?? '';
  await expect.poll(() => runs.run(run)?.state).toBe('failed');
  expect((await ask(`/runs/${run}`, 'administrator')).status).toBe(200);
  const db = openDatabase(indexPath);
  db.prepare('UPDATE users SET sites = NULL WHERE userid = ?').run(ACCOUNTS.administrator.userid);
  db.close();
  for (const path of [`/runs/${run}`, `/requests/${change}`]) {
    expect((await ask(path, 'administrator')).status).toBe(403);
    expect((await post(`${path}/retry`, {}, 'administrator')).status).toBe(403);
  }
  expect(runs.runs().total).toBe(1);
});
