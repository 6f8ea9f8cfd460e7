/**
 * `npm run bench`: measures the built executables, section by section (the files in sections/), prints the figures, and
 * rewrites each section's part of docs/BENCHMARKS.md (the comparison's, of docs/COMPARISON.md). `--only cold` (or `--only cold,growth`) does so for these alone;
 * with `--quick` (fewer runs) nothing is written.
 */
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { placeOf, renderConditions, replaceFigures } from './document.ts';
import type { Section } from './section.ts';

const SECTIONS = resolve(import.meta.dirname, 'sections');

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

for (const name of chosen(values.only)) {
  const { default: section } = (await import(pathToFileURL(resolve(SECTIONS, `${name}.ts`)).href)) as {
    default: Section;
  };
  if (!values.quick) placeOf(name, section.document);
  console.log(`${section.title} (${name}) ...`);
  const before = load();
  const figures = await section.measure({ quick: values.quick });
  const text = `${renderConditions(section.packages, [before, load()], new Date())}\n\n${figures}`;
  console.log(`\n${text}\n`);
  if (!values.quick) replaceFigures(name, text, section.document);
}

function chosen(only: string | undefined): string[] {
  const all = readdirSync(SECTIONS).map((name) => name.replace(/\.ts$/, ''));
  const names = only?.split(',') ?? all.sort();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no section ${unknown.join(', ')}; --only takes ${all.join(', ')}`);
  return names;
}

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
