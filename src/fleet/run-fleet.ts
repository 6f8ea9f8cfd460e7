import { monotonicMs } from '../clock.ts';
import { Failure, problemOf } from '../failure.ts';
import type { PublishOutcome, Standard } from '../publish/published-index.ts';
import { askAll, type Expected, joined, listAll, unsentNote } from './ask-all.ts';
import type { FleetParts, FleetRequest, Way } from './fleet-context.ts';
import type { FleetError, FleetEvent, FleetReport, Listing, MachineOutcome } from './fleet-model.ts';

/** What a run has found out so far; filled step by step, so that a run that ends early can tell what was known. */
interface Findings {
  publish: PublishOutcome | null;
  /** What the machines of each target are held against. */
  readonly expected: Map<Way, Expected>;
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
  readonly #ways: readonly Way[];
  readonly #findings: Findings = { publish: null, expected: new Map(), listing: null, machines: [] };
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
    this.#ways = [parts, ...(parts.others ?? [])];
    request.signal?.addEventListener('abort', this.#cancel);
    if (request.signal?.aborted) this.#cancel();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#cancel);
  }

  async whole(): Promise<FleetReport> {
    const { run, operation } = this.#request;
    const [first, ...others] = this.#ways.map(({ target }) => target);
    const noun = others.length === 0 && first ? first.noun : (['machine', 'machines'] as const);
    this.#say({ type: 'begin', run, operation, target: this.#target(), noun });
    try {
      if (operation === 'verify') await this.#look();
      else if (!(await this.#publish())) return this.#end('changed-elsewhere');
      this.#startClock();
      const { listings, problem } = await this.#list();
      if (joined(listings).active.length === 0)
        return problem ? this.#end('failed', problem) : this.#end('nothing-to-do');
      await this.#ask(listings);
      const failed = this.#findings.machines.some(
        ({ outcome }) => outcome === 'failed' || outcome === 'differs',
      );
      return this.#end(
        failed || problem ? 'failed' : 'done',
        this.#stop.signal.aborted && failed ? this.#stopped() : problem,
      );
    } catch (error) {
      return this.#end('failed', this.#explain(error));
    }
  }

  /** Whether machines may be asked: before any of them is, everything is in place for all targets. */
  async #publish(): Promise<boolean> {
    this.#say({ type: 'publishing' });
    const done = new Map<Way['publish'], PublishOutcome>();
    for (const way of this.#ways) {
      const publish = done.get(way.publish) ?? (await this.#unlessStopped((signal) => way.publish(signal)));
      const isNew = !done.has(way.publish);
      done.set(way.publish, publish);
      this.#findings.publish ??= publish;
      if (isNew) this.#say({ type: 'published', publish });
      if (publish.kind === 'changed-elsewhere') {
        this.#findings.publish = publish;
        return false;
      }
      this.#findings.expected.set(way, { index: publish.index, local: publish.kind === 'local' });
    }
    this.#compare();
    return true;
  }

  /** Two targets may get to see two indexes of this host, where somebody is working on it. */
  #compare(): void {
    const digests = new Set([...this.#findings.expected.values()].map(({ index }) => index?.digest ?? null));
    if (digests.size > 1 && !digests.has(null))
      this.#note(
        'the index changed while it was being sent: run it again, so that all targets have the same',
      );
  }

  async #look(): Promise<void> {
    const done = new Map<Way['stored'], Standard>();
    for (const way of this.#ways) {
      const standard = done.get(way.stored) ?? (await this.#unlessStopped((signal) => way.stored(signal)));
      const isNew = !done.has(way.stored);
      done.set(way.stored, standard);
      this.#findings.expected.set(way, { index: standard.index, local: false });
      if (isNew) this.#say({ type: 'stored', ...standard });
    }
  }

  #startClock(): void {
    const { deadlineMs } = this.#parts.settings;
    this.#deadline = monotonicMs() + deadlineMs;
    this.#timer = setTimeout(() => this.#stop.abort(), deadlineMs);
  }

  /** A target whose machines cannot be found keeps nobody else's from being asked; the run has failed all the same. */
  async #list(): Promise<{ listings: readonly Listing[]; problem: FleetError | undefined }> {
    this.#say({ type: 'finding' });
    const { listings, unfound } = await this.#unlessStopped((signal) => listAll(this.#ways, signal));
    this.#findings.listing = joined(listings);
    this.#say({ type: 'found', listing: this.#findings.listing });
    const unsent = this.#request.operation === 'update' ? unsentNote(this.#ways, listings) : null;
    if (unsent !== null) this.#note(unsent);
    const [first] = unfound.map(({ target, error }): FleetError => {
      const explained = this.#explain(error);
      return { ...explained, message: `no machine of ${target} was asked: ${explained.message}` };
    });
    return { listings, problem: first };
  }

  async #ask(listings: readonly Listing[]): Promise<void> {
    const { settings } = this.#parts;
    const machines = joined(listings).active.length;
    this.#say({ type: 'updating', machines, concurrency: settings.concurrency });
    this.#findings.machines = await askAll(this.#ways, listings, this.#findings.expected, {
      operation: this.#request.operation,
      settings,
      signal: this.#stop.signal,
      stopped: () => this.#stopped(),
      deadline: this.#deadline,
      say: (event) => this.#say(event),
      note: (message) => this.#note(message),
    });
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
    if (!(error instanceof Failure)) this.#parts.unexpected(error);
    return problemOf(error);
  }

  #end(outcome: FleetReport['outcome'], error?: FleetError): FleetReport {
    const { publish, expected, listing, machines } = this.#findings;
    const [index = null, ...more] = [...expected.values()].map((one) => one.index);
    const pushed = more.find((other) => other !== null && other !== index);
    const { run, by, operation } = this.#request;
    const report: FleetReport = {
      run,
      by,
      target: this.#target(),
      operation,
      outcome,
      publish,
      index,
      ...(pushed ? { pushed } : {}),
      machines,
      skipped: listing?.skipped ?? [],
      beganAt: this.#beganAt.toISOString(),
      ms: Math.round(monotonicMs() - this.#began),
      ...(error ? { error } : {}),
    };
    this.#say({ type: 'end', report });
    return report;
  }

  #target(): string {
    return this.#ways.map(({ target }) => target.name).join(',');
  }

  #note(message: string): void {
    this.#say({ type: 'note', message });
  }

  #say(event: FleetEvent): void {
    this.#parts.report(event, new Date());
  }
}
