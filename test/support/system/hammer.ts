/**
 * `node hammer.ts ROLE DATABASE ROUNDS`: works on a live index again and again until its standard input ends, then prints
 * what it saw as a line of JSON; before that `ready` after its first round, and `enough` after so many. Roles: `read` keeps its connection; `reopen` opens anew each time, as a process that
 * has just begun does; `write` changes two tables in one transaction.
 *
 * In an index made by `stamped` all rows of both tables carry one stamp, and a writer keeps it so; a reader that finds
 * two has seen a torn index.
 */
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';

/** What one of them saw. */
export interface Seen {
  readonly rounds: number;
  /** How many different stamps. */
  readonly stamps: number;
  /** Every error there was. Who is in whose way, and for how long, is chance: none is for want of patience. */
  readonly errors: readonly string[];
}

const [role = '', path = '', enough = ''] = process.argv.slice(2);
const stamps = new Set<string>();
const errors: string[] = [];
let rounds = 0;
let kept: Database | null = null;
let stopping = false;

function write(db: Database): void {
  const stamp = `w${process.pid}.${rounds}`; // none comes twice, of whichever writer
  db.transaction(() => {
    db.prepare('UPDATE showcases SET name = ?').run(stamp);
    db.prepare('UPDATE users SET name2 = ?').run(stamp);
  }).immediate();
}

function read(db: Database): void {
  db.transaction(() => {
    const found = db
      .prepare<[], string>('SELECT DISTINCT name FROM showcases UNION SELECT DISTINCT name2 FROM users')
      .pluck()
      .all();
    if (found.length !== 1) throw new Error(`torn: ${found.join(' and ')}`);
    stamps.add(found[0] ?? '');
    const check = rounds % 10 === 0 ? db.pragma('integrity_check', { simple: true }) : 'ok';
    if (check !== 'ok') throw new Error(`integrity_check: ${String(check)}`);
  })();
}

function round(): void {
  try {
    const db = kept ?? openDatabase(path, { fileMustExist: true, busyTimeoutMs: 600_000 });
    if (role !== 'reopen') kept = db;
    try {
      if (role === 'write') write(db);
      else read(db);
    } finally {
      if (!kept) db.close();
    }
  } catch (error) {
    errors.push(error instanceof Error ? `${role}: ${error.message}` : String(error));
  }
  rounds += 1;
  if (rounds === 1) process.stdout.write('ready\n');
  if (rounds === Number(enough)) process.stdout.write('enough\n');
  if (!stopping) {
    // A writer without a gap would keep readers out for ever, swaps or no swaps.
    setTimeout(round, 1);
    return;
  }
  kept?.close();
  const seen: Seen = { rounds, stamps: stamps.size, errors: errors.slice(0, 5) };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

process.stdin.on('end', () => {
  stopping = true;
});
process.stdin.resume();
round();
