import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { Summary } from '../../../src/report/results.ts';
import { altered } from '../indexes/indexes.ts';
import { type Answered, type Machine, ROOT, type RunOptions } from '../machine/machine.ts';

export const READY = join(ROOT, 'scripts/ready');

/** Six studios, two of them in a region of their own, jnb: where it does not matter how many there are, since pages cost most. */
export const FEW = altered(
  makeSampleIndex({ studios: 6, events: 14 }),
  "UPDATE locations SET region = 'jnb' WHERE id IN (2, 3)",
);

/** Runs the ready hook on a machine. */
export function ready(
  machine: Machine,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Answered> {
  return machine.run(args, { ...options, executable: READY });
}

/** Runs it for its summaries, one a round: the last one is what it prints, and has those before it. */
export async function readyJson(
  machine: Machine,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<{ exitCode: number | null; summaries: Summary[] }> {
  const { exitCode, stdout } = await ready(machine, [...args, '--json'], options);
  if (stdout === '') return { exitCode, summaries: [] }; // killed before it had one
  const { earlier = [], ...last } = JSON.parse(stdout) as Summary & { earlier?: readonly Summary[] };
  return { exitCode, summaries: [...earlier, last] };
}

/** Every file below the public directory, with its content. */
export function publicFiles(machine: Machine): Map<string, string> {
  const top = join(machine.appRoot, 'public');
  if (!existsSync(top)) return new Map();
  return new Map(
    readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(top.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** Gives the application a program of its own, as a shell script. */
export function addProgram(machine: Machine, name: string, script: string, mode = 0o755): string {
  const path = join(machine.appRoot, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode });
  return path;
}

/** The notes for another round that are there. */
export function notesOf(machine: Machine): string[] {
  return readdirSync(join(machine.appRoot, 'tmp/ready')).filter((name) => /^(again|serving)\./.test(name));
}
