/*
 * Renders every page of an index without writing any, and prints as JSON how many there are, their bytes, and the
 * milliseconds from the index's rows to the last page. Bundled and run by the bench. Run as: node ... <index.sqlite3>
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { openImage } from '../../src/database/image.ts';
import { readIndex } from '../../src/index/read-index.ts';
import { plainOptions } from '../../src/pages/pages-options.ts';
import { planPages } from '../../src/pages/plan-pages.ts';

const db = openImage(readFileSync(process.argv[2] ?? ''));
const { index } = readIndex(db);
db.close();

const began = performance.now();
let bytes = 0;
const pages = planPages(index, plainOptions('/showcase'));
for (const page of pages) bytes += Buffer.byteLength(page.render());
console.log(JSON.stringify({ pages: pages.length, bytes, ms: performance.now() - began }));
