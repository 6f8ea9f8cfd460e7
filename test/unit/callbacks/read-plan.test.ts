import { describe, expect, it } from 'vitest';
import { readPlanLogs, readPlanStatus } from '../../../src/callbacks/read-plan.ts';

const line = { level: 'info', message: 'x', logged_at: '2026-01-02T03:04:05.680Z' };

/** A message of a sender of the plan, as it is kept. */
function kept(message: string): string {
  const read = readPlanLogs({ logs: [{ ...line, message }] });
  return read.kind === 'read' ? (read.body[0]?.message ?? '') : expect.unreachable(read.error);
}

describe('a line of a sender of the plan', () => {
  it.each([
    ['in colour', '\u001b[1;31mfailed\u001b[0m: x', 'failed: x'],
    ['with a link', '\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u0007 end', 'link end'],
    ['with the name of a window', '\u001b]0;title\u0007text', 'text'],
    ['with an order that has no end', 'a\u001b]0;title', 'a0;title'],
    ['with short orders', '\u001b7\u001b(Ba\u001bM\u009b2Kb\u001b', 'ab'],
    ['drawn over itself', '10 %\r50 %\r100 %', '100 %'],
    ['of a program for Windows', 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['that was drawn over with nothing', '50 %\r', '50 %'],
    ['with other controls', 'bell\u0007 back\b nul\u0000', 'bell\\u{7} back\\u{8} nul\\u{0}'],
    ['with a tab and words', 'a\tb ž 👩‍👧', 'a\tb ž 👩‍👧'],
  ])('%s is kept as a terminal shows it', (_, message, shown) => {
    expect(kept(message)).toBe(shown);
  });

  it('is cut where it is too long, on a character, and says how much is missing', () => {
    expect(kept('x'.repeat(64 * 1024))).toBe('x'.repeat(64 * 1024));
    expect(kept(`x${'é'.repeat(40_000)}`)).toBe(`x${'é'.repeat(32_756)} … (14488 bytes more)`);
  });

  it('costs a time that grows with its length alone, whatever it is made of', () => {
    for (const part of ['\u001b]', '\u001b[', '\u001b[0;', '\u001b ', '\r', '\u009b', '\u001bP'])
      for (const end of ['', 'x', '\n']) {
        const message = `${part.repeat(200_000)}${end}`;
        expect(kept(message).length).toBeLessThan(70_000);
      }
  });
});

describe('a body of a sender of the plan', () => {
  it('is read as the plan has it', () => {
    expect(readPlanLogs({ logs: [line, { ...line, level: 'ok', extra: 1 }] })).toEqual({
      kind: 'read',
      body: [line, { ...line, level: 'ok' }],
    });
    expect(readPlanLogs({ logs: [] })).toEqual({ kind: 'read', body: [] });
    const none = { git_sha: null, git_ref: null, ci_provider: null, ci_run_url: null };
    expect(readPlanStatus({ status: 'completed', error: null })).toEqual({
      kind: 'read',
      body: { status: 'completed', ...none, error: null, tunnels: [], duration_seconds: null },
    });
    const tunnels = [{ service_name: 'web', hostname: 'app.example.com' }];
    expect(readPlanStatus({ status: 'completed', tunnels, duration_seconds: 119.6 })).toMatchObject({
      body: { tunnels, duration_seconds: 120 },
    });
    const source = {
      git_sha: 'abc',
      git_ref: 'main',
      ci_provider: 'github_actions',
      ci_run_url: 'https://x.y/',
    };
    expect(readPlanStatus({ status: 'started', ...source })).toMatchObject({ body: source });
    expect(readPlanStatus({ status: 'failed', error: 'no' })).toMatchObject({ body: { error: 'no' } });
  });

  it.each<[string, unknown, (value: unknown) => unknown]>([
    ['logs', {}, readPlanLogs],
    ['logs[0].level', { logs: [{ ...line, level: 'debug' }] }, readPlanLogs],
    ['logs[0].message', { logs: [{ ...line, message: null }] }, readPlanLogs],
    ['logs[0].logged_at', { logs: [{ ...line, logged_at: '' }] }, readPlanLogs],
    ['body', 'completed', readPlanStatus],
    ['status', {}, readPlanStatus],
    ['status', { status: 'cancelled' }, readPlanStatus],
    ['duration_seconds', { status: 'completed', duration_seconds: '120' }, readPlanStatus],
    ['tunnels[0].service_name', { status: 'completed', tunnels: [{ hostname: 'x' }] }, readPlanStatus],
    ['error', { status: 'failed', error: { message: 'x' } }, readPlanStatus],
  ])('is refused for its %s', (field, body, read) => {
    expect(read(body)).toMatchObject({ kind: 'wrong', field });
  });
});
