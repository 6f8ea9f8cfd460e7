import type { Verdict } from '../rights/leftovers.ts';
import { hasMagic } from './header.ts';

/** Directories of the state directory, and that one itself. */
const DIRECTORIES = ['.update_config', 'locks', 'copies', 'slots'];

/** https://www.sqlite.org/fileformat2.html: the first bytes of a rollback journal; of a write-ahead log, in two byte orders. */
const JOURNAL = Buffer.from('d9d505f920a163d7', 'hex');
const LOG = [0x377f0682, 0x377f0683];
/** https://www.sqlite.org/walformat.html: of a log's index, in this machine's byte order. */
const LOG_INDEX = 3_007_000;

/** Directories that are made beside the journal: what is in those of another place is not used any more. */
const NOT_USED = ['generations', 'outbox', 'published'];

/**
 * Files that were made as root, before the application had rights of its own: databases with SQLite's files beside them,
 * empty lock files, logs, and the directories of these.
 */
export function madeBefore(name: string, head: Buffer | null): Verdict {
  if (head === null)
    return DIRECTORIES.includes(name) ? 'given' : NOT_USED.includes(name) ? 'left' : 'foreign';
  if (/\.damaged-[0-9TZ]+(-journal)?$/.test(name)) return 'left';
  return head.length === 0 || isOfDatabase(name, head) || isLog(name, head) ? 'given' : 'foreign';
}

function isOfDatabase(name: string, head: Buffer): boolean {
  if (hasMagic(head)) return true;
  if (head.length < 8) return false;
  if (name.endsWith('-journal')) return head.subarray(0, JOURNAL.length).equals(JOURNAL);
  if (name.endsWith('-wal')) return LOG.includes(head.readUInt32BE());
  return name.endsWith('-shm') && [head.readUInt32LE(), head.readUInt32BE()].includes(LOG_INDEX);
}

function isLog(name: string, head: Buffer): boolean {
  return name.endsWith('.log') && head.toString('latin1').startsWith('{"level":"');
}
