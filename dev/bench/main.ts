/**
 * `npm run bench`: measures the built update_config, prints the figures, and rewrites the generated part of
 * docs/BENCHMARKS.md. With `--quick` (fewer runs) or `--only cold` or `--only growth` it prints them only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCold } from './cold.ts';
import { measureGrowth } from './growth.ts';
import { BenchMachine } from './machine.ts';
import { renderFigures } from './render.ts';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/BENCHMARKS.md');
const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const { quick, only } = values;
if (only !== undefined && only !== 'cold' && only !== 'growth')
  throw new Error('--only takes cold or growth');

const load = () => loadavg()[0] ?? Number.NaN;
const before = load();
const machine = await BenchMachine.start();
try {
  if (only !== 'growth') console.log('Cold processes ...');
  const cold = only === 'growth' ? [] : await measureCold(machine, quick ? 5 : 20);
  if (only !== 'cold') console.log('Growth ...');
  const growth = only === 'cold' ? null : await measureGrowth(machine, quick ? 1 : 5);
  const text = renderFigures({ cold, growth, load: [before, load()] }, new Date());
  console.log(`\n${text}`);
  if (!quick && only === undefined) replaceFigures(text);
} finally {
  await machine.stop();
}

/** What is written by hand around the markers stays. */
function replaceFigures(text: string): void {
  const document = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/BENCHMARKS.md has no ${BEGIN} ... ${END}`);
  const head = document.slice(0, begin + BEGIN.length);
  writeFileSync(DOCUMENT, `${head}\n\n${text}\n\n${document.slice(end)}`);
}
