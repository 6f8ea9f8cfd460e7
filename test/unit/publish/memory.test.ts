import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore } from '../../../src/store/store.ts';
import { soundWith } from '../../support/indexes/indexes.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { Admin } from '../../support/publish/admin.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

const FIRST = '2024-03-01T10:00:00Z';
const LATER = '2024-03-02T10:00:00Z';
const withEvent = (key: string) =>
  soundWith({ showcases: [{ id: 2, year: 2025, key, name: key, order: 2, location_id: 1 }] });

let published: Published;
let proxy: FaultProxy;
let ada: Admin;
beforeEach(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
  ada = new Admin(createStore({ ...published.settings, endpoint: proxy.endpoint }), 'ada@office');
});
afterEach(async () => {
  ada.remove();
  await proxy.close();
  await published.close();
});

/** What was asked since the last call, such as `PUT db`. */
const asked = () =>
  proxy.requests.splice(0).map(({ method, path }) => `${method} ${path.split('?')[0]?.split('/').at(-2)}`);

describe('what this host remembers of its publications', () => {
  it('spares a second run of the same index every question but one', async () => {
    ada.put(withEvent('a'), FIRST);
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
    expect(asked().slice(-3)).toEqual(['PUT db', 'GET inventory', 'PUT inventory']);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged' });
    expect(asked()).toEqual(['HEAD db']);
  });

  it('has a changed index sent without a question', async () => {
    ada.put(withEvent('a'), FIRST);
    await ada.publish();
    asked();
    ada.put(withEvent('b'), LATER);
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
    expect(asked()).toEqual(['PUT db', 'GET inventory', 'PUT inventory']);
  });

  it('has the inventory written by the next run where it could not be, and the index not sent again', async () => {
    ada.put(withEvent('a'), FIRST);
    const refused = { kind: 'answer', status: 403 } as const;
    proxy.plan(({ path }) => (path.includes('/inventory/') ? refused : undefined));
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
    expect(ada.notes.join()).toContain('the inventory does not name this index yet');
    proxy.plan(() => undefined);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged' });
    expect(asked()).toEqual(['HEAD db', 'GET inventory', 'PUT inventory']);
    await ada.publish();
    expect(asked()).toEqual(['HEAD db']);
  });

  it('knows the index again that it has sent, but for whose answer it did not live', async () => {
    ada.put(withEvent('a'), FIRST);
    await ada.publish();
    ada.put(withEvent('b'), LATER);
    // Carried out, and no answer comes, however often it is asked.
    proxy.plan(({ method }) =>
      method === 'PUT' ? { kind: 'lost-answer' } : { kind: 'answer', status: 403 },
    );
    await expect(ada.publish()).rejects.toMatchObject({ code: /^store-/ });
    proxy.plan(() => undefined);
    ada.put(withEvent('c'), '2024-03-03T10:00:00Z');
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
  });

  it('is not touched by a dry run', async () => {
    ada.put(withEvent('a'), FIRST);
    await ada.publish({ dryRun: true });
    expect(asked().filter((one) => one.startsWith('PUT'))).toEqual([]);
    expect((await published.store.head('db/index.sqlite3')).kind).toBe('missing');
  });
});
