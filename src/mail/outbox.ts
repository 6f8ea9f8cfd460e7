import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '../database/sqlite.ts';
import { openStoreFile, type StoreFile } from '../database/store-file.ts';
import type { About, Errand } from './mail-model.ts';

/* Times are milliseconds since 1970. `due_at` is null for what is settled. */
const FIRST = `
CREATE TABLE mails (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  user INTEGER,
  about TEXT NOT NULL,
  message_id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  due_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  problem TEXT
);
CREATE INDEX mails_by_due ON mails (due_at);
CREATE INDEX mails_by_user ON mails (user, made_at);
`;

const FILE: StoreFile = { versions: ['', FIRST], lost: ' (mails that wait are lost with it)' };

/** Longer than anything is told of late, so that nothing is told twice. */
const KEPT_MS = 8 * 86_400_000;
const GIVEN_UP_KEPT_MS = 30 * 86_400_000;

/** `sending`: a server may have it, or not. `moot`: nobody is to be told any more. */
export type MailStatus = 'waiting' | 'sending' | 'sent' | 'given-up' | 'moot';

export interface Kept {
  readonly id: number;
  readonly about: About;
  /** The same at each attempt, by which a mail server may find out that it has the mail. */
  readonly messageId: string;
  readonly madeAt: number;
  /** Attempts before. */
  readonly tries: number;
  readonly state: MailStatus;
  readonly problem: string | null;
}

interface Row {
  readonly sequence: number;
  readonly about: string;
  readonly message_id: string;
  readonly made_at: number;
  readonly tries: number;
  readonly state: MailStatus;
  readonly problem: string | null;
}

/** Mails that are to be sent, in a file of their own. Each step is durable when it returns. */
export class Outbox {
  readonly #db: Database;
  readonly #now: () => number;

  /** @throws {Failure} `disk`, `config-invalid` */
  constructor(stateDir: string, now: () => number) {
    this.#db = openStoreFile(join(stateDir, 'mail.sqlite3'), FILE, { synchronous: 'FULL', journal: 'WAL' });
    this.#now = now;
    // Whether a mail that was being sent has arrived, nobody knows: lost would be worse than twice.
    this.#db.prepare("UPDATE mails SET state = 'waiting', due_at = ? WHERE state = 'sending'").run(now());
  }

  /** @param key says what it is about and for whom: what has one already is not put in again */
  put(key: string, about: About): void {
    const now = this.#now();
    this.#db
      .prepare(
        `INSERT OR IGNORE INTO mails (key, kind, user, about, message_id, made_at, due_at, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting')`,
      )
      .run(
        key,
        about.kind,
        about.kind === 'reset' ? about.user : null,
        JSON.stringify(about),
        randomUUID(),
        now,
        now,
      );
  }

  /** An errand is done: these letters are in its place, all or none. What somebody typed is not kept: it may be a password. */
  replace({ id, about }: Kept, letters: readonly (readonly [key: string, about: About])[]): void {
    this.#db
      .transaction(() => {
        for (const [key, letter] of letters) this.put(key, letter);
        if (about.kind === 'asked') this.#db.prepare('DELETE FROM mails WHERE sequence = ?').run(id);
        else this.conclude(id, 'sent', null);
      })
      .immediate();
  }

  /** What is due of these kinds, those first that were tried least. */
  due(kinds: readonly About['kind'][]): Kept | null {
    const row = this.#db
      .prepare<[number, string], Row>(
        `SELECT * FROM mails WHERE due_at <= ? AND kind IN (SELECT value FROM json_each(?))
         ORDER BY tries, sequence LIMIT 1`,
      )
      .get(this.#now(), JSON.stringify(kinds));
    return row ? keptOf(row) : null;
  }

  /** When the next of these kinds is due; null for never. */
  nextDue(kinds: readonly About['kind'][]): number | null {
    return (
      this.#db
        .prepare<[string], number | null>(
          'SELECT min(due_at) FROM mails WHERE due_at IS NOT NULL AND kind IN (SELECT value FROM json_each(?))',
        )
        .pluck()
        .get(JSON.stringify(kinds)) ?? null
    );
  }

  began(id: number): void {
    this.#db.prepare("UPDATE mails SET state = 'sending', tries = tries + 1 WHERE sequence = ?").run(id);
  }

  again(id: number, dueAt: number, problem: string | null): void {
    this.#db
      .prepare("UPDATE mails SET state = 'waiting', due_at = ?, problem = ? WHERE sequence = ?")
      .run(dueAt, problem, id);
  }

  conclude(id: number, state: Exclude<MailStatus, 'waiting' | 'sending'>, problem: string | null): void {
    this.#db
      .prepare('UPDATE mails SET state = ?, due_at = NULL, problem = ? WHERE sequence = ?')
      .run(state, problem, id);
  }

  /** Those that wait longer than this are settled so. */
  expire(longestMs: number, kinds: readonly About['kind'][], state: 'given-up' | 'moot'): void {
    this.#db
      .prepare(
        `UPDATE mails SET state = ?, due_at = NULL WHERE state = 'waiting' AND made_at < ?
         AND kind IN (SELECT value FROM json_each(?))`,
      )
      .run(state, this.#now() - longestMs, JSON.stringify(kinds));
  }

  /** How many links for a new password a user was to get since that time. */
  resetsSince(user: number, since: number): number {
    const count = 'SELECT count(*) FROM mails WHERE user = ? AND made_at > ?';
    return this.#db.prepare<[number, number], number>(count).pluck().get(user, since) ?? 0;
  }

  inState(state: MailStatus, most: number): Kept[] {
    const select = 'SELECT * FROM mails WHERE state = ? ORDER BY sequence DESC LIMIT ?';
    return this.#db.prepare<[string, number], Row>(select).all(state, most).map(keptOf);
  }

  waitingOf(kind: Errand['kind'] | 'reset'): number {
    const count = "SELECT count(*) FROM mails WHERE state = 'waiting' AND kind = ?";
    return this.#db.prepare<[string], number>(count).pluck().get(kind) ?? 0;
  }

  /** How many there are of each, questions and the like among them. */
  sizes(): { readonly state: MailStatus; readonly count: number }[] {
    const select = "SELECT state, count(*) AS count FROM mails WHERE kind <> 'began' GROUP BY state";
    return this.#db.prepare<[], { state: MailStatus; count: number }>(select).all();
  }

  /** The time of the first mail ever; now, if this is it. What happened before is not told. */
  beganAt(): number {
    this.#db
      .prepare(
        `INSERT OR IGNORE INTO mails (key, kind, about, message_id, made_at, state)
         VALUES ('began', 'began', '{}', '', ?, 'moot')`,
      )
      .run(this.#now());
    const select = "SELECT made_at FROM mails WHERE key = 'began'";
    return this.#db.prepare<[], number>(select).pluck().get() ?? this.#now();
  }

  removeOld(): void {
    this.#db
      .prepare(
        `DELETE FROM mails WHERE due_at IS NULL AND kind <> 'began'
         AND made_at < CASE state WHEN 'given-up' THEN ? ELSE ? END`,
      )
      .run(this.#now() - GIVEN_UP_KEPT_MS, this.#now() - KEPT_MS);
  }

  close(): void {
    this.#db.close();
  }
}

function keptOf(row: Row): Kept {
  return {
    id: row.sequence,
    about: JSON.parse(row.about) as About,
    messageId: row.message_id,
    madeAt: row.made_at,
    tries: row.tries,
    state: row.state,
    problem: row.problem,
  };
}
