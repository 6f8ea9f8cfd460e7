import type { LogsBody, LostRange, StatusBody } from '../../callbacks/wire.ts';
import { isDamage } from '../../database/repair.ts';
import type { Database } from '../../database/sqlite.ts';
import { onDisk } from '../../files/disk.ts';
import { isoOf } from '../row-values.ts';
import { lightly } from '../runs-file.ts';
import type { Watchers } from '../watchers.ts';
import type { ReceivedNews } from './deploy-model.ts';
import { deployStanding } from './deploy-standing.ts';
import type { Deploys, Received } from './deploys.ts';
import { KeptLines, type RunRoom } from './kept-lines.ts';
import { KeptProjects } from './kept-projects.ts';
import { KeptReceived } from './kept-received.ts';
import { rangesOf, unionOf } from './lost-ranges.ts';
import { PlanRuns } from './plan-runs.ts';
import { type Columns, type ReceivedRow, receivedOf } from './received-row.ts';
import { afterPlanStatus, afterStatus } from './status-rules.ts';

export interface DeploysContext {
  readonly db: Database;
  readonly watchers: Watchers;
  /** Called where damage was met. */
  readonly damaged: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of each run: for tests. */
  readonly room?: RunRoom;
}

/** Answers about news that are remembered until something is written: hundreds of watchers ask the same. */
const MOST_ANSWERS = 16;

/** What a request says of a run, beside lines and a status. */
interface Envelope {
  readonly last_seq: number;
  readonly lost?: readonly LostRange[];
}

interface Heard {
  readonly last_heard_at: number;
  readonly skew_ms?: number;
}

/** What a request has done. */
interface Outcome extends Omit<Received, 'run'> {
  readonly id: string;
}

