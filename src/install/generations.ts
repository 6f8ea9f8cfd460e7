import { hash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf, diskError, onDisk } from '../files/disk.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import type { IndexFacts } from '../report/results.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { removeTree, writeNewFile } from '../rights/files.ts';
import { asRoot } from '../rights/rights.ts';
import { isRunId } from '../run-id.ts';

/** What a run replaced. */
export interface Replaced {
  /** Image of the index before; null when there was none, or it was not replaced. */
  readonly index: Buffer | null;
  /** The files before; `previous` is null for one that did not exist. */
  readonly files: readonly ReplacedFile[];
}

interface ReplacedFile {
  readonly kind: PlannedFile['kind'];
  readonly previous: Buffer | null;
}

/** A file of a generation. `sha256` and `size` are null for one that did not exist. */
interface Member {
  readonly kind: PlannedFile['kind'] | 'index';
  /** Name in the generation's directory. */
  readonly name: string;
  readonly sha256: string | null;
  readonly size: number | null;
}

/** The facts of a generation, without its bytes. */
export interface Generation {
  /** The run that replaced it. */
  readonly run: string;
  /** Grows with every generation, whatever the clock says. */
  readonly sequence: number;
  /** When it was replaced: ISO 8601, UTC. */
  readonly replacedAt: string;
  /** The facts of its index. */
  readonly facts: IndexFacts | null;
  /** The killed run that this one completed (the state between the two was incomplete); else null or absent. */
  readonly completes?: string | null;
  readonly members: readonly Member[];
}

export interface KeepOptions {
  /** How many generations are kept; 10 if absent. */
  readonly keep?: number;
  /** The killed run that this one completes. */
  readonly completes?: string | null;
}

const MANIFEST = 'manifest.json';
/** Bytes of a manifest: it names six files. */
const LONGEST_MANIFEST = 64 * 1024;

/**
 * Keeps what a run is about to replace. The manifest is written last, so a generation that has one is whole. Older
 * generations beyond the number to keep are removed.
 *
 * @throws {Failure} `disk`; then nothing of it is left behind.
 */
export function keepGeneration(
  stateDir: string,
  run: string,
  replaced: Replaced,
  facts: IndexFacts | null,
  { keep: most = 10, completes = null }: KeepOptions = {},
): Generation {
  return asRoot(() => keep(stateDir, run, { replaced, facts, keep: most, completes }));
}

interface Keep extends Required<KeepOptions> {
  readonly replaced: Replaced;
  readonly facts: IndexFacts | null;
}

function keep(stateDir: string, run: string, { replaced, facts, keep: most, completes }: Keep): Generation {
  const home = generationsDir(stateDir);
  const directory = join(home, run);
  const older = listGenerations(stateDir);
  const generation: Generation = {
    run,
    sequence: (older[0]?.sequence ?? 0) + 1,
    replacedAt: new Date().toISOString(),
    facts,
    completes,
    members: membersOf(replaced),
  };
  try {
    write(home, directory, generation, replaced);
  } catch (error) {
    removeTree(directory);
    throw diskError('cannot keep the generation', directory, error);
  }
  for (const { run: old } of older.slice(Math.max(most - 1, 0))) removeGeneration(join(home, old));
  return generation;
}

/** All whole generations, newest first. */
export function listGenerations(stateDir: string): Generation[] {
  const home = generationsDir(stateDir);
  return asRoot(() => entries(home).map((name) => readManifest(join(home, name))))
    .filter((generation) => generation !== null)
    .sort((a, b) => b.sequence - a.sequence);
}

/** Names of generations that a killed run did not finish, or that lost their manifest. */
export function incompleteGenerations(stateDir: string): string[] {
  const home = generationsDir(stateDir);
  return asRoot(() => entries(home).filter((name) => readManifest(join(home, name)) === null));
}

