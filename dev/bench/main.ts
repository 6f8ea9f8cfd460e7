/**
 * `npm run bench`: measures the built executables, section by section (the files in sections/), prints the figures, and
 * rewrites each section's part of docs/BENCHMARKS.md (the comparison's, of docs/COMPARISON.md). `--only cold` (or `--only cold,growth`) does so for these alone;
 * with `--quick` (fewer runs) nothing is written.
 */
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool, WrongOption } from '../options.mjs';
import { placeOf, renderConditions, replaceFigures } from './document.ts';
import type { Section } from './section.ts';

const SECTIONS = resolve(import.meta.dirname, 'sections');
const SECTION_NAMES = readdirSync(SECTIONS)
  .map((name) => name.replace(/\.ts$/, ''))
  .sort();

const USAGE = `Usage: npm run bench -- [options]

Measures the built executables, prints the figures, and writes them into their document.

  --only LIST   these sections alone, with commas between them: ${SECTION_NAMES.join(', ')}
  --quick       fewer runs, and nothing is written
`;

const OPTIONS = { quick: { type: 'boolean', default: false }, only: { type: 'string' } } as const;

await runTool(USAGE, OPTIONS, async ({ quick, only }) => {
  for (const name of chosen(only)) await measure(name, quick);
});

async function measure(name: string, quick: boolean): Promise<void> {
  const { default: section } = (await import(pathToFileURL(resolve(SECTIONS, `${name}.ts`)).href)) as {
    default: Section;
  };
  if (!quick) placeOf(name, section.document);
  console.log(`${section.title} (${name}) ...`);
  const before = load();
  const figures = await section.measure({ quick });
  const text = `${renderConditions(section.packages, [before, load()], new Date())}\n\n${figures}`;
  console.log(`\n${text}\n`);
  if (!quick) replaceFigures(name, text, section.document);
}

function chosen(only: string | undefined): string[] {
  const names = only?.split(',') ?? SECTION_NAMES;
  const unknown = names.filter((name) => !SECTION_NAMES.includes(name));
  if (unknown.length > 0)
    throw new WrongOption(`no section ${unknown.join(', ')}; --only takes ${SECTION_NAMES.join(', ')}`);
  return names;
}

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
