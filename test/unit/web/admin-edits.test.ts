import { beforeAll, describe, expect, it } from 'vitest';
import { type AdminScene, startAdminScene } from '../../support/web/admin-scene.ts';
import {
  confirmForm,
  type Fields,
  formIn,
  pageOf,
  type Sent,
  sendForm,
  textIn,
} from '../../support/web/page-form.ts';

let scene: AdminScene;

beforeAll(async () => {
  scene = await startAdminScene();
});

const send = (path: string, typed: Fields, page?: string): Promise<Sent> =>
  sendForm(scene.server, path, typed, page);
const lastChange = () => scene.server.context.runs.changes({ limit: 1 }).rows[0];

const confirmed = (path: string, typed: Fields): Promise<Sent> => confirmForm(scene.server, path, typed);

describe('an event', () => {
  it('is created, stays pending, is shown by its page and its list, and is deleted', async () => {
    const { server } = scene;
    const typed = { studio: server.studios.owned, name: 'Winter Ball', firstDay: '2027-12-04', do: 'save' };
    const created = await confirmed('/admin/events/new', typed);
    expect([created.status, lastChange()?.state]).toEqual([303, 'pending']);
    const path = created.to ?? '';
    expect(textIn(await pageOf(server, path))).toContain('Saved, not published');
    expect(formIn(await pageOf(server, path), /\/events\/\d+$/)).toMatchObject({
      name: 'Winter Ball',
      firstDay: '2027-12-04',
      lastDay: '',
      key: 'winter-ball',
      year: '',
      studio: server.studios.owned,
    });
    expect(await pageOf(server, '/admin/events/?text=winter&year=2027')).toContain('>Winter Ball</a>');
    const deletion = await pageOf(server, `${path}/delete`);
    expect(textIn(deletion)).toContain('no longer answers');
    const deleted = await send(`${path}/delete`, { do: 'save' }, deletion);
    expect([deleted.status, deleted.to]).toEqual([303, '/admin/events/']);
    await pageOf(server, path, 404);
  });

  it('that is saved and published leads to its request, and joins a run', async () => {
    const typed = {
      studio: scene.server.studios.owned,
      name: 'Live Ball',
      firstDay: '2027-11-06',
      do: 'publish',
    };
    const created = await confirmed('/admin/events/new', typed);
    const change = lastChange();
    expect(created.to).toBe(`/requests/${change?.id}`);
    expect(change?.run).not.toBeNull();
  });

  it('with an old date in words keeps it, unless a day is typed', async () => {
    const event = (await scene.server.context.index.events({ text: 'saturday' })).rows[0];
    const path = `/admin/events/${event?.id}`;
    const saved = await confirmed(path, { name: 'Renamed in words', do: 'save' });
    expect(saved.status).toBe(303);
    const after = await scene.server.context.index.event(Number(event?.id));
    expect([after?.name, after?.date, after?.year]).toEqual(['Renamed in words', event?.date, event?.year]);
  });

  it('that nobody changed is saved without a change in the history', async () => {
    const before = lastChange()?.id;
    const saved = await send('/admin/events/3', { do: 'save' });
    expect([saved.status, saved.to, lastChange()?.id]).toEqual([303, '/admin/events/3', before]);
  });

  it('that is moved says so before, and does it only then', async () => {
    const path = '/admin/events/20';
    const before = await scene.server.context.index.event(20);
    const asked = await send(path, { key: 'moved-key', do: 'save' });
    expect(asked.status).toBe(200);
    expect(textIn(asked.page)).toMatch(/moves from \S+ to \S+moved-key/);
    expect((await scene.server.context.index.event(20))?.key).toBe(before?.key);
    const back = await send(path, { do: 'form' }, asked.page);
    expect(formIn(back.page, /\/events\/20$/)).toMatchObject({ key: 'moved-key' });
    expect((await send(path, { do: 'save' }, asked.page)).status).toBe(303);
    expect((await scene.server.context.index.event(20))?.key).toBe('moved-key');
  });
});

describe('the events of a studio and a year', () => {
  it('are put in another order, which is a change like any other', async () => {
    const { index } = scene.server.context;
    const namesNow = async (): Promise<string[]> =>
      ((await index.eventsOfStudio('chicago'))[0]?.events ?? []).map(({ name }) => name);
    const [first, second, ...others] = await namesNow();
    const [events] = await index.eventsOfStudio('chicago');
    const page = await pageOf(scene.server, `/admin/events/${events?.events[1]?.id}`);
    const before = String(events?.events[0]?.id);
    const moved = await send(`/admin/events/${events?.events[1]?.id}/move`, { before }, page);
    expect([moved.status, await namesNow()]).toEqual([303, [second, first, ...others]]);
    expect(lastChange()).toMatchObject({ kind: 'event', action: 'update', state: 'pending' });
  });
});

