import { describe, expect, it } from 'vitest';
import { decideUpload, type Evidence } from '../../../src/sync/decide-upload.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000);
const MD5 = { mine: '0'.repeat(32), other: 'f'.repeat(32) };

const seen = (etag: string, digest: string | null, second = 10) => ({
  etag,
  digest,
  time: at(second),
  at: at(15),
});
const remote = (etag: string, second = 10) => ({ etag, time: at(second), size: 1, exact: true });
/** As the object itself tells. */
const asked = (etag: string, second: number, digest: string | null) => ({ ...remote(etag, second), digest });
const local = (digest: string, second = 20) => ({ digest, modified: at(second), md5: MD5.mine });
/** Uploaded at 15.9 s with a time after that of the upload before it, which was of the same second. */
const justSeen = { etag: '"a"', digest: 'd0', time: at(16), at: at(15.9) };
const intent = (etag: string, digest: string) => ({ etag, digest, time: at(12), date: null });

const evidence = (given: Partial<Evidence>): Evidence => ({
  local: local('d1'),
  remote: null,
  seen: null,
  intents: [],
  raced: false,
  ...given,
});

describe('the decision to upload a database:', () => {
  it.each<[string, Partial<Evidence>, object]>([
    ['new: the store has none', {}, { kind: 'put', replaces: null, time: at(20) }],
    ['deleted in the store', { seen: seen('"a"', 'd1') }, { kind: 'put', replaces: null, time: at(20) }],
    [
      'unchanged since it was seen',
      { remote: remote('"a"'), seen: seen('"a"', 'd1') },
      { kind: 'unchanged', learnt: null },
    ],
    [
      'changed since it was seen',
      { remote: remote('"a"'), seen: seen('"a"', 'd0') },
      { kind: 'put', replaces: '"a"', time: at(20) },
    ],
    [
      'put back as it was before it was seen',
      { local: local('d1', 9), remote: remote('"a"'), seen: seen('"a"', 'd0') },
      { kind: 'newer-in-store', time: at(10) },
    ],
    [
      'changed in the second in which it was seen, on a disk that keeps whole seconds',
      { local: local('d1', 15), remote: remote('"a"', 16), seen: justSeen },
      { kind: 'put', replaces: '"a"', time: at(17) },
    ],
    [
      'put back as it was in the second before it was seen',
      { local: local('d1', 14.9), remote: remote('"a"', 16), seen: justSeen },
      { kind: 'newer-in-store', time: at(16) },
    ],
    [
      'changed, by a clock that is behind: later than what it replaces all the same',
      { remote: remote('"a"', 40), seen: seen('"a"', 'd0', 40) },
      { kind: 'put', replaces: '"a"', time: at(41) },
    ],
    ['changed in the store alone', { remote: remote('"b"'), seen: seen('"a"', 'd1') }, { kind: 'behind' }],
    ['changed in both', { remote: remote('"b"'), seen: seen('"a"', 'd0') }, { kind: 'changed-elsewhere' }],
    [
      'the same bytes in the store, whoever put them there',
      { remote: remote(`"${MD5.mine}"`), seen: seen('"a"', 'd0') },
      { kind: 'unchanged', learnt: { etag: `"${MD5.mine}"`, time: at(10), digest: 'd1' } },
    ],
    [
      'sent before without an answer, and written to since',
      { remote: remote('"b"', 12), seen: seen('"a"', 'd0'), intents: [intent('"b"', 'd0.5')] },
      { kind: 'put', replaces: '"b"', time: at(20) },
    ],
    [
      'sent before without an answer, and not written to since',
      { remote: remote('"b"', 12), seen: seen('"a"', 'd0'), intents: [intent('"b"', 'd1')] },
      { kind: 'unchanged', learnt: { etag: '"b"', time: at(12), digest: 'd1' } },
    ],
    [
      'never seen, newer in the store',
      { remote: remote('"a"', 21) },
      { kind: 'newer-in-store', time: at(21) },
    ],
    ['never seen, older in the store, nobody knows whose', { remote: remote('"a"', 19) }, { kind: 'ask' }],
    [
      'never seen, older in the store, where another program has put it',
      { remote: asked('"a"', 19, null) },
      { kind: 'put', replaces: '"a"', time: at(20) },
    ],
    [
      'never seen, older in the store, where another machine has put it',
      { remote: asked('"a"', 19, 'd0') },
      { kind: 'changed-elsewhere' },
    ],
    ['never seen, of the same second, nobody knows whose', { remote: remote('"a"', 20) }, { kind: 'ask' }],
    [
      'never seen, of the same second, where another program has put it',
      { remote: asked('"a"', 20, null) },
      { kind: 'unchanged', learnt: { etag: '"a"', time: at(20), digest: 'd1' } },
    ],
    [
      'never seen, of the same second, where another machine has put something else',
      { remote: asked('"a"', 20, 'd0') },
      { kind: 'changed-elsewhere' },
    ],
    [
      'never seen, and what another machine has put there',
      { remote: asked('"a"', 19, 'd1') },
      { kind: 'unchanged', learnt: { etag: '"a"', time: at(19), digest: 'd1' } },
    ],
    [
      'never seen, older, but just put there',
      { remote: remote('"a"', 19), raced: true },
      { kind: 'changed-elsewhere' },
    ],
    [
      'seen without a digest, and of that second still',
      { remote: remote('"b"'), seen: seen('"a"', null, 20) },
      { kind: 'behind' },
    ],
    [
      'seen without a digest, and written to since',
      { remote: remote('"b"'), seen: seen('"a"', null) },
      { kind: 'changed-elsewhere' },
    ],
    [
      'an ETag of a store that encrypts',
      { remote: remote('"x-2"'), seen: seen('"x-2"', 'd1') },
      { kind: 'unchanged', learnt: null },
    ],
  ])('%s', (_, given, verdict) => {
    expect(decideUpload(evidence(given))).toEqual(verdict);
  });
});
