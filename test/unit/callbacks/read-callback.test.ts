import { describe, expect, it } from 'vitest';
import { parseBody, readLogs, readStatus } from '../../../src/callbacks/read-callback.ts';
import { RUN, VECTORS } from '../../support/callbacks/vectors.ts';

type Values = Record<string, unknown>;

const [started, logs, completed] = VECTORS.map(({ body }) => parseBody(Buffer.from(body)) as Values);
const failed: Values = { ...completed, status: 'failed', error: 'SSH connection failed', outcome: 'failed' };
const line: Values = { level: 'info', message: 'x', logged_at: '2026-01-02T03:04:05.680Z', seq: 1 };
const logsOf = (changes: Values): Values => ({ ...logs, ...changes });
const lineOf = (changes: Values): Values => logsOf({ logs: [line, { ...line, seq: 2, ...changes }] });

describe('a body of ours', () => {
  it('is read as the contract has it', () => {
    expect(readLogs(logs)).toEqual({ kind: 'read', body: logs });
    for (const status of [started, completed, failed]) {
      expect(readStatus(status)).toEqual({
        kind: 'read',
        body: { ...status, ...(status === failed ? { tunnels: undefined } : {}) },
      });
    }
  });

  it('is read with everything that a sender may add, and without what nobody knows', () => {
    const more = {
      duration_ms: 1999,
      index: { kind: 'published', etag: '"9b2c"', size: 98304 },
      machines: { updated: 11, unchanged: 1, failed: 0, skipped: 3 },
      failed_machines: ['3d8d9930b32d89'],
      lost: [[31, 44]],
    };
    const unknown = { tunnel_token: 'secret', nested: { deep: 1 } };
    const tunnels = [{ service_name: 'fly', hostname: 'example.fly.dev', tunnel_token: 'secret' }];
    const read = readStatus({ ...completed, ...more, ...unknown, tunnels });
    expect(read).toEqual({ kind: 'read', body: { ...completed, ...more } });
    const of = { by: 'deploy@host', target: 'fly', command: 'config-update', version: '1', ci_attempt: '2' };
    expect(readStatus({ ...started, ...of, ...unknown })).toEqual({
      kind: 'read',
      body: { ...started, ...of },
    });
    const machine = { machine: '3d8d9930b32d89', step: 'update' };
    expect(readLogs(lineOf({ ...machine, color: 'red' }))).toMatchObject({
      kind: 'read',
      body: { logs: [line, { ...line, ...machine, seq: 2 }] },
    });
  });

  it('without lines is a heartbeat', () => {
    const beat = logsOf({ logs: [], first_seq: 58, last_seq: 57 });
    expect(readLogs(beat)).toEqual({ kind: 'read', body: beat });
  });

  it('has its times in UTC, whatever zone they were said in', () => {
    expect(readLogs(lineOf({ logged_at: '2026-01-02T05:04:05.68+02:00' }))).toMatchObject({
      body: { logs: [line, { logged_at: '2026-01-02T03:04:05.680Z' }] },
    });
  });

  it('says nothing that a terminal would take as an order', () => {
    expect(readLogs(lineOf({ message: '\u001b[31mred\u009b\u0000\ud800\tend\n👩‍👧' }))).toMatchObject({
      body: { logs: [line, { message: '\\u{1b}[31mred\\u{9b}\\u{0}\ufffd\tend\n👩‍👧' }] },
    });
  });

  it.each<[string, unknown]>([
    ['body', undefined],
    ['body', null],
    ['body', []],
    ['body', 'text'],
    ['logs', logsOf({ logs: undefined })],
    ['logs', logsOf({ logs: {} })],
    ['logs', logsOf({ logs: Array.from({ length: 5001 }, () => line) })],
    ['logs[1]', logsOf({ logs: [line, 'text'] })],
    ['logs[1].level', lineOf({ level: 'debug' })],
    ['logs[1].level', lineOf({ level: null })],
    ['logs[1].level', lineOf({ level: 'toString' })],
    ['logs[1].message', lineOf({ message: 7 })],
    ['logs[1].message', lineOf({ message: 'é'.repeat(32 * 1024 + 1) })],
    ['logs[1].logged_at', lineOf({ logged_at: 'yesterday' })],
    ['logs[1].logged_at', lineOf({ logged_at: '0000-01-01T00:00:00+23:59' })],
    ['logs[1].logged_at', lineOf({ logged_at: '1969-12-31T23:59:59.999Z' })],
    ['logs[1].logged_at', lineOf({ logged_at: '9999-12-31T23:59:59-00:01' })],
    ['logs[1].logged_at', lineOf({ logged_at: '2026-01-02T03:04:05' })],
    ['logs[1].logged_at', lineOf({ logged_at: '2026-13-02T03:04:05Z' })],
    ['logs[1].logged_at', lineOf({ logged_at: 1767323046 })],
    ['logs[1].seq', lineOf({ seq: 0 })],
    ['logs[1].seq', lineOf({ seq: 1.5 })],
    ['logs[1].seq', lineOf({ seq: '2' })],
    ['logs[1].seq', lineOf({ seq: 3 })],
    ['logs[1].seq', lineOf({ seq: 1e300 })],
    ['logs[1].step', lineOf({ step: 'other' })],
    ['logs[1].machine', lineOf({ machine: {} })],
    ['run', logsOf({ run: '' })],
    ['run', logsOf({ run: '../x' })],
    ['run', logsOf({ run: 'a.b' })],
    ['run', logsOf({ run: 'legacy-1' })],
    ['run', logsOf({ run: 'Legacy-x' })],
    ['run', logsOf({ run: null })],
    ['operation', logsOf({ operation: 'undo' })],
    ['deploy_id', logsOf({ deploy_id: '..' })],
    ['first_seq', logsOf({ first_seq: -1 })],
    ['last_seq', logsOf({ last_seq: Number.NaN })],
    ['lost[0]', logsOf({ lost: [[1]] })],
    ['lost[0]', logsOf({ lost: [[2, 1]] })],
    ['lost[0]', logsOf({ lost: [[1, 2, 3]] })],
    ['lost[0][1]', logsOf({ lost: [[1, null]] })],
  ])('of lines is refused for its %s', (field, body) => {
    const given = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
    expect(readLogs(given)).toMatchObject({ kind: 'wrong', field, error: expect.stringContaining(field) });
  });

  it.each<[string, Values | undefined]>([
    ['status', { ...started, status: 'cancelled' }],
    ['status', { ...started, status: 'constructor' }],
    ['git_sha', { ...started, git_sha: 'a'.repeat(65) }],
    ['git_ref', { ...started, git_ref: ['main'] }],
    ['ci_run_url', { ...started, ci_run_url: 'x'.repeat(2001) }],
    ['status_seq', { ...started, status_seq: 0 }],
    ['at', { ...started, at: null }],
    ['by', { ...started, by: 7 }],
    ['tunnels', { ...completed, tunnels: 'fly' }],
    ['tunnels[0].hostname', { ...completed, tunnels: [{ service_name: 'fly' }] }],
    ['duration_seconds', { ...completed, duration_seconds: 1.5 }],
    ['duration_ms', { ...completed, duration_ms: -1 }],
    ['outcome', { ...completed, outcome: 'fine' }],
    ['exit_code', { ...completed, exit_code: 256 }],
    ['machines.failed', { ...completed, machines: { updated: 1, unchanged: 0, skipped: 0 } }],
    ['index.etag', { ...completed, index: { kind: 'published', etag: 1 } }],
    ['failed_machines[1]', { ...completed, failed_machines: ['a', 2] }],
    ['error', { ...completed, status: 'failed' }],
    ['hint', { ...failed, hint: 'x'.repeat(65 * 1024) }],
  ])('of a status is refused for its %s', (field, body) => {
    expect(readStatus(body)).toMatchObject({ kind: 'wrong', field });
  });

  it('is not read where it is nested without end', () => {
    const deep = Buffer.from(`{"logs":${'['.repeat(100_000)}`);
    expect([parseBody(deep), readLogs(parseBody(deep)).kind]).toEqual([undefined, 'wrong']);
  });

  it('belongs to the run of its name', () => {
    expect(readLogs(logs)).toMatchObject({ body: { run: RUN } });
  });
});
