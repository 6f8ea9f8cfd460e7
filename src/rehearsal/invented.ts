import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { IndexFacts, MachineState, Outcome, RunResult } from '../report/results.ts';
import { digest, type SimMachine } from './machines.ts';
import { isPush, type PushedIndex, readPushed } from './pushed-index.ts';
import type { Answerer, MachineAnswer, StoredIndex } from './sim-event.ts';

export interface InventedOptions {
  /** Milliseconds that a machine takes. */
  readonly delayMs: number;
  /** The index that a machine finds when it asks now. */
  readonly published: () => Promise<StoredIndex>;
}

/**
 * Machines that answer as update_config does, without doing anything: `updated` if the index differs from the one they last
 * had, else `unchanged`; and that one's facts when they are asked for their state. Requests for administrators are refused
 * without credentials, and a pushed index without a signature; neither is verified.
 */
export function inventedAnswers({ delayMs, published }: InventedOptions): Answerer {
  const installed = new Map<string, StoredIndex | PushedIndex>();
  return async (machine, request, signal) => {
    const brings = isPush(request);
    const pushed = brings ? await readPushed(request).catch(() => null) : null;
    request.resume();
    const index = pushed ? Promise.resolve(pushed) : published();
    index.catch(() => {}); // it is awaited, but only later
    try {
      await wait(delayMs, undefined, { signal });
    } catch {
      return null;
    }
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const dryRun = searchParams.has('dry_run');
    const isSigned = brings && request.headers['webhook-signature'] !== undefined;
    if (brings && !isSigned)
      return render(request, 401, refusal(machine, 'unauthorized', 'the index that was sent is not signed'));
    if ((dryRun || searchParams.has('force')) && !request.headers.authorization && !isSigned) {
      return render(
        request,
        401,
        refusal(machine, 'unauthorized', 'dry_run and force are for administrators'),
      );
    }
    if (request.method !== 'POST') {
      return render(request, 405, refusal(machine, 'method-not-allowed', 'only POST is allowed'));
    }
    const has = installed.get(machine.id) ?? null;
    if (searchParams.has('state')) return render(request, 200, stateOf(machine, has));
    const stored = await index;
    const known = has?.etag === stored.etag;
    const outcome: Outcome = dryRun ? 'dry-run' : known ? 'unchanged' : 'updated';
    if (!dryRun) installed.set(machine.id, stored);
    return render(request, 200, result(machine, outcome, { stored, known }, delayMs));
  };
}

function result(
  machine: SimMachine,
  outcome: Outcome,
  { stored, known }: { stored: StoredIndex; known: boolean },
  ms: number,
): RunResult {
  return {
    ...base(machine),
    outcome,
    index: factsOf(stored),
    files: [
      {
        kind: 'index',
        path: '/data/db/index.sqlite3',
        changed: !known,
        size: stored.size,
      },
    ],
    reload: !known,
    steps: [{ name: 'rehearse', ms }],
  };
}

function stateOf({ id, region }: SimMachine, has: StoredIndex | null): MachineState {
  const index = has && factsOf(has);
  return {
    outcome: 'state',
    machine: id,
    region,
    index,
    files: [],
    pendingReload: false,
    fallback: null,
    lastRun: null,
  };
}

/** The bytes of one in the store are not known here, so its digest is one of its ETag. */
function factsOf(index: StoredIndex | PushedIndex): IndexFacts {
  const { etag, size } = index;
  const time = index.time.toISOString();
  if ('sha256' in index) return { etag, sha256: index.sha256, size, time, source: 'push' };
  return { etag, sha256: digest(etag), size, time, source: 'store' };
}

function refusal(
  machine: SimMachine,
  code: 'unauthorized' | 'method-not-allowed',
  message: string,
): RunResult {
  const hint = code === 'unauthorized' ? 'Send the credentials of an administrator.' : 'Send a POST.';
  return { ...base(machine), outcome: 'failed', error: { code, message, hint } };
}

let runs = 0;

function base(machine: SimMachine): Omit<RunResult, 'outcome'> {
  runs++;
  return {
    run: `rehearsal-${machine.id}-${runs}`,
    machine: machine.id,
    region: machine.region,
    shared: false,
    index: null,
    files: [],
    reload: false,
    warningCount: 0,
    warnings: [],
    steps: [],
  };
}

function render(request: IncomingMessage, status: number, given: RunResult | MachineState): MachineAnswer {
  const json = request.headers.accept?.startsWith('application/json') ?? false;
  const stamp = `[${new Date().toISOString()}]`;
  const said =
    given.outcome === 'state' || !given.error
      ? `Rehearsal: ${given.outcome}`
      : `Failed (${given.error.code}): ${given.error.message}`;
  const result = JSON.stringify(given);
  const text = `${stamp} ${said}\nRESULT ${result}\n`;
  return {
    status,
    headers: {
      'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: Buffer.from(json ? `${result}\n` : text),
  };
}
