/**
 * `node rails-process.ts DATABASE`: writes to the index again and again, as the Rails application does (IMMEDIATE
 * transactions, 20 attempts 0.1 s apart), until its standard input ends; then prints what it saw as a line of JSON.
 */
import { openDatabase } from '../../../src/database/sqlite.ts';

const db = openDatabase(process.argv[2] ?? '', { fileMustExist: true, busyTimeoutMs: 2000 });
db.pragma('synchronous = FULL');
const errors: string[] = [];
let rounds = 0;
let isStopping = false;

function round(): void {
  try {
    db.transaction(() => {
      const name = `Rails ${rounds}`;
      db.prepare('INSERT INTO people (name, created_at, updated_at) VALUES (?, ?, ?)').run(name, '', '');
      db.prepare('UPDATE showcases SET date = ? WHERE id = 4').run(`2025-05-0${1 + (rounds % 9)}`);
    }).immediate();
    rounds += 1;
  } catch (error) {
    errors.push(String(error));
  }
  if (rounds === 1) process.stdout.write('ready\n');
  if (!isStopping) {
    setTimeout(round, 1);
    return;
  }
  db.close();
  process.stdout.write(`${JSON.stringify({ rounds, errors })}\n`);
}

process.stdin.on('end', () => {
  isStopping = true;
});
process.stdin.resume();
round();
