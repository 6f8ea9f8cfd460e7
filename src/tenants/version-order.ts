import { openImage, type Subject, sizeOf } from '../database/image.ts';
import { quickCheck } from '../database/integrity.ts';
import { isTooWide, shapeOf } from '../database/shape.ts';
import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { startInspector } from './inspector.ts';
import { invalidDatabase } from './tenant-failure.ts';

/** Milliseconds that a check of a database may take which runs what its application wrote. */
const CHECK_MS = 10_000;

/**
 * Reads something from the image of a database, and proves that it is in order to SQLite's `quick_check`. The check of a
 * usual one takes as long as its size says. One with generated columns or virtual tables runs what its application wrote,
 * which may never end: that is checked in a process of its own, which a deadline ends.
 *
 * @param read from pages that may be damaged still, and at a bounded cost
 * @param limitMs what the caller has left, if that is less than 10 s
 * @throws {Failure} `tenant-invalid`, also where the check was ended; `command-failed`: there can be no such process
 */
export async function readProved<T>(
  image: Buffer,
  subject: Subject,
  read: (db: Database) => T,
  limitMs = CHECK_MS,
): Promise<T> {
  const db = openImage(image, subject);
  let found: string | null;
  let value: T;
  try {
    found = isUsual(db) ? quickCheck(db) : null;
    value = read(db);
  } finally {
    db.close();
  }
  found ??= await findElsewhere(image, subject, Math.max(1, Math.min(CHECK_MS, limitMs)));
  if (found === 'ok') return value;
  throw invalidDatabase(subject, `is not in order: ${found}`);
}

function isUsual(db: Database): boolean {
  const shape = shapeOf(db);
  return shape.generated.length === 0 && shape.virtual.length === 0 && !isTooWide(shape, sizeOf(db));
}

async function findElsewhere(image: Buffer, subject: Subject, timeoutMs: number): Promise<string> {
  const outcome = await startInspector(image, timeoutMs);
  switch (outcome.kind) {
    case 'answered':
      return outcome.text;
    case 'timed-out':
      throw endless(subject, `was ended after ${timeoutMs / 1000} s`);
    case 'killed':
      throw endless(subject, `was ended by ${outcome.signal}, perhaps because memory ran out`);
    case 'failed':
      throw new Failure(
        'command-failed',
        `the check of ${subject.name} could not be run: ${outcome.reason}`,
        {
          hint: 'Check that this machine can start more processes and has free memory.',
        },
      );
  }
}

function endless(subject: Subject, how: string): Failure {
  const hint = 'Look for generated columns and virtual tables in its schema that take so long.';
  return invalidDatabase({ ...subject, hint }, `could not be proved to be in order: its check ${how}`);
}
