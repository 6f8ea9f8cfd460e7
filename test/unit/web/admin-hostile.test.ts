import { beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_NAMES } from '../../support/browser/hostile-index.ts';
import { type AdminScene, startAdminScene } from '../../support/web/admin-scene.ts';
import { hostileIndex } from '../../support/web/hostile-scene.ts';
import { formIn, pageOf, sendForm } from '../../support/web/page-form.ts';

let scene: AdminScene;

/** Those that would be markup if they were not escaped. */
const MARKUP = HOSTILE_NAMES.filter((name) => name.includes('<'));

beforeAll(async () => {
  scene = await startAdminScene(hostileIndex());
});

/** No element, attribute or comment of a hostile name is in the markup: each tag of a page is one of ours. */
function expectHarmless(path: string, page: string): void {
  for (const name of MARKUP) expect(page.includes(name) ? [path, name] : null).toBeNull();
  const tags = page.match(/<[^>]*>/g) ?? [];
  for (const tag of tags)
    expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(
      / on\w+=|<iframe|<base|<script(?! src="" defer>)|srcdoc|<!--/i,
    );
}

describe('hostile names', () => {
  it.each([
    '/admin/',
    '/admin/apply',
    '/admin/events/',
    '/admin/studios/',
    '/admin/users/',
    '/admin/regions/',
    '/admin/events/new',
    '/admin/studios/new',
    '/admin/users/new',
    '/admin/regions/new',
  ])('are text on %s', async (path) => {
    expectHarmless(path, await pageOf(scene.server, path));
  });

  it.each(['events', 'studios', 'users', 'regions'])(
    'are text in the forms and before the deletion of %s',
    async (folder) => {
      const rows = JSON.parse(await pageOf(scene.server, `/admin/${folder}.json`)).rows as {
        id: number;
        name?: string;
      }[];
      for (const { id } of rows.slice(0, HOSTILE_NAMES.length)) {
        for (const path of [`/admin/${folder}/${id}`, `/admin/${folder}/${id}/delete`])
          expectHarmless(path, await pageOf(scene.server, path));
      }
    },
  );

  it('are there, as text', async () => {
    expect(await pageOf(scene.server, '/admin/events/')).toContain(
      '&lt;script&gt;window.injected=1&lt;/script&gt;',
    );
    expect(await pageOf(scene.server, '/admin/users/')).toContain('&lt;base href=');
  });

  it('come back from a form as they were typed', async () => {
    for (const name1 of MARKUP) {
      const refused = await sendForm(scene.server, '/admin/users/new', { name1, do: 'save' });
      expect(refused.status).toBe(422);
      expectHarmless('/admin/users/new', refused.page);
      expect(formIn(refused.page, /\/users\/new$/)).toMatchObject({ name1 });
    }
  });

  it('are text in a search, in the history and in the addresses of pages', async () => {
    for (const name of MARKUP) {
      const query = encodeURIComponent(name);
      for (const folder of ['events', 'studios', 'users', 'history', 'history/runs']) {
        const path = `/admin/${folder}/?text=${query}&studio=${query}&site=${query}&target=${query}&by=${query}&kind=${query}`;
        expectHarmless(path, await pageOf(scene.server, path));
      }
    }
    const form = {
      userid: 'plain',
      email: 'plain@example.com',
      name1: MARKUP[0] ?? '',
      name2: '=1+1',
      sites: [],
    };
    const id = await scene.edit({ kind: 'user', action: 'create', form });
    expectHarmless(id, await pageOf(scene.server, `/admin/history/${id}`));
    expectHarmless('history', await pageOf(scene.server, '/admin/history/'));
    expectHarmless('apply', await pageOf(scene.server, '/admin/apply'));
  });

  it('are text where two people edit one row', async () => {
    const path = '/admin/users/5';
    const mine = await pageOf(scene.server, path);
    const [one = '', two = ''] = MARKUP;
    await sendForm(scene.server, path, { name1: one, do: 'save' });
    const refused = await sendForm(scene.server, path, { name1: two, do: 'save' }, mine);
    expect(refused.status).toBe(409);
    expectHarmless(path, refused.page);
  });
});
