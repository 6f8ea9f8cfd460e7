/*
 * A program that reads from, or writes to, a live database as fast as it can, until its standard input ends. It then
 * prints what it saw as JSON; before that, `ready` after the first round, and `enough` once it has made 11, and found three
 * versions if it reads. Run as: node hammer.ts <keep|reopen|write> <database>
 */
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { versionIn } from './images.ts';

export interface Seen {
  readonly role: string;
  readonly rounds: number;
  readonly busy: number;
  readonly versions: number;
  readonly errors: readonly string[];
}

const [role = '', path = ''] = process.argv.slice(2);
const versions = new Set<number>();
let hadEnough = false;
const errors: string[] = [];
let rounds = 0;
let busy = 0;
let kept: Database | null = null;
let done = false;

function round(db: Database): void {
  if (role === 'write') {
    db.transaction(() => db.prepare('INSERT INTO notes (text) VALUES (?)').run('x'.repeat(500))).immediate();
    return;
  }
  db.transaction(() => {
    versions.add(versionIn(db));
    const found = rounds % 20 === 0 ? db.pragma('integrity_check', { simple: true }) : 'ok';
    if (found !== 'ok') throw new Error(String(found));
  })();
}

function once(): void {
  const db = kept ?? openDatabase(path, { fileMustExist: true, busyTimeoutMs: 5000 });
  if (role !== 'reopen') kept = db;
  try {
    round(db);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) busy += 1;
    else
      errors.push(
        error instanceof Error ? `${error.message} ${'code' in error ? error.code : ''}` : String(error),
      );
  } finally {
    if (!kept) db.close();
  }
  rounds += 1;
}

function loop(): void {
  if (done) {
    kept?.close();
    const seen: Seen = { role, rounds, busy, versions: versions.size, errors: errors.slice(0, 5) };
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    return;
  }
  once();
  if (rounds === 1) process.stdout.write('ready\n');
  if (!hadEnough && rounds > 10 && (role === 'write' || versions.size === 3)) {
    hadEnough = true;
    process.stdout.write('enough\n');
  }
  setImmediate(loop);
}

process.stdin.on('end', () => {
  done = true;
});
process.stdin.resume();
loop();
