import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';

const DOCS = resolve(import.meta.dirname, '../../docs');

/** @throws when that document has no place for the section. */
export function placeOf(
  section: string,
  name = 'BENCHMARKS.md',
): { readonly head: string; readonly tail: string } {
  const document = readFileSync(resolve(DOCS, name), 'utf8');
  const [begin, end] = [`<!-- measured ${section}: begin -->`, `<!-- measured ${section}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/${name} has no ${begin} ... ${end}`);
  return { head: document.slice(0, from + begin.length), tail: document.slice(to) };
}

/** What is written by hand around the markers stays, and so do the other sections. */
export function replaceFigures(section: string, text: string, name = 'BENCHMARKS.md'): void {
  const { head, tail } = placeOf(section, name);
  writeFileSync(resolve(DOCS, name), `${head}\n\n${text}\n\n${tail}`);
}

/** On what, with what and how undisturbed a section was measured. */
export function renderConditions(
  packages: readonly string[],
  /** One-minute load average before the first and after the last run. */
  load: readonly [number, number],
  at: Date,
): string {
  const { node, v8 } = process.versions;
  const cpu = cpus();
  const versions = [...packages, 'esbuild'].map((name) => `${name} ${versionOf(name)}`).join(', ');
  return [
    `Measured ${at.toISOString().slice(0, 10)} by \`npm run bench\`.`,
    '',
    `- Machine: ${cpu.length} x ${cpu[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `- Versions: Node ${node} (V8 ${v8}), ${versions}`,
    `- Load average before and after: ${load.map((value) => value.toFixed(1)).join(', ')}`,
  ].join('\n');
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`../../node_modules/${name}/package.json`) as {
    version: string;
  };
  return version;
}
