/** `npm run bench`: measures, prints, and rewrites the generated part of docs/BENCHMARKS.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { measureCold } from './cold.ts';
import { measureGrowth } from './growth.ts';
import { BenchMachine } from './machine.ts';
import { renderFigures } from './render.ts';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/BENCHMARKS.md');
const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const load = () => loadavg()[0] ?? Number.NaN;
const before = load();
const machine = await BenchMachine.start();
try {
  console.log('Cold processes ...');
  const cold = await measureCold(machine);
  console.log('Growth ...');
  const growth = await measureGrowth(machine);
  const { bareMs, barePeakMiB } = cold[0] ?? { bareMs: Number.NaN, barePeakMiB: Number.NaN };
  const text = renderFigures({ cold, growth, bareMs, barePeakMiB, load: [before, load()] }, new Date());
  console.log(`\n${text}`);
  replaceFigures(text);
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