describe('a studio', () => {
  it('is shown on the map where it is, with the nearest region, also as it is typed', async () => {
    const { server } = scene;
    const studio = (await server.context.index.studioByKey(server.studios.owned)) ?? expect.unreachable();
    const page = await pageOf(server, `/admin/studios/${studio.id}`);
    expect(page).toContain('circle class="studio here"');
    expect(textIn(page)).toContain('The nearest region is iad');
    const answer = await server.ask('/admin/place?latitude=48.85&longitude=2.35', 'administrator');
    const place = (await answer.json()) as { nearest: string; html: string };
    expect(place.nearest).toBe('fra');
    expect(place.html).toContain('Map of Europe');
  });

  it('that is renamed takes along the lists of its users, and says so before', async () => {
    const { index } = scene.server.context;
    const studio = (await index.studio(4)) ?? expect.unreachable();
    const [user] = (await index.users({ site: studio.name })).rows;
    const asked = await send('/admin/studios/4', { name: 'Renamed Studio', do: 'save' });
    expect(textIn(asked.page)).toContain(`"${studio.name}" is called "Renamed Studio"`);
    expect((await send('/admin/studios/4', { do: 'save' }, asked.page)).status).toBe(303);
    expect((await index.user(user?.id ?? 0))?.sites).toContain('Renamed Studio');
  });

  it('keeps its owner, its sisters and its region as they are chosen', async () => {
    const { index } = scene.server.context;
    const [other] = (await index.studios({ text: 'denver' })).rows;
    const typed = {
      owner: 'studio4',
      sisters: [other?.name ?? '', 'Boston'],
      region: 'iad',
      locale: 'de_DE',
    };
    const saved = await confirmed('/admin/studios/12', { ...typed, do: 'save' });
    expect(saved.status).toBe(303);
    expect(await index.studio(12)).toMatchObject({ ...typed, sisters: [other?.name, 'Boston'] });
    const again = formIn(await pageOf(scene.server, '/admin/studios/12'), /\/studios\/12$/);
    expect([...(again['sisters'] ?? [])].sort()).toEqual(['Boston', other?.name ?? ''].sort());
  });

  it('goes with its events, which its page names before', async () => {
    const { index } = scene.server.context;
    const studio = (await index.studio(7)) ?? expect.unreachable();
    const deletion = await pageOf(scene.server, '/admin/studios/7/delete');
    expect(textIn(deletion)).toMatch(/\d events go, whose addresses no longer answer/);
    expect((await send('/admin/studios/7/delete', { do: 'save' }, deletion)).status).toBe(303);
    expect((await index.events({ studio: studio.key })).total).toBe(0);
  });
});

describe('a user', () => {
  it('is created with what may be entered, and says that a password is missing', async () => {
    const typed = {
      userid: 'new-user',
      email: 'new@example.com',
      name1: 'Nell',
      sites: ['Boston', 'Denver'],
    };
    const created = await confirmed('/admin/users/new', { ...typed, do: 'save' });
    expect(created.status).toBe(303);
    const page = await pageOf(scene.server, created.to ?? '');
    expect(textIn(page)).toContain('None: cannot log in');
    expect(formIn(page, /\/users\/\d+$/)).toMatchObject(typed);
  });

  it('with mistakes is not saved; every field keeps what was typed', async () => {
    const typed = { userid: 'two words', email: 'nobody', name1: '<Nell>', sites: 'Boston' };
    const refused = await send('/admin/users/new', { ...typed, do: 'save' });
    expect(refused.status).toBe(422);
    expect(refused.page).toContain('role="alert" tabindex="-1" data-focus');
    expect(refused.page).toContain('href="#field-userid"');
    const kept = formIn(refused.page, /\/users\/new$/);
    expect(kept).toMatchObject(typed);
  });

  it('who is the last administrator cannot be deleted', async () => {
    const { rows } = await scene.server.context.index.users({ site: 'index' });
    const path = `/admin/users/${rows[0]?.id}/delete`;
    const refused = await send(path, { do: 'save' });
    expect(refused.status).toBe(422);
    expect(textIn(refused.page)).toContain('last administrator');
  });
});

describe('a region', () => {
  it('is created, and the studios that name it are sent elsewhere before it is deleted', async () => {
    const { index } = scene.server.context;
    const typed = {
      type: 'fly',
      code: 'tst',
      location: 'Testville',
      latitude: '1.5',
      longitude: '-2',
      do: 'save',
    };
    const created = await confirmed('/admin/regions/new', typed);
    expect(created.status).toBe(303);
    expect((await confirmed('/admin/studios/15', { region: 'tst', do: 'save' })).status).toBe(303);
    const path = `${created.to}/delete`;
    const asked = await send(path, { studiosTo: 'iad', do: 'save' });
    expect([asked.status, textIn(asked.page)]).toEqual([200, expect.stringContaining('will name iad')]);
    const deleted = await send(path, { studiosTo: 'iad', do: 'save' }, asked.page);
    expect(deleted.status).toBe(303);
    expect((await index.studio(15))?.region).toBe('iad');
  });
});
