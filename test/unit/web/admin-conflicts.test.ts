import { beforeAll, describe, expect, it } from 'vitest';
import { type AdminScene, startAdminScene } from '../../support/web/admin-scene.ts';
import { confirmForm, formIn, pageOf, sendForm, textIn } from '../../support/web/page-form.ts';

let scene: AdminScene;

beforeAll(async () => {
  scene = await startAdminScene();
});

describe('two people who edit one row', () => {
  it('lose nothing: the second sees what changed, and what was typed and what was not come together', async () => {
    const path = '/admin/users/10';
    const mine = await pageOf(scene.server, path);
    const other = await sendForm(scene.server, path, {
      email: 'other@example.com',
      name2: 'Other',
      do: 'save',
    });
    expect(other.status).toBe(303);
    const refused = await sendForm(
      scene.server,
      path,
      { email: 'mine@example.com', name1: 'Mine', do: 'save' },
      mine,
    );
    expect(refused.status).toBe(409);
    const text = textIn(refused.page);
    expect(text).toContain('ada changed this');
    expect(text).toContain('other@example.com');
    expect(formIn(refused.page, /\/users\/10$/)).toMatchObject({
      email: 'mine@example.com',
      name1: 'Mine',
      name2: 'Other',
    });
    expect((await sendForm(scene.server, path, { do: 'save' }, refused.page)).status).toBe(303);
    const user = await scene.server.context.index.user(10);
    expect([user?.email, user?.name1, user?.name2]).toEqual(['mine@example.com', 'Mine', 'Other']);
  });

  it('of whom one has deleted it leave the other with a form for a new one', async () => {
    const path = '/admin/users/11';
    const mine = await pageOf(scene.server, path);
    expect((await confirmForm(scene.server, `${path}/delete`, { do: 'save' })).status).toBe(303);
    const gone = await sendForm(scene.server, path, { name1: 'Typed on', do: 'save' }, mine);
    expect([gone.status, textIn(gone.page)]).toEqual([
      404,
      expect.stringContaining('deleted this user meanwhile'),
    ]);
    expect(formIn(gone.page, /\/users\/new$/)).toMatchObject({ name1: 'Typed on' });
  });

  it('of whom one deletes what the other has just changed are asked again', async () => {
    const path = '/admin/users/12/delete';
    const mine = await pageOf(scene.server, path);
    expect(
      (await confirmForm(scene.server, '/admin/users/12', { name1: 'Changed', do: 'save' })).status,
    ).toBe(303);
    const refused = await sendForm(scene.server, path, { do: 'save' }, mine);
    expect([refused.status, textIn(refused.page)]).toEqual([
      409,
      expect.stringContaining('Changed meanwhile'),
    ]);
    expect(await scene.server.context.index.user(12)).not.toBeNull();
    expect((await sendForm(scene.server, path, { do: 'save' }, refused.page)).status).toBe(303);
  });
});

describe('a program', () => {
  const json = (path: string, body: object): Promise<Response> =>
    scene.server.ask(path, 'administrator', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    });

  it('saves a row by what it has read, and is told the run', async () => {
    const read = await scene.server.ask('/admin/users/20.json', 'administrator');
    const { id: _, ...row } = (await read.json()) as { id: number };
    const saved = await json('/admin/users/20', { ...row, name1: 'By program', do: 'publish' });
    expect(saved.status).toBe(200);
    expect(await saved.json()).toMatchObject({ id: 20, saved: true, run: expect.any(String) });
  });

  it('is told problems, other changes and what follows as values', async () => {
    const invalid = await json('/admin/users/new', { userid: '', do: 'save' });
    expect([invalid.status, await invalid.json()]).toEqual([422, { problems: expect.any(Array) }]);
    const stale = { version: 'old', userid: 'studio20', email: 'x@example.com', do: 'save' };
    const conflict = await json('/admin/users/21', stale);
    expect([conflict.status, await conflict.json()]).toMatchObject([409, { theirs: { userid: 'studio20' } }]);
  });
});
