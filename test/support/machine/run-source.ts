/** Executables as functions. They have no process of their own, so no signals and no rights to lay down. */
import { openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { runConfigUpdate } from '../../../src/app/fleet/fleet-command.ts';
import { withPresentNames } from '../../../src/app/fleet/old-names.ts';
import { answerCgi } from '../../../src/app/machine/cgi.ts';
import type { World } from '../../../src/app/machine/machine-context.ts';
import { runCommand } from '../../../src/app/machine/update-command.ts';
import { readSecrets } from '../../../src/app/secrets.ts';
import { isCgi } from '../../../src/cgi/request.ts';
import { moment } from '../../../src/journal/arrival.ts';
import { type Answered, EXECUTABLE, type Machine, ROOT, type RunOptions } from './machine.ts';

type Call = (world: World, args: readonly string[], output: Output) => Promise<number>;

interface Output {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly columns: () => number;
  readonly terminal: null;
}

const CALLS: Readonly<Record<string, Call>> = {
  idle: async (...call) => (await import('../../../src/app/databases/idle-hook.ts')).runIdleHook(...call),
  ready: async (...call) => (await import('../../../src/app/ready/ready-hook.ts')).runReadyHook(...call),
  resume: async (...call) => (await import('../../../src/app/machine/resume-hook.ts')).runResumeHook(...call),
  'sync-databases': async (...call) =>
    (await import('../../../src/app/databases/sync-command.ts')).runSyncDatabases(...call),
  'tenant-stop': async (...call) =>
    (await import('../../../src/app/databases/tenant-stop-hook.ts')).runTenantStopHook(...call),
  update_config: async (world, args, output) => {
    if (!isCgi(world.env)) return await runCommand(world, args, output);
    const answer = await answerCgi(world);
    output.write(answer.output);
    return answer.exitCode;
  },
  'config-update': (world, args, output) => {
    const stop = {
      signal: new AbortController().signal,
      exitCode: () => null,
      onStop: () => {},
      interrupt: () => {},
    };
    return runConfigUpdate(withPresentNames(world), args, { ...output, screen: null, stop });
  },
};

/** As `Machine.run`; null for what has to be started. */
export async function runSource(
  machine: Machine,
  args: readonly string[],
  { executable = EXECUTABLE, env, input = '' }: RunOptions,
): Promise<Answered | null> {
  const name = basename(executable);
  const call = CALLS[name];
  if (!call) return null;
  const [written, complained]: [string[], string[]] = [[], []];
  const complain = (text: string): void => void complained.push(text);
  const world: World = {
    ...readSecrets({ PATH: process.env['PATH'], ...machine.env, ...env }, false),
    defaultAppRoot: ROOT,
    name,
    caller: { arrival: moment(), build: builtId(), input: inputOf(input), complain },
  };
  const write = (text: string): void => void written.push(text);
  const exitCode = await call(world, args, {
    write,
    complain,
    columns: () => Number.POSITIVE_INFINITY,
    terminal: null,
  });
  return { exitCode, signal: null, stdout: written.join(''), stderr: complained.join('') };
}

let built: string | undefined;

/** Of the executables, which are of the same source: what one of them has proved need not be looked at again. */
function builtId(): string {
  built ??= /BUILD_ID="([0-9a-f]{16})"/.exec(readFileSync(EXECUTABLE, 'latin1'))?.[1];
  if (built === undefined) throw new Error(`${EXECUTABLE} has no id of its build`);
  return built;
}

let nothing: number | undefined;

/** It is looked at as a descriptor where nothing was announced, and read as a stream. */
function inputOf(bytes: string | Buffer) {
  nothing ??= openSync('/dev/null', 'r');
  const stream = Readable.from(bytes.length > 0 ? [Buffer.from(bytes)] : []);
  return { fd: nothing, stream: () => stream };
}
