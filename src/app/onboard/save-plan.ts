import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { secretsOf } from '../../report/redact.ts';
import { counted } from '../../text.ts';
import type { World } from '../machine/machine-context.ts';
import { changeOfDeployFiles, findDeployFiles } from './deploy-files.ts';
import { editEnvText, readEnvText, shownEnvText } from './env-text.ts';
import { type Answers, GROUPS, VARIABLES } from './onboard-answers.ts';
import { changing, type Existing, existingFile, type PlannedWrite } from './planned-writes.ts';

const HEADING =
  '# Settings of config-update and its fellows; written by scripts/onboard, and yours to edit.\n';

/** A file that is to be written, and what is new in it. */
interface Planned extends PlannedWrite {
  /** What changes, in words. */
  readonly what: string;
  /** As people may see it; null where they may not. */
  readonly shown: string | null;
}

/** Everything that saving would do. */
export interface Plan {
  /** Only what differs from what is there. */
  readonly writes: readonly Planned[];
  /** For a dashboard; empty unless deploy.enc changes and something is streamed. Secret. */
  readonly dashboardKeys: readonly string[];
  /** Path of a key that is made; null for none. */
  readonly newKey: string | null;
}

/**
 * What all answers come to.
 *
 * @param world as it is with these answers
 * @throws {Failure} `config-invalid`, `disk`
 */
export function planOf(answers: Answers, world: World, envFile: string): Plan {
  const files = findDeployFiles(world);
  const change = changeOfDeployFiles(files, answers);
  const appRoot = answers.settings.get('APP_ROOT') ?? world.defaultAppRoot;
  const isStreaming = answers.dashboard.kind === 'stream' || change?.newKey != null;
  const planned: Planned[] = [ignored(appRoot, envFile, isStreaming)];
  if (change !== null) {
    if (change.newKey !== null) planned.push(keyFile(change.keyPath, change.newKey));
    planned.push({
      path: files.path,
      bytes: change.bytes,
      isSecret: false,
      before: existingFile(files.path),
      what: answers.dashboard.kind === 'stop' ? 'without callback_url' : 'with callback_url, encrypted',
      shown: null,
    });
  }
  planned.push(settingsFile(answers, envFile));
  const writes = changing(planned) as Planned[];
  return {
    writes,
    dashboardKeys: change?.dashboardKeys ?? [],
    newKey: change?.newKey ? change.keyPath : null,
  };
}

function keyFile(path: string, key: string): Planned {
  const bytes = Buffer.from(`${key}\n`);
  return {
    path,
    bytes,
    isSecret: true,
    before: existingFile(path),
    what: 'a new key, mode 0600',
    shown: null,
  };
}

function settingsFile({ settings }: Answers, path: string): Planned {
  const before = existingFile(path);
  const text = before?.bytes.toString('utf8') ?? '';
  const wanted = new Map(VARIABLES.map((name) => [name, settings.get(name) ?? null]));
  const edited = editEnvText(text === '' ? HEADING : text, wanted, GROUPS);
  const bytes = Buffer.from(edited);
  return {
    path,
    bytes,
    isSecret: true,
    before,
    what: describeSettings(before, text, edited),
    shown: shownEnvText(edited, isSecretName),
  };
}

function describeSettings(before: Existing | null, old: string, edited: string): string {
  const [then, now] = [readEnvText(old), readEnvText(edited)];
  if (before === null) return `${counted(now.size, 'setting')}, mode 0600`;
  const all = [...new Set([...then.keys(), ...now.keys()])];
  const words = [
    ['new', all.filter((name) => !then.has(name))],
    ['changed', all.filter((name) => then.has(name) && now.has(name) && then.get(name) !== now.get(name))],
    ['taken away', all.filter((name) => !now.has(name))],
  ] as const;
  const said = words.flatMap(([word, names]) => (names.length === 0 ? [] : [`${word}: ${names.join(', ')}`]));
  const closed = (before.mode & 0o077) === 0 ? [] : ['closed to others, mode 0600'];
  const rewritten = said.length === 0 && old !== edited ? ['lines that systemd and a shell read alike'] : [];
  return [...said, ...rewritten, ...closed].join('; ');
}

function isSecretName(name: string): boolean {
  return secretsOf({ [name]: 'x' }).length > 0;
}

/** Keys and settings belong into no repository. */
function ignored(appRoot: string, envFile: string, isStreaming: boolean): Planned {
  const path = join(appRoot, '.gitignore');
  const before = existingFile(path);
  const text = before?.bytes.toString('utf8') ?? '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const below = relative(appRoot, envFile);
  const isOfGit = isStreaming || before !== null || existsSync(join(appRoot, '.git'));
  const wanted = [
    ...(isStreaming ? ['deploy.key'] : []),
    ...(isOfGit && !below.startsWith('..') ? [`/${below}`] : []),
  ].filter((line) => !lines.includes(line) && !lines.includes(`/${line}`) && !lines.includes(line.slice(1)));
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const edited = wanted.length === 0 ? text : `${start}${wanted.join('\n')}\n`;
  const bytes = Buffer.from(edited);
  // An empty file is not worth one.
  const same = before ?? { bytes: Buffer.alloc(0), mode: 0o644 };
  return {
    path,
    bytes,
    isSecret: false,
    before: wanted.length === 0 ? same : before,
    what: wanted.map((line) => `line ${line}`).join(', '),
    shown: edited,
  };
}
