import { describe, expect, it } from 'vitest';
import { readHookSettings } from '../../../src/webhooks/hook-settings.ts';
import { type GithubRules, readAsked, readGithub, readObject } from '../../../src/webhooks/read-hook.ts';
import { readNotification } from '../../../src/webhooks/read-notification.ts';
import { amazon, push, tigris } from '../../support/webhooks/hook-sender.ts';

const RULES: GithubRules = {
  events: ['push', 'release', 'workflow_run', 'repository_dispatch'],
  branches: null,
};
const PLACE = { bucket: 'showcase', key: 'db/index.sqlite3' };
type Fields = Record<string, unknown>;

describe('a body of our own form', () => {
  it.each([
    ['nothing at all', {}, null],
    ['a target', { target: 'kamal' }, 'kamal'],
    ['a type and a target in its data', { type: 'update.requested', data: { target: 'fly' } }, 'fly'],
  ])('with %s asks for an update', (_, fields, target) => {
    expect(readAsked(fields as Fields)).toEqual({ kind: 'run', target, by: 'hook:update' });
  });

  it('of another type asks for nothing', () => {
    expect(readAsked({ type: 'invoice.paid' }).kind).toBe('nothing');
  });

  it.each([
    ['type', { type: 7 }],
    ['target', { target: ['fly'] }],
  ])('whose %s is not a text is wrong', (field, fields) => {
    expect(readAsked(fields)).toMatchObject({ kind: 'wrong', field });
  });

  it.each(['[]', '"text"', 'null', '{', '[[[['])('%s is not an object', (text) => {
    expect(readObject(Buffer.from(text))).toBeNull();
  });
});

describe('a delivery of GitHub', () => {
  const wish = (event: string, fields: object, rules: Partial<GithubRules> = {}) =>
    readGithub(event, fields as Fields, { ...RULES, ...rules }).kind;
  const workflow = (run: object, more: object = {}) => ({
    action: 'completed',
    repository: { id: 7, default_branch: 'main' },
    workflow_run: { conclusion: 'success', head_branch: 'main', head_repository: { id: 7 }, ...run },
    ...more,
  });

  it.each([
    ['a push to the default branch', 'push', push('main')],
    ['a release', 'release', { action: 'published', release: { prerelease: false } }],
    ['a workflow that succeeded there', 'workflow_run', workflow({})],
    ['a dispatch', 'repository_dispatch', { action: 'update', client_payload: {} }],
  ])('of %s asks for an update', (_, event, fields) => {
    expect(wish(event, fields)).toBe('run');
  });

  it.each([
    ['a ping', 'ping', { zen: 'Keep it logically awesome.' }],
    ['an event that is not among the settings', 'issues', { action: 'opened' }],
    ['a push to another branch', 'push', push('topic')],
    ['a push of a tag', 'push', { ...push('main'), ref: 'refs/tags/main' }],
    ['a branch that was deleted', 'push', push('main', { deleted: true })],
    ['a push without a repository', 'push', { ref: 'refs/heads/' }],
    ['a draft of a release', 'release', { action: 'created' }],
    ['a release before others', 'release', { action: 'published', release: { prerelease: true } }],
    ['a release that says nothing of itself', 'release', { action: 'published' }],
    ['a push that is called a dispatch', 'repository_dispatch', push('topic')],
    ['an issue that is called a dispatch', 'repository_dispatch', { action: 'opened', issue: {} }],
    ['a workflow that failed', 'workflow_run', workflow({ conclusion: 'failure' })],
    ['a workflow that began', 'workflow_run', workflow({}, { action: 'requested' })],
    [
      'a workflow of a copy whose branch has that name',
      'workflow_run',
      workflow({ head_repository: { id: 8 } }),
    ],
    ['a workflow of nobody', 'workflow_run', workflow({ head_repository: null }, { repository: {} })],
  ])('of %s asks for nothing', (_, event, fields) => {
    expect(wish(event, fields)).toBe('nothing');
  });

  it('of a workflow that names no repository asks for nothing, whatever branches are set', () => {
    const fields = workflow({ head_repository: null }, { repository: {} });
    expect(wish('workflow_run', fields, { branches: ['main'] })).toBe('nothing');
    expect(wish('workflow_run', workflow({}), { branches: ['main'] })).toBe('run');
  });

  it('goes by the branches that are set', () => {
    const branches = ['production', 'release/1.0'];
    expect(wish('push', push('release/1.0'), { branches })).toBe('run');
    expect(wish('push', push('main'), { branches })).toBe('nothing');
  });

  it('goes by the events that are set, push alone where none are', () => {
    const { github } = readHookSettings({});
    expect(github).toEqual({ events: ['push'], branches: null });
    expect(wish('release', { action: 'published' }, github)).toBe('nothing');
  });
});

describe('a notification', () => {
  const etag = 'd41d8cd98f00b204e9800998ecf8427e';

  it.each([
    ['of Tigris', tigris(etag)],
    ['of Amazon S3', amazon(etag)],
    ['of Amazon S3 with an encoded key', amazon(etag, {}, 'db%2Findex.sqlite3')],
    [
      'of MinIO',
      { EventName: 's3:ObjectCreated:Put', ...amazon(etag, { eventName: 's3:ObjectCreated:Put' }) },
    ],
    ['with an ETag in quotes', amazon(`"${etag}"`)],
    [
      'of EventBridge',
      {
        'detail-type': 'Object Created',
        time: '2026-11-30T20:00:00Z',
        detail: { bucket: { name: 'showcase' }, object: { key: 'db/index.sqlite3', etag, sequencer: '1' } },
      },
    ],
  ])('%s names the index that was written', (_, body) => {
    expect(readNotification(body as Fields, PLACE)?.etag).toBe(etag);
  });

  it.each([
    ['of another object', tigris(etag, {}, 'db/2026-boston.sqlite3')],
    ['of another bucket', tigris(etag, { bucket: 'other' })],
    ['of a deletion', tigris(etag, { eventName: 'OBJECT_DELETED' })],
    ['that Amazon tries whether it arrives', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
    ['of a key that is not encoded well', amazon(etag, {}, 'db/%E0%A4%A')],
    ['without an ETag', tigris('')],
    ['of nonsense', { Records: [null, 7, { s3: [] }], events: 'many' }],
  ])('%s is about something else', (_, body) => {
    expect(readNotification(body as Fields, PLACE)).toBeNull();
  });

  it('of two writes of the same bytes in one moment has two names', () => {
    const [one, two] = ['1', '2'].map((sequencer) => {
      const body = amazon(etag) as { Records: { s3: { object: object } }[] };
      for (const { s3 } of body.Records) Object.assign(s3.object, { sequencer });
      return readNotification(body as unknown as Fields, PLACE)?.id;
    });
    expect(one).not.toBe(two);
  });

  it('of several events names the last one, however they are ordered', () => {
    const [first] = (tigris('first', { eventTime: '2026-11-30T20:00:01Z' }) as { events: object[] }).events;
    const [last] = (tigris('last', { eventTime: '2026-11-30T20:00:02Z' }) as { events: object[] }).events;
    expect(readNotification({ events: [last, first] }, PLACE)?.etag).toBe('last');
  });
});
