import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { FAULTS, type FaultKind, type MachineFault } from './faults.ts';
import type { SimMachine } from './machines.ts';
import type { Answerer, MachineAnswer } from './sim-event.ts';

export interface ServeOptions {
  readonly answer: Answerer;
  /** Milliseconds that a machine takes; one that dies does so after half of it. */
  readonly delayMs: number;
  /** Milliseconds that a slow one takes longer. */
  readonly slowMs: number;
  /** The simulator ends. */
  readonly signal: AbortSignal;
}

/** The outcome of a request: the status that was sent; null if the answer was not complete. */
export interface Served {
  readonly status: number | null;
  readonly detail: string;
}

/** Has a machine answer one request, with its fault. */
export async function serveMachine(
  machine: SimMachine,
  fault: MachineFault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  options: ServeOptions,
): Promise<Served> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, options.signal]);
  const detail = fault ? `${fault.kind}${fault.once ? ', once' : ''}: ${FAULTS[fault.kind]}` : '';
  if (fault?.kind === 'hang') {
    request.resume();
    await aborted(signal);
    return { status: null, detail };
  }
  if (fault?.kind === 'die') {
    await die(machine, fault, request, response, { ...options, signal });
    return { status: null, detail };
  }
  const answer = (await instead(fault?.kind, request, options, signal)) ?? {
    answer: await options.answer(machine, request, signal),
  };
  if (fault?.kind === 'slow') await wait(options.slowMs, undefined, { signal }).catch(() => {});
  if (answer.answer === null || signal.aborted) {
    response.destroy();
    return { status: null, detail: detail || 'the client went away' };
  }
  const spoiled = spoil(answer.answer, fault?.kind);
  if (fault?.kind === 'truncate') {
    sendHalf(response, spoiled);
    return { status: null, detail };
  }
  response.writeHead(spoiled.status, { ...spoiled.headers, 'content-length': spoiled.body.length });
  response.end(spoiled.body);
  return { status: spoiled.status, detail };
}

/** The answer, if the fault keeps the machine from working; undefined if it does its work. */
async function instead(
  kind: FaultKind | undefined,
  request: IncomingMessage,
  { delayMs }: ServeOptions,
  signal: AbortSignal,
): Promise<{ answer: MachineAnswer | null } | undefined> {
  if (kind === 'platform') {
    request.resume();
    return { answer: { status: 200, headers: { 'content-type': 'text/plain' }, body: platformAnswer() } };
  }
  const status = kind === 'fail' ? 500 : kind === 'refuse' ? 403 : kind === 'busy' ? 503 : null;
  if (status === null) return undefined;
  request.resume();
  try {
    await wait(delayMs, undefined, { signal });
  } catch {
    return { answer: null };
  }
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    ...(kind === 'busy' ? { 'retry-after': '1' } : {}),
  };
  return { answer: { status, headers, body: Buffer.from(`${status}, on purpose\n`) } };
}

/** The first lines and the last one of script/update_configuration.rb. */
function platformAnswer(): Buffer {
  const lines = [
    'Starting configuration update (Phase 1: Fast operations)',
    '='.repeat(70),
    'Operation 1/5: Updating index database',
    'Configuration update COMPLETED successfully',
  ];
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  return Buffer.from(lines.map((line) => `[${at}] ${line}\n`).join(''));
}

/** Its work is killed half way, and the connection is reset. */
async function die(
  machine: SimMachine,
  fault: MachineFault,
  request: IncomingMessage,
  response: ServerResponse,
  { answer, delayMs, signal }: ServeOptions,
): Promise<void> {
  const death = new AbortController();
  const work = answer(machine, request, AbortSignal.any([death.signal, signal])).catch(() => null);
  await wait(delayMs / 2, undefined, { signal }).catch(() => {});
  death.abort();
  await work;
  if (!fault.once) machine.state = 'stopped';
  response.socket?.resetAndDestroy();
}

function spoil(answer: MachineAnswer, kind: FaultKind | undefined): MachineAnswer {
  switch (kind) {
    case 'wrong-etag':
      return rewrite(answer, (result) => {
        const index = result['index'];
        if (index && typeof index === 'object') Object.assign(index, { etag: `"${'0'.repeat(32)}"` });
      });
    case 'wrong-machine':
      return rewrite(answer, (result) => {
        result['machine'] = '0'.repeat(14);
      });
    case 'no-result':
      return {
        ...answer,
        body: Buffer.from(isJson(answer) ? '{}\n' : answer.body.toString().replace(/^RESULT .*\n?/gm, '')),
      };
    default:
      return answer;
  }
}

/** Changes the result that an answer holds: its `RESULT` line, or the whole of a JSON answer. */
function rewrite(answer: MachineAnswer, change: (result: Record<string, unknown>) => void): MachineAnswer {
  const text = answer.body
    .toString()
    .replace(/^(RESULT )?(\{.*\})$/gm, (line, prefix: string | undefined, json: string) => {
      if (prefix === undefined && !isJson(answer)) return line;
      const result = JSON.parse(json) as Record<string, unknown>;
      change(result);
      return `${prefix ?? ''}${JSON.stringify(result)}`;
    });
  return { ...answer, body: Buffer.from(text) };
}

function isJson({ headers }: MachineAnswer): boolean {
  return headers['content-type']?.startsWith('application/json') ?? false;
}

function sendHalf(response: ServerResponse, { status, headers, body }: MachineAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