/**
 * A generation with the bytes of its index, proved by their hash.
 *
 * @param run the run that replaced it; without it, the newest
 * @throws {Failure} `no-generation`: there is none of that name, or it is damaged; the hint lists what there is.
 */
export function readGeneration(
  stateDir: string,
  run?: string,
): { readonly generation: Generation; readonly index: Buffer | null } {
  const all = listGenerations(stateDir);
  const generation = run === undefined ? all[0] : all.find((one) => one.run === run);
  const hint =
    all.length === 0
      ? 'There is none yet. An update keeps the files that it replaces.'
      : `Choose one of: ${all.map((one) => one.run).join(', ')}.`;
  if (!generation)
    throw new Failure('no-generation', `there is no generation ${run ?? 'to go back to'}`, { hint });
  const directory = join(generationsDir(stateDir), generation.run);
  const member = generation.members.find(({ kind }) => kind === 'index');
  return { generation, index: member ? asRoot(() => readMember(directory, member, hint)) : null };
}

/** A kill in between leaves what recovery removes: without one of its files, a generation is not whole. */
export function removeGeneration(directory: string): void {
  onDisk('cannot remove', directory, () => asRoot(() => removeTree(directory)));
}

function membersOf({ index, files }: Replaced): Member[] {
  return [
    ...(index ? [{ kind: 'index', name: 'index.sqlite3', ...proof(index) } as const] : []),
    ...files.map(({ kind, previous }) => ({ kind, name: kind, ...proof(previous) })),
  ];
}

function proof(bytes: Buffer | null): { sha256: string | null; size: number | null } {
  return { sha256: bytes ? hash('sha256', bytes) : null, size: bytes?.length ?? null };
}

function write(home: string, directory: string, generation: Generation, { index, files }: Replaced): void {
  makePrivateDirectory(home);
  makePrivateDirectory(directory);
  const { uid, gid } = statSync(home);
  const like = { mode: 0o600, uid, gid };
  const bytes = new Map<string, Buffer | null>(files.map(({ kind, previous }) => [kind, previous]));
  bytes.set('index', index);
  for (const { kind, name } of generation.members) {
    const content = bytes.get(kind);
    if (content) writeNewFile(join(directory, name), [content], like);
  }
  writeNewFile(join(directory, MANIFEST), [Buffer.from(`${JSON.stringify(generation, null, 2)}\n`)], like);
  for (const path of [directory, home]) syncDirectory(path);
}

function entries(home: string): string[] {
  return onDisk('cannot list', home, () => {
    if (!existsSync(home)) return [];
    return readdirSync(home, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isRunId(entry.name))
      .map((entry) => entry.name);
  });
}

/** Null when the generation is not whole. */
function readManifest(directory: string): Generation | null {
  try {
    const found = readRegularFile(join(directory, MANIFEST), LONGEST_MANIFEST);
    if (found.kind !== 'file') return null;
    const parsed = JSON.parse(found.bytes.toString()) as Generation;
    const whole =
      parsed.run === basename(directory) && parsed.members.every((one) => isThere(directory, one));
    return whole && Number.isInteger(parsed.sequence) ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || codeOf(error) === 'ENOENT') return null;
    throw diskError('cannot read', join(directory, MANIFEST), error);
  }
}

function isThere(directory: string, { name, size }: Member): boolean {
  if (basename(name) !== name) return false;
  return size === null || statSync(join(directory, name), { throwIfNoEntry: false })?.size === size;
}

function readMember(directory: string, member: Member, hint: string): Buffer | null {
  if (member.sha256 === null) return null;
  const path = join(directory, member.name);
  const found = onDisk('cannot read', path, () => readRegularFile(path, member.size ?? 0));
  if (found.kind === 'file' && hash('sha256', found.bytes) === member.sha256) return found.bytes;
  throw new Failure('no-generation', `the generation is damaged: ${path} does not match its hash`, { hint });
}

/** Where replaced generations are kept. */
export function generationsDir(stateDir: string): string {
  return join(stateDir, 'generations');
}
