import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallbackLine, LogsBody, StartedBody, StatusBody } from '../../../../src/callbacks/wire.ts';
import type { Database } from '../../../../src/database/sqlite.ts';
import { createDeploys } from '../../../../src/runs/deploys/create-deploys.ts';
import type { Deploys } from '../../../../src/runs/deploys/deploys.ts';
import { openRunsFile } from '../../../../src/runs/runs-file.ts';
import { Watchers } from '../../../../src/runs/watchers.ts';

export const START = Date.parse('2026-01-02T03:04:05.678Z');
export const RUN = '20260102T030405678Z-1f2e3d';
export const KEY = '0123456789abcdef'.repeat(4);

/** A receiver's storage in a temporary directory, with a clock that tests set, and a project `default`. */
export class ReceivedRig {
  readonly home = mkdtempSync(join(tmpdir(), 'deploys-'));
  readonly watchers = new Watchers();
  now = START;
  db: Database;
  deploys: Deploys;

  constructor() {
    [this.db, this.deploys] = this.#open();
    this.deploys.projects.addKey('default', KEY);
  }

  /** As after a restart. @param opened given the file before anything is asked of it */
  reopen(opened: (db: Database) => void = () => {}): void {
    this.db.close();
    [this.db, this.deploys] = this.#open(opened);
  }

  close(): void {
    this.db.close();
    rmSync(this.home, { recursive: true });
  }

  #open(opened: (db: Database) => void = () => {}): [Database, Deploys] {
    const db = openRunsFile(this.home);
    opened(db);
    const parts = { db, watchers: this.watchers, damaged: () => {}, now: () => this.now };
    return [db, createDeploys(parts)];
  }
}

export const line = (seq: number, more: Partial<CallbackLine> = {}): CallbackLine => ({
  ...{ level: 'info', message: `line ${seq}`, logged_at: '2026-01-02T03:04:05.680Z', seq },
  ...more,
});

export const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** A batch of lines with these numbers, in that order. */
export function logsOf(seqs: readonly number[], more: Partial<LogsBody> = {}): LogsBody {
  const last = Math.max(0, ...seqs);
  return {
    ...{ deploy_id: '12345', run: RUN, operation: 'deploy', logs: seqs.map((seq) => line(seq)) },
    ...{ first_seq: Math.min(...seqs, last + 1), last_seq: last, ...more },
  };
}

const OF_RUN = { deploy_id: '12345', run: RUN, operation: 'deploy' } as const;

export const started = (more: Partial<StartedBody> = {}): StartedBody => ({
  ...{ ...OF_RUN, status: 'started', status_seq: 1, at: '2026-01-02T03:04:05.678Z', last_seq: 0 },
  ...{ git_sha: 'abc1234', git_ref: 'main', ci_provider: null, ci_run_url: null, ...more },
});

export const ended = (
  outcome: 'done' | 'nothing-to-do' | 'failed' | 'cancelled' | 'interrupted',
): StatusBody => {
  const both = {
    ...{
      ...OF_RUN,
      status_seq: 2,
      at: '2026-01-02T03:04:07.900Z',
      last_seq: 2,
      dropped: 0,
      duration_ms: 2222,
    },
    ...{ outcome, exit_code: outcome === 'done' ? 0 : 1 },
  };
  if (outcome === 'done' || outcome === 'nothing-to-do')
    return { ...both, status: 'completed', tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }] };
  return { ...both, status: 'failed', error: `it was ${outcome}`, failed_machines: ['3d8d'] };
};
