import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Machine } from './machine.ts';

/** What is installed, in the order in which an update installs it. */
export const INSTALLED = [
  'index.sqlite3',
  'htpasswd',
  'map.yml',
  'showcases.yml',
  'tenants.list',
  'navigator.yml',
] as const;

type Name = (typeof INSTALLED)[number];

/** How each file stands: a digest of its content, with mode and owner; null for one that is not there. */
export type Stand = Readonly<Record<Name, string | null>>;

/** Looks at the installed files; what a killed writer left half done in the index stays as it is. */
export function standOf(machine: Pick<Machine, 'path'>): Stand {
  return Object.fromEntries(INSTALLED.map((name) => [name, standOfFile(machine.path(name), name)])) as Stand;
}

function standOfFile(path: string, name: Name): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return null;
  const content = name === 'index.sqlite3' ? indexContent(path) : digest(readFileSync(path));
  return `${content} ${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid}`;
}

/**
 * What a reader of a database would see: a digest of all rows, or what SQLite's integrity_check finds wrong. It is read
 * in a copy, since opening it would undo or complete what a killed writer left.
 */
export function indexContent(path: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'copy-'));
  const copy = join(scratch, 'index.sqlite3');
  try {
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    }
    const db = openDatabase(copy);
    try {
      const found = db.pragma('integrity_check', { simple: true });
      if (found !== 'ok') return `damaged: ${String(found)}`;
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .pluck()
        .all();
      const rows = tables.map((table) => [
        table,
        db.prepare(`SELECT * FROM "${table}" ORDER BY rowid`).raw().all(),
      ]);
      return digest(JSON.stringify(rows));
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Every path below the app root and the db dir, kept generations aside. */
export function pathsOf(machine: Machine): string[] {
  return [machine.appRoot, machine.dbDir]
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
    )
    .filter((path) => !path.includes('/generations/'))
    .sort();
}

/** Has a process of its own write to a database and die, so that its log or journal is left behind. */
export function writeAndDie(path: string, sql: string): void {
  const script = join(import.meta.dirname, '../system/write-and-die.ts');
  const { signal, stderr } = spawnSync(process.execPath, [script, path, sql]);
  if (signal !== 'SIGKILL') throw new Error(String(stderr));
}
