import { describe, expect, it } from 'vitest';
import { pushVerdict, updateVerdict, verdictOn } from '../../../src/fleet/answer-verdict.ts';
import { type Claim, readAnswer, sameBytes } from '../../../src/fleet/claim.ts';
import { stateVerdict } from '../../../src/fleet/verify.ts';
import { INDEX, machine } from '../../support/fleet/fleet.ts';
import { answer, ETAG, result, SHA256, TIME } from '../../support/fleet/machines.ts';
import { state } from '../../support/fleet/over.ts';

describe('what a machine claims', () => {
  const claim = (fields: Record<string, unknown> = {}): Claim => {
    const found = readAnswer(answer('d1', fields)).claim;
    if (!found) throw new Error('no claim');
    return found;
  };

  it('counts only in the types that it has', () => {
    const index = { ...(result('d1')['index'] as object), etag: 'x'.repeat(200) };
    expect(claim({ index }).index?.etag).toBe('x'.repeat(200));
    expect(claim({ index: { ...index, etag: 'x'.repeat(201) } }).index?.etag).toBe(null);
    for (const etag of ['', 7, null, undefined])
      expect([etag, claim({ index: { ...index, etag } }).index?.etag]).toEqual([etag, null]);
    expect([1, 'true', null, true].map((reload) => claim({ reload }).reload)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const files = [{ changed: true }, { changed: 'true' }, null, 7];
    expect([claim({ files }).changed, claim({ files }).files, claim({ files: {} }).files]).toEqual([1, 2, 0]);
    expect(claim({ index: { sha256: 'AB'.repeat(32), time: 'soon' } }).index).toEqual({
      etag: null,
      sha256: null,
      digest: null,
      time: null,
    });
    expect(readAnswer(`RESULT ${JSON.stringify({ ...result('d1'), machine: 7 })}`).claim).toBe(null);
    expect(readAnswer(`RESULT ${JSON.stringify({ ...result('d1'), outcome: null })}`).claim).toBe(null);
  });

  it('is of the same bytes only if both sides give them', () => {
    const [a, b] = [SHA256, 'cd'.repeat(32)];
    expect(sameBytes({ sha256: null }, { sha256: null })).toBe(false);
    expect(sameBytes({ sha256: null, digest: a }, { sha256: b, digest: a })).toBe(true);
    expect(sameBytes({ sha256: a }, { sha256: b })).toBe(false);
    expect(sameBytes({ sha256: a, digest: null }, { sha256: b, digest: null })).toBe(false);
  });

  const verdict = (id: string, status = 200, fields: Record<string, unknown> = {}, namesMachines = true) =>
    verdictOn({ kind: 'answered', status, headers: {}, body: answer(id, fields) }, machine('d1'), {
      query: '',
      namesMachines,
      verdict: updateVerdict(INDEX, namesMachines),
    }).verdict.kind;

  it('counts only from the machine that was asked, by its whole name', () => {
    expect(['d1', 'd', 'd11', '', 'D1'].map((id) => verdict(id))).toEqual([
      'done',
      'retry',
      'retry',
      'retry',
      'retry',
    ]);
    expect(verdict('other', 200, {}, false)).toBe('done');
  });

  it('is not a success with any other status, an error, or the ETag of another index', () => {
    expect([200, 201, 299, 300, 404, 408, 429, 500].map((status) => verdict('d1', status))).toEqual([
      'done',
      'done',
      'done',
      'failed',
      'failed',
      'retry',
      'retry',
      'retry',
    ]);
    expect(verdict('d1', 200, { error: { code: 'disk', message: 'm', hint: 'h' } })).toBe('failed');
    expect(verdict('d1', 200, { index: { etag: '"other"', sha256: SHA256 } })).toBe('retry');
    expect(verdict('d1', 200, { index: { etag: null, sha256: SHA256 } })).toBe('retry');
    expect(verdict('d1', 200, { index: { etag: ETAG.slice(1, -1) } })).toBe('done');
  });

  it('of a newer index ends it, from the next second on', () => {
    const at = (ms: number) => {
      const time = new Date(Date.parse(TIME) + ms).toISOString();
      return verdict('d1', 200, { index: { etag: '"other"', time } });
    };
    expect([at(0), at(999), at(1000)]).toEqual(['retry', 'retry', 'failed']);
  });

  it('of what was pushed counts by its bytes alone, and once', () => {
    const verdict = (fields: Record<string, unknown>, isDryRun = false) =>
      pushVerdict(INDEX, isDryRun)(claim(fields)).kind;
    expect([
      verdict({}),
      verdict({ index: { etag: ETAG, sha256: 'cd'.repeat(32) } }),
      verdict({ index: null }),
    ]).toEqual(['done', 'failed', 'failed']);
    expect([
      verdict({ outcome: 'dry-run' }),
      verdict({ outcome: 'dry-run' }, true),
      verdict({}, true),
    ]).toEqual(['failed', 'done', 'failed']);
  });

  it('of its state is the same only if nothing is pending', () => {
    const told = (fields: Record<string, unknown> = {}) => {
      const found = readAnswer(state('d1', { files: [], ...fields })).claim;
      const settled = found && stateVerdict('verify', INDEX)(found);
      return settled?.kind === 'done' ? settled.outcome.outcome : settled?.kind;
    };
    expect([told(), told({ pendingReload: true }), told({ files: [{ changed: true }] })]).toEqual([
      'same',
      'differs',
      'differs',
    ]);
    expect(told({ fallback: { code: 'disk', message: 'm', hint: 'h' } })).toBe('differs');
    expect(told({ outcome: 'updated' })).toBe('failed');
  });
});
