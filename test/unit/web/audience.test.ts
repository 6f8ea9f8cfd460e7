import { expect, it } from 'vitest';
import { type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { ACCOUNTS } from '../../support/web/web-people.ts';

const rig: RequestRig = await startRequests();

it('an owner sees that her studio was renamed, and no row of others that changed with it', async () => {
  const { editor, index } = rig.context;
  const key = rig.studios.owned;
  const studio = (await index.studioByKey(key)) ?? expect.unreachable('no studio');
  const [user] = (await index.users()).rows.filter(({ sites }) => sites.includes(studio.name));
  const { id, version, latitude, longitude } = studio;
  const form = {
    ...{ name: `${studio.name} Anew`, key, latitude: String(latitude), longitude: String(longitude) },
    ...{ locale: '', region: '', logo: '', owner: 'studio1', sisters: [], trustLevel: '' },
  };
  const edit = { kind: 'studio', action: 'update', id, version, form } as const;
  const outcome = await editor.save(edit, { by: ACCOUNTS.administrator.userid, publish: true });
  const change = outcome.kind === 'saved' ? outcome.change : expect.unreachable(JSON.stringify(outcome));
  const { run } = await rig.reaches(change, 'live');
  expect(rig.change(change).rows.some(({ table }) => table === 'users')).toBe(true);
  expect(user?.email).toMatch(/@/);
  for (const path of [`/requests/${change}.json`, `/runs/${run}.json`, '/requests/.json']) {
    const answer = await rig.ask(path, 'owner');
    const text = await answer.text();
    expect([answer.status, text.includes(user?.email ?? '')], path).toEqual([200, false]);
  }
  const all = await (await rig.ask(`/requests/${change}.json`, 'administrator')).json();
  expect(JSON.stringify(all)).toContain(user?.email);
});
