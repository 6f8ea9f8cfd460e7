import type { ReadIndex } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { buildIndex, type Tables } from './indexes.ts';

/** What tables say, once they have been proved to be an index. */
export function readTables(tables: Tables): ReadIndex {
  return readValidIndex(buildIndex(tables));
}