export function createDeploys({ db, watchers, damaged, now, room }: DeploysContext): Deploys {
  const received = new KeptReceived(db);
  const lines = new KeptLines(db, room);
  const plans = new PlanRuns(db, received);
  const answers = new Map<string, ReceivedNews>();
  const transaction = db.transaction((work: () => unknown) => work());

  const guarded = <T>(action: string, work: () => T): T => {
    try {
      return onDisk(action, db.name, work);
    } catch (error) {
      lines.forgetSizes();
      if (isDamage(error)) damaged();
      throw error;
    }
  };
  const reading = <T>(work: () => T): T => guarded('cannot read', work);
  const writing = <T>(work: () => T): T => {
    answers.clear();
    return guarded('cannot write', () => transaction.immediate(work) as T);
  };
  const writingRun = (work: () => Outcome): Received => {
    const { id, ...outcome } = writing(work);
    watchers.wake([id]);
    return { ...outcome, run: receivedOf(reading(() => received.require(id))) };
  };
  const ensured = (project: string, body: LogsBody | StatusBody, at: number): ReceivedRow =>
    received.find(project, body.deploy_id, body.run) ??
    received.add(project, body.deploy_id, body.run, body.operation, at);

  /**
   * Writes what is different. News are counted by who calls it.
   *
   * @param hasLines whether lines are new: without, they are not looked at, so that a status is kept whatever they are
   */
  const update = (
    row: ReceivedRow,
    columns: Columns,
    { last_seq, lost = [] }: Envelope,
    hasLines: boolean,
  ): void => {
    const known = JSON.parse(row.lost) as LostRange[];
    const all = lost.length === 0 ? known : unionOf(known, lost);
    const text = JSON.stringify(all);
    const cursor = columns.cursor === undefined ? row.cursor : Number(columns.cursor);
    const isAsBefore = text === row.lost && !hasLines;
    const lastSeq = isAsBefore ? row.last_seq : lines.lastSeq(row.sequence, row.last_seq, all);
    received.set(row.sequence, {
      ...columns,
      lost: text,
      last_seq: lastSeq,
      sent_last_seq: Math.max(row.sent_last_seq, last_seq, lastSeq),
      cursor: text === row.lost ? cursor : lines.changed(row.sequence, cursor),
    });
  };

  /** A sign of life, which is not worth a flush to the disk. Null where it is more than that. */
  const beat = (project: string, body: LogsBody, at: number, heard: Heard): Received | null => {
    if (body.logs.length > 0) return null;
    const row = reading(() => received.find(project, body.deploy_id, body.run));
    if (!row || saysOfLoss(row, body)) return null;
    const columns = { ...heard, sent_last_seq: Math.max(row.sent_last_seq, body.last_seq) };
    guarded('cannot write', () => lightly(db, () => received.set(row.sequence, columns)));
    const before = receivedOf(row);
    const run = receivedOf({ ...row, ...columns });
    if (deployStanding(before, at) !== deployStanding(run, at)) watchers.wake([row.id]);
    return { run, accepted: 0, duplicates: 0, conflicts: 0, refused: 0 };
  };

  return {
    logs: (project, body, sentAt) => {
      const at = now();
      const heard = heardAt(at, sentAt);
      const sign = beat(project, body, at, heard);
      if (sign) return sign;
      return writingRun(() => {
        const row = ensured(project, body, at);
        const { cursor, refused, ...counts } = lines.add(row, body.logs, at);
        const lost = unionOf(body.lost ?? [], rangesOf(refused));
        update(row, { ...heard, cursor }, { ...body, lost }, counts.accepted > 0);
        return { id: row.id, ...counts, refused: refused.length };
      });
    },
    status: (project, body, sentAt) =>
      writingRun(() => {
        const at = now();
        const row = ensured(project, body, at);
        const news = afterStatus(row, body);
        const isNews = Object.keys(news).length > 0;
        const cursor = isNews ? lines.changed(row.sequence, row.cursor) : row.cursor;
        const dropped = Math.max(row.dropped, body.status === 'started' ? 0 : body.dropped);
        update(row, { ...heardAt(at, sentAt), ...news, dropped, cursor }, body, false);
        return { id: row.id, ...countsOf(isNews) };
      }),
    planLogs: (project, body) =>
      writingRun(() => {
        const at = now();
        const row = plans.current(project, body.deployId, at);
        const isNew = body.logs.length > 0 && plans.isNewBatch(row, body.digest, at);
        const numbered = isNew
          ? body.logs.map((line, index) => ({ ...line, seq: row.last_seq + 1 + index }))
          : [];
        const { cursor, refused, ...counts } = lines.add(row, numbered, at);
        const last_seq = row.last_seq + numbered.length;
        const lost = unionOf(JSON.parse(row.lost) as LostRange[], rangesOf(refused));
        const ends = { lost: JSON.stringify(lost), last_seq, sent_last_seq: last_seq };
        received.set(row.sequence, { ...heardAt(at), cursor, ...ends });
        const duplicates = body.logs.length - numbered.length;
        return { id: row.id, ...counts, duplicates, refused: refused.length };
      }),
    planStatus: (project, body) =>
      writingRun(() => {
        const at = now();
        const row = plans.forStatus(project, body, at);
        const news = afterPlanStatus(row, body, isoOf(at));
        const isNews = Object.keys(news).length > 0;
        const cursor = isNews ? lines.changed(row.sequence, row.cursor) : row.cursor;
        received.set(row.sequence, { ...heardAt(at), ...news, cursor });
        return { id: row.id, ...countsOf(isNews) };
      }),

    list: (filter = {}) => reading(() => received.list(filter, now())),
    run: (id) => reading(() => orNull(received.get(id), receivedOf)),
    runsOf: (project, deploy) => reading(() => received.ofDeploy(project, deploy).map(receivedOf)),
    standings: () => reading(() => received.standings(now())),
    branches: () => reading(() => received.branches()),
    lines: (id, after, limit, levels) =>
      reading(
        () => orNull(received.get(id), ({ sequence }) => lines.after(sequence, after, limit, levels)) ?? [],
      ),
    news: (id, cursor, limit) => {
      const question = `${id} ${cursor} ${limit}`;
      const known = answers.get(question);
      if (known) return known;
      const answer = reading(() => orNull(received.get(id), (row) => lines.news(row, cursor, limit)));
      if (answer === null) return { lines: [], cursor };
      if (answers.size >= MOST_ANSWERS) answers.clear();
      answers.set(question, answer);
      return answer;
    },
    waitFor: async (id, cursor, ms, signal) => {
      const last = reading(() => received.cursorOf(id));
      if (last !== null && last <= cursor) await watchers.wait([id], ms, signal);
    },
    projects: new KeptProjects(db, writing),
  };
}

/** @param sentAt milliseconds, by the sender's clock */
function heardAt(at: number, sentAt?: number): Heard {
  return { last_heard_at: at, ...(sentAt === undefined ? {} : { skew_ms: at - sentAt }) };
}

/** Whether lines are lost that were not known to be. */
function saysOfLoss(row: ReceivedRow, { lost = [] }: Envelope): boolean {
  return lost.length > 0 && JSON.stringify(unionOf(JSON.parse(row.lost) as LostRange[], lost)) !== row.lost;
}

function countsOf(isNews: boolean): Omit<Received, 'run'> {
  return { accepted: Number(isNews), duplicates: Number(!isNews), conflicts: 0, refused: 0 };
}

function orNull<V, T>(value: V | null, map: (value: V) => T): T | null {
  return value === null ? null : map(value);
}
