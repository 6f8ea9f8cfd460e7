import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { databaseKey, INDEX_NAME, objectTime } from '../../bucket/object-names.ts';
import { Failure } from '../../failure.ts';
import { makeTemporaryDirectory } from '../../files/temporary.ts';
import { FaultListError } from '../../rehearsal/faults.ts';
import { renderFlyctl } from '../../rehearsal/flyctl.ts';
import { inventedAnswers } from '../../rehearsal/invented.ts';
import { makeMachines, type SimMachine } from '../../rehearsal/machines.ts';
import { realPages } from '../../rehearsal/page-routing.ts';
import { type RealOptions, realAnswers, runResume } from '../../rehearsal/real.ts';
import { renderEvent, renderIntroduction, renderVariables } from '../../rehearsal/render.ts';
import { FleetSim } from '../../rehearsal/server.ts';
import type { Answerer, StoredIndex } from '../../rehearsal/sim-event.ts';
import { readStoreSettings } from '../../store/store-settings.ts';
import { readCall, type Streams } from '../arguments.ts';
import { usageOf } from '../options/command.ts';
import { runToEnd } from '../run-to-end.ts';
import { withoutLog } from '../without-log.ts';
import { FLEET_SIM, type FleetSimOptions } from './fleet-sim-options.ts';
import { makeHome, placeOwn, removeTraces, type Traces } from './own-files.ts';

/** What machines get of this process's environment: how to run, and where the store is. Nothing says where things are. */
const PASSED_ON =
  /^(PATH|HOME|TMPDIR|LANG|TZ|BUCKET_NAME|AWS_[A-Z0-9_]+|UPDATE_CONFIG_[A-Z_]+|NODE_[A-Z_]+)$/;

/** Milliseconds between two questions to the store. */
const MOST_OFTEN_MS = 50;

/** How it ended: exit code 1 when it could not begin, 2 for options that make no sense. */
export type FleetSimCode = 0 | 1 | 2;

/** Plays the fleet until the signal is aborted, and cleans up behind itself. */
export async function runFleetSim(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<FleetSimCode> {
  const caller = { name: 'fleet-sim', env };
  const call = await readCall(FLEET_SIM, args, streams, caller);
  if (call.kind === 'answered') return call.exitCode;
  const { write } = streams;
  const traces: Traces = { made: [], parents: [] };
  const close = async (): Promise<void> => removeTraces(traces);
  return await runToEnd<FleetSimCode>({ ...withoutLog(streams, caller), close }, async () => {
    const options = call.options();
    for (const program of [options.cgi, options.resume]) if (program !== null) requireProgram(program);
    const machines = makeMachines(options);
    const real = options.cgi === null ? null : realOptions(options, options.cgi, env, traces);
    const sim = await start(options, machines, real, env, write);
    try {
      const store = readStoreSettings(env)?.endpoint ?? null;
      introduce(options, { machines, real, sim, store }, write, traces);
      if (!signal.aborted) await new Promise((ended) => signal.addEventListener('abort', ended));
    } finally {
      await sim.close();
    }
    return 0;
  });
}

function requireProgram(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw new Failure('usage', `${path} cannot be run: ${(error as NodeJS.ErrnoException).code}`, {
      hint: 'Name a built executable, such as cgi-bin/update_config; npm run build makes it.',
      cause: error,
    });
  }
}

function realOptions(
  { app, home, timeoutMs }: FleetSimOptions,
  script: string,
  env: NodeJS.ProcessEnv,
  traces: Traces,
): RealOptions {
  const passed = Object.entries(env).filter(([name, value]) => PASSED_ON.test(name) && value !== undefined);
  if (home !== null) makeHome(home);
  const base = home === null ? makeTemporaryDirectory('fleet-sim-') : resolve(home);
  if (home === null) traces.made.push(base);
  const environment = Object.fromEntries(passed) as Record<string, string>;
  // The Node that runs this: the first one of the PATH may be too old for a CGI, as it may have been for this.
  environment['PATH'] = [dirname(process.execPath), environment['PATH'] ?? ''].join(delimiter);
  return { app, script: resolve(script), home: base, env: environment, timeoutMs };
}

