import type { CallbackOperation } from '../../callbacks/wire.ts';
import type { Database, Statement } from '../../database/sqlite.ts';
import { assignments, type Cell, newId, pageOf, Where } from '../row-values.ts';
import type { Page } from '../run-model.ts';
import type { ReceivedFilter, ReceivedRun } from './deploy-model.ts';
import { type DeployStanding, GONE_MS, SILENT_MS } from './deploy-standing.ts';
import { type Columns, type ReceivedRow, receivedOf, SEARCHED } from './received-row.ts';

const WITH_NAMES = `deploy_runs JOIN deploys ON deploys.sequence = deploy_runs.deploy
  JOIN projects ON projects.sequence = deploys.project`;
const ROWS = `SELECT deploy_runs.*, deploys.external_id, projects.name AS project_name FROM ${WITH_NAMES}`;
/** As `deployStanding`, by the present time. */
const STANDING = `CASE
  WHEN status = 'completed' THEN iif(outcome = 'nothing-to-do', outcome, status)
  WHEN status = 'failed' THEN iif(outcome IN ('cancelled', 'interrupted'), outcome, status)
  WHEN ? - last_heard_at >= ${GONE_MS} THEN 'gone'
  WHEN ? - last_heard_at >= ${SILENT_MS} THEN 'no signal'
  ELSE 'started' END`;
const MOST_BRANCHES = 200;

/** The tables of deploys and their runs. Who calls it opens the transaction. */
export class KeptReceived {
  readonly #db: Database;
  readonly #byId: Statement<[string], ReceivedRow>;
  readonly #byNames: Statement<[string, string, string], ReceivedRow>;
  readonly #cursor: Statement<[string], number>;
  readonly #updates = new Map<string, Statement<Cell[], unknown>>();

  constructor(db: Database) {
    this.#db = db;
    this.#byId = db.prepare(`${ROWS} WHERE deploy_runs.id = ?`);
    this.#byNames = db.prepare(`${ROWS} WHERE projects.name = ? AND deploys.external_id = ? AND run = ?`);
    this.#cursor = db.prepare<[string], number>('SELECT cursor FROM deploy_runs WHERE id = ?').pluck();
  }

  get(id: string): ReceivedRow | null {
    return this.#byId.get(id) ?? null;
  }

  find(project: string, deploy: string, run: string): ReceivedRow | null {
    return this.#byNames.get(project, deploy, run) ?? null;
  }

  /** Null for a run that is not there. */
  cursorOf(id: string): number | null {
    return this.#cursor.get(id) ?? null;
  }

  /** In the order of their arrival. */
  ofDeploy(project: string, deploy: string): ReceivedRow[] {
    return this.#db
      .prepare<[string, string], ReceivedRow>(
        `${ROWS} WHERE projects.name = ? AND deploys.external_id = ? ORDER BY number`,
      )
      .all(project, deploy);
  }

  /** Makes a run, and its deploy if need be. */
  add(project: string, deploy: string, run: string, operation: CallbackOperation, now: number): ReceivedRow {
    const place = this.#deploy(project, deploy, now);
    const id = newId();
    this.#db
      .prepare(
        `INSERT INTO deploy_runs (id, deploy, run, number, operation, received_at, last_heard_at)
         SELECT ?, ?, ?, 1 + coalesce(max(number), 0), ?, ?, ? FROM deploy_runs WHERE deploy = ?`,
      )
      .run(id, place, run, operation, now, now, place);
    return this.require(id);
  }

  /** One that a row of ours names. */
  require(id: string): ReceivedRow {
    const row = this.get(id);
    if (row === null) throw new Error(`there is no received run ${id}`);
    return row;
  }

  set(sequence: number, columns: Columns): void {
    const { sql, values } = assignments(columns as Readonly<Record<string, Cell>>);
    let update = this.#updates.get(sql);
    if (!update) {
      update = this.#db.prepare<Cell[]>(`UPDATE deploy_runs SET ${sql} WHERE sequence = ?`);
      this.#updates.set(sql, update);
    }
    update.run(...values, sequence);
  }

  /** Newest first. */
  list(filter: ReceivedFilter, now: number): Page<ReceivedRun> {
    const { project, standing, branch, operation, text } = filter;
    const where = new Where().is('projects.name', project).is('git_ref', branch).is('operation', operation);
    if (standing !== undefined) where.holds(`${STANDING} = ?`, now, now, standing);
    if (text !== undefined) {
      const terms = SEARCHED.map((column) => `instr(lower(${column}), lower(?)) > 0`);
      where.holds(`(${terms.join(' OR ')})`, ...SEARCHED.map(() => text));
    }
    const rows = this.#db
      .prepare<Cell[], ReceivedRow>(
        `${ROWS} ${where.sql} ORDER BY deploy_runs.sequence DESC LIMIT ? OFFSET ?`,
      )
      .all(...where.values, ...pageOf(filter))
      .map(receivedOf);
    const count = this.#db.prepare<Cell[], number>(`SELECT count(*) FROM ${WITH_NAMES} ${where.sql}`).pluck();
    return { rows, total: count.get(...where.values) ?? 0 };
  }

  standings(now: number): { readonly standing: DeployStanding; readonly count: number }[] {
    return this.#db
      .prepare<[number, number], { standing: DeployStanding; count: number }>(
        `SELECT ${STANDING} AS standing, count(*) AS count FROM deploy_runs GROUP BY standing`,
      )
      .all(now, now);
  }

  /** Newest first. */
  branches(): string[] {
    return this.#db
      .prepare<[number], string>(
        `SELECT git_ref FROM deploy_runs WHERE git_ref IS NOT NULL
         GROUP BY git_ref ORDER BY max(sequence) DESC LIMIT ?`,
      )
      .pluck()
      .all(MOST_BRANCHES);
  }

  #deploy(project: string, deploy: string, now: number): number {
    this.#db
      .prepare(
        `INSERT INTO deploys (project, external_id, created_at)
         SELECT sequence, ?, ? FROM projects WHERE name = ? ON CONFLICT (project, external_id) DO NOTHING`,
      )
      .run(deploy, now, project);
    const found = this.#db
      .prepare<[string, string], number>(
        `SELECT deploys.sequence FROM deploys JOIN projects ON projects.sequence = deploys.project
         WHERE projects.name = ? AND external_id = ?`,
      )
      .pluck()
      .get(project, deploy);
    if (found === undefined) throw new Error(`there is no project ${project}`);
    return found;
  }
}
