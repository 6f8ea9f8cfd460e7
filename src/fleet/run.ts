import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import pLimit from 'p-limit';
import { monotonicMs } from '../clock.ts';
import { asFailure, Failure } from '../failure.ts';
import { type Asking, askMachine } from './ask.ts';
import type { FleetParts, FleetRequest } from './parts.ts';
import { chooseQuestion } from './question.ts';
import type {
  FleetError,
  FleetEvent,
  FleetReport,
  Listing,
  MachineOutcome,
  PublishedIndex,
  PublishOutcome,
} from './types.ts';

/** What a run has found out so far; filled step by step, so that a run that ends early can tell what was known. */
interface Findings {
  publish: PublishOutcome | null;
  index: PublishedIndex | null;
  listing: Listing | null;
  machines: readonly MachineOutcome[];
}

/** What ends a run before its machines are through. */
class Stopped extends Error {}

/**
 * A whole run over the fleet: publish, find the machines, ask them all, report. The machines are listed after the index
 * is published, and not before: one that wakes up in between has asked the store itself, and found the new index.
 * Never throws: what goes wrong is in the report.
 */
export async function runFleet(parts: FleetParts, request: FleetRequest): Promise<FleetReport> {
  const run = new Run(parts, request);
  try {
    return await run.whole();
  } finally {
    run.close();
  }
}

class Run {
  readonly #parts: FleetParts;
  readonly #request: FleetRequest;
  readonly #findings: Findings = { publish: null, index: null, listing: null, machines: [] };
  readonly #beganAt = new Date();
  readonly #began = monotonicMs();
  /** Aborted when the caller cancels, or the time is up. */
  readonly #stop = new AbortController();
  readonly #cancel = (): void => this.#stop.abort();
  #timer: NodeJS.Timeout | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(parts: FleetParts, request: FleetRequest) {
    this.#parts = parts;
    this.#request = request;
    request.signal?.addEventListener('abort', this.#cancel);
    if (request.signal?.aborted) this.#cancel();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#cancel);
  }

  async whole(): Promise<FleetReport> {
    const { target } = this.#parts;
    const { run, operation } = this.#request;
    this.#say({ type: 'begin', run, operation, target: target.name, noun: target.noun });
    try {
      const index = operation === 'verify' ? await this.#look() : await this.#publish();
      if (index === 'changed-elsewhere') return this.#end('changed-elsewhere');
      this.#startClock();
      const listing = await this.#list();
      if (listing.active.length === 0) return this.#end('nothing-to-do');
      await this.#ask(listing, index);
      const failed = this.#findings.machines.some(
        ({ outcome }) => outcome === 'failed' || outcome === 'differs',
      );
      return this.#end(
        failed ? 'failed' : 'done',
        this.#stop.signal.aborted && failed ? this.#stopped() : undefined,
      );
    } catch (error) {
      return this.#end('failed', this.#explain(error));
    }
  }

  async #publish(): Promise<PublishedIndex | 'changed-elsewhere'> {
    this.#say({ type: 'publishing' });
    const publish = await this.#unlessStopped((signal) => this.#parts.publish(signal));
    this.#findings.publish = publish;
    this.#say({ type: 'published', publish });
    if (publish.kind === 'changed-elsewhere') return 'changed-elsewhere';
    this.#findings.index = publish.index;
    return publish.index;
  }

  async #look(): Promise<PublishedIndex | null> {
    const { index, from } = await this.#unlessStopped((signal) => this.#parts.stored(signal));
    this.#findings.index = index;
    this.#say({ type: 'stored', index, from });
    return index;
  }

  #startClock(): void {
    const { deadlineMs } = this.#parts.settings;
    this.#deadline = monotonicMs() + deadlineMs;
    this.#timer = setTimeout(() => this.#stop.abort(), deadlineMs);
  }

  async #list(): Promise<Listing> {
    this.#say({ type: 'finding' });
    const listing = await this.#unlessStopped((signal) => this.#parts.target.list(signal));
    this.#findings.listing = listing;
    this.#say({ type: 'found', listing });
    return listing;
  }

  async #ask(listing: Listing, index: PublishedIndex | null): Promise<void> {
    const { target, settings } = this.#parts;
    const machines = listing.active.length;
    this.#say({ type: 'updating', machines, concurrency: settings.concurrency });
    // Sockets are kept for the next machine: many are behind one address, and greetings over TLS are dear.
    const options = { keepAlive: true, maxSockets: settings.concurrency };
    const agent = target.url.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options);
    const { question, headers, notes } = chooseQuestion(
      this.#parts,
      this.#request.operation,
      index,
      this.#findings.publish?.kind === 'local',
    );
    for (const note of notes) this.#note(note);
    const asking: Asking = {
      target,
      settings,
      question,
      headers,
      agent,
      limit: pLimit(settings.concurrency),
      signal: this.#stop.signal,
      stopped: () => this.#stopped(),
      deadline: this.#deadline,
      say: (event) => this.#say(event),
    };
    try {
      this.#findings.machines = await Promise.all(
        listing.active.map((machine) => askMachine(asking, machine)),
      );
    } finally {
      agent.destroy();
    }
  }

  /** Begins a piece of work, and leaves it to itself once the run is stopped. */
  async #unlessStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    if (signal.aborted) throw new Stopped();
    let stop = (): void => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new Stopped());
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([work(signal), stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #stopped(): FleetError {
    if (this.#request.signal?.aborted)
      return {
        code: 'cancelled',
        message: 'the run was cancelled',
        hint: 'Run it again: it completes what is left.',
      };
    return {
      code: 'machine-failed',
      message: `the time for the whole run, ${this.#parts.settings.deadlineMs / 1000} s, was up`,
      hint: 'Run it again; raise CONFIG_UPDATE_DEADLINE (seconds) if the machines are just slow.',
    };
  }

  #explain(error: unknown): FleetError {
    if (error instanceof Stopped || this.#stop.signal.aborted) return this.#stopped();
    const { code, message, hint } = asFailure(error);
    if (!(error instanceof Failure)) this.#parts.unexpected(error);
    return { code, message, hint };
  }

  #end(outcome: FleetReport['outcome'], error?: FleetError): FleetReport {
    const { publish, index, listing, machines } = this.#findings;
    const { run, by, operation } = this.#request;
    const report: FleetReport = {
      run,
      by,
      target: this.#parts.target.name,
      operation,
      outcome,
      publish,
      index,
      machines,
      skipped: listing?.skipped ?? [],
      beganAt: this.#beganAt.toISOString(),
      ms: Math.round(monotonicMs() - this.#began),
      ...(error ? { error } : {}),
    };
    this.#say({ type: 'end', report });
    return report;
  }

  #note(message: string): void {
    this.#say({ type: 'note', message });
  }

  #say(event: FleetEvent): void {
    this.#parts.report(event, new Date());
  }
}