async function start(
  options: FleetSimOptions,
  machines: readonly SimMachine[],
  real: RealOptions | null,
  env: NodeJS.ProcessEnv,
  write: (text: string) => void,
): Promise<FleetSim> {
  const hook = options.resume === null ? null : resolve(options.resume);
  try {
    return await FleetSim.start({
      ...options,
      machines,
      answer: real ? realAnswers(real) : await invented(options, env),
      pages: real ? realPages(real.home, machines) : null,
      resume: real && hook !== null ? (machine, signal) => runResume(machine, hook, real, signal) : null,
      report: (event) => {
        if (!options.quiet || event.type !== 'request') write(`${renderEvent(event, new Date())}\n`);
      },
    });
  } catch (error) {
    if (error instanceof FaultListError) throw usageOf('fleet-sim')(error.message);
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new Failure('config-invalid', `cannot listen on port ${options.port}: ${code}`, {
      hint: 'Give --port another one, or leave it out for a free one.',
      cause: error,
    });
  }
}

async function invented({ delayMs, etag }: FleetSimOptions, env: NodeJS.ProcessEnv): Promise<Answerer> {
  if (etag !== null) {
    const index = { etag, size: 0, time: new Date(0) };
    return inventedAnswers({ delayMs, published: async () => index });
  }
  const settings = readStoreSettings(env);
  if (!settings && env['UPDATE_CONFIG_KEY_FILE']) return inventedAnswers({ delayMs, published: withoutAny });
  if (!settings) {
    throw new Failure(
      'usage',
      'the index of the machines is not known: there is no --etag, no --cgi and no object store',
      {
        hint: 'Give --etag or --cgi, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3.',
      },
    );
  }
  const { createStore } = await import('../../store/store.ts');
  const store = createStore(settings);
  const ask = async (): Promise<StoredIndex> => {
    const head = await store.head(databaseKey(INDEX_NAME));
    if (head.kind === 'missing') throw new Error('the object store has no index');
    const { object } = head;
    return { etag: object.etag, size: object.size, time: objectTime(object) };
  };
  // Soon enough for a machine that takes a while, and a thousand of them are no burden for the store.
  return inventedAnswers({ delayMs, published: sharing(ask, Math.min(MOST_OFTEN_MS, delayMs / 2)) });
}

/** Where only pushes are rehearsed, there is nothing else that machines could have. */
async function withoutAny(): Promise<StoredIndex> {
  throw new Error('there is no object store, and nothing was pushed');
}

/**
 * Asks for many callers at once, every so many milliseconds at most: each gets the answer to a question that was put
 * after it came.
 */
function sharing<T>(ask: () => Promise<T>, everyMs: number): () => Promise<T> {
  let next: Promise<T> | null = null;
  let earliest = 0;
  return () => {
    next ??= wait(Math.max(0, earliest - performance.now())).then(() => {
      next = null;
      earliest = performance.now() + everyMs;
      return ask();
    });
    return next;
  };
}

interface Played {
  readonly machines: readonly SimMachine[];
  readonly real: RealOptions | null;
  readonly sim: FleetSim;
  /** Endpoint; null without one. */
  readonly store: string | null;
}

function introduce(
  { app, token, flyctl, envFile }: FleetSimOptions,
  { machines, real, sim, store }: Played,
  write: (text: string) => void,
  traces: Traces,
): void {
  const { url, faults } = sim;
  if (flyctl !== null)
    placeOwn('--flyctl', resolve(flyctl), { content: renderFlyctl(url, app), mode: 0o755 }, traces);
  const variables = renderVariables({ url, app, token, flyctl: flyctl && resolve(flyctl) });
  if (envFile !== null) placeOwn('--env', resolve(envFile), { content: variables, mode: 0o600 }, traces);
  write(renderIntroduction({ url, app, machines, faults, home: real?.home ?? null, store }));
  write(variables);
  write('Ready. Ctrl-C ends it.\n');
}
