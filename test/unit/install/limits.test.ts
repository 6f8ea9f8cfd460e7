import { expect, it } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { diskError } from '../../../src/files/disk.ts';

it.each([
  ['EFBIG', /ulimit -f/],
  ['EMFILE', /ulimit -n/],
  ['ENFILE', /fs\.file-max/],
])('the failure %s names the limit that was met, and is not an internal error', (code, hint) => {
  const error = Object.assign(new Error(`${code}: write`), { code });
  const told = diskError('cannot write', '/db/index.sqlite3', error);
  expect(told).toBeInstanceOf(Failure);
  expect(told).toMatchObject({ code: 'disk', hint: expect.stringMatching(hint) });
});
