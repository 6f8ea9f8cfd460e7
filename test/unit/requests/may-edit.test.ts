import { describe, expect, it } from 'vitest';
import type { Edit } from '../../../src/requests/request-model.ts';
import { LiveIndex } from '../../support/requests/live-index.ts';
import { failureOf } from '../../support/suite/failure.ts';

const request = (studio: string): Edit => ({
  kind: 'event',
  action: 'request',
  studio,
  form: { name: 'Gala', firstDay: '2027-05-01', lastDay: '' },
});
const region: Edit = {
  kind: 'region',
  action: 'create',
  form: { type: 'fly', code: 'ams', location: 'Amsterdam', latitude: '52', longitude: '4' },
};
const password = (userid: string): Edit => ({
  kind: 'password',
  action: 'set',
  userid,
  password: 'a new long word',
  own: null,
});

describe('an edit', () => {
  it.each([
    ['olga', 'an event of her studio', request('boston'), true],
    ['olga', 'an event of its sister', request('cambridge'), true],
    ['olga', 'an event of another studio', request('salem'), false],
    ['olga', 'a region', region, false],
    ['olga', 'her password', password('olga'), true],
    ['olga', 'the password of somebody else', password('sue'), false],
    ['ada', 'an event of any studio', request('salem'), true],
    ['ada', 'the password of somebody else', password('sue'), true],
    ['ada', 'a region', region, true],
    ['nobody', 'the password of nobody', password('nobody'), false],
    ['', 'an event', request('boston'), false],
  ] as const)('by %j of %s is made only by right (%#)', async (by, _, edit, isAllowed) => {
    const index = new LiveIndex();
    const before = index.digest();
    const saving = index.editor.save(edit, { by, publish: true });
    if (isAllowed) expect((await saving).kind).toBe('saved');
    else {
      expect(await failureOf(() => saving)).toMatchObject({ code: 'forbidden' });
      expect([index.digest(), index.log.entries]).toEqual([before, []]);
    }
  });

  it('is refused to somebody whose right was taken away since the page was made', async () => {
    const index = new LiveIndex();
    expect((await index.editor.preview(request('boston'))).kind).toBe('possible');
    index.use((db) => db.exec('UPDATE locations SET user_id = NULL'));
    const failure = await failureOf(() =>
      index.editor.save(request('boston'), { by: 'olga', publish: true }),
    );
    expect(failure).toMatchObject({
      code: 'forbidden',
      hint: expect.stringContaining('Nothing was changed'),
    });
  });
});
