/**
 * Writes to a database until standard input ends: each transaction numbers all rows of a table anew, so that any state
 * that ever existed has one number in all of them, which is told once it is written.
 */
import { openDatabase } from '../../../src/database/sqlite.ts';

const [path = '', mode = 'delete'] = process.argv.slice(2);
const ROWS = 200;

const db = openDatabase(path);
db.pragma(`journal_mode = ${mode}`);
db.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, name TEXT, date TEXT, filler BLOB)');
const insert = db.prepare("INSERT OR REPLACE INTO events VALUES (?, ?, '2026-05-01', randomblob(500))");
const write = db.transaction((round: number) => {
  for (let id = 1; id <= ROWS; id++) insert.run(id, String(round));
});

let stopping = false;
let round = 0;

function go(): void {
  round += 1;
  write.immediate(round);
  process.stdout.write(`${round}\n`);
  // Without a gap nobody else would ever have the lock.
  if (!stopping) setTimeout(go, 1);
}

process.stdin.on('end', () => {
  stopping = true;
});
process.stdin.resume();
go();
