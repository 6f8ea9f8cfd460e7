import { openImage } from '../../src/index/open.ts';
import { readIndex } from '../../src/index/read.ts';
import type { ReadIndex } from '../../src/index/types.ts';
import { validateIndex } from '../../src/index/validate.ts';
import { buildIndex, type Tables } from './indexes.ts';

/** What an image says, once it has been proved to be an index. */
export function readImageOf(image: Buffer): ReadIndex {
  const db = openImage(image);
  try {
    validateIndex(db);
    return readIndex(db);
  } finally {
    db.close();
  }
}

export function readTables(tables: Tables): ReadIndex {
  return readImageOf(buildIndex(tables));
}
