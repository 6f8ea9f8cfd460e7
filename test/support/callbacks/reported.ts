import type { ReportedEnd, ReportedLine, ReportedStart } from '../../../src/callbacks/delivery-model.ts';

export const STARTED: ReportedStart = {
  status: 'started',
  git_sha: 'abc1234',
  git_ref: 'main',
  ci_provider: null,
  ci_run_url: null,
  at: '2026-01-02T03:04:05.678Z',
};

export const COMPLETED: ReportedEnd = {
  status: 'completed',
  tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }],
  duration_seconds: 2,
  duration_ms: 2345,
  at: '2026-01-02T03:04:07.900Z',
  outcome: 'done',
  exit_code: 0,
};

export function line(message: string, more: Partial<ReportedLine> = {}): ReportedLine {
  return { level: 'info', message, logged_at: '2026-01-02T03:04:06.000Z', ...more };
}
