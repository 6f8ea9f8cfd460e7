import type { Database, Statement } from '../../database/sqlite.ts';
import { hasEnded } from './deploy-standing.ts';
import type { PlanStatus } from './deploys.ts';
import type { KeptReceived } from './kept-received.ts';
import type { ReceivedRow } from './received-row.ts';

/** Runs of senders that name none: one after the other within a deploy. Who calls it opens the transaction. */
export class PlanRuns {
  readonly #received: KeptReceived;
  readonly #newest: Statement<[string, string], string>;
  readonly #add: Statement<[number, string, number], unknown>;

  constructor(db: Database, received: KeptReceived) {
    this.#received = received;
    this.#newest = db
      .prepare<[string, string], string>(
        `SELECT run FROM deploy_runs WHERE run GLOB 'legacy-[0-9]*' AND deploy =
           (SELECT sequence FROM deploys WHERE external_id = ? AND project =
             (SELECT sequence FROM projects WHERE name = ?))
         ORDER BY sequence DESC LIMIT 1`,
      )
      .pluck();
    this.#add = db.prepare(
      `INSERT INTO deploy_batches (run, sha256, received_at) VALUES (?, ?, ?)
       ON CONFLICT (run, sha256) DO NOTHING`,
    );
  }

  /** The newest of a deploy, made if need be: lines may come after the end, and before the start. */
  current(project: string, deploy: string, now: number): ReceivedRow {
    return this.#find(project, deploy) ?? this.#begin(project, deploy, 1, now);
  }

  /** A start after the end begins another run. */
  forStatus(project: string, { deployId, status }: PlanStatus, now: number): ReceivedRow {
    const row = this.current(project, deployId, now);
    if (status !== 'started' || !hasEnded(row)) return row;
    return this.#begin(project, deployId, 1 + Number(row.run.slice('legacy-'.length)), now);
  }

  /** Notes the bytes of a request. @returns false for those that came before */
  isNewBatch({ sequence }: ReceivedRow, digest: string, now: number): boolean {
    return this.#add.run(sequence, digest, now).changes > 0;
  }

  #find(project: string, deploy: string): ReceivedRow | null {
    const run = this.#newest.get(deploy, project);
    return run === undefined ? null : this.#received.find(project, deploy, run);
  }

  #begin(project: string, deploy: string, count: number, now: number): ReceivedRow {
    return this.#received.add(project, deploy, `legacy-${count}`, 'deploy', now);
  }
}
