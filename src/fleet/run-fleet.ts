import { monotonicMs } from '../clock.ts';
import { Failure, problemOf } from '../failure.ts';
import {
  bringsIndex,
  type FleetError,
  type FleetReport,
  type MachineOutcome,
  type PublishOutcome,
  type Standard,
} from '../report/fleet-results.ts';
import { Steps } from '../report/steps.ts';
import { askAll, joined, listAll, unsentNote } from './ask-all.ts';
import { type Findings, foundOf, newFindings } from './findings.ts';
import type { FleetContext, FleetRequest, Way } from './fleet-context.ts';
import type { Listing } from './fleet-model.ts';
import {
  counting,
  type FleetSteps,
  foundItems,
  nounOf,
  publishItem,
  standardItem,
  stepsOf,
  targetOf,
} from './fleet-steps.ts';
import { versionsNote } from './verify.ts';

/** Ends a run before its machines are done. */
class Stopped extends Error {}

/**
 * A whole run over the fleet: publish, find the machines, ask them all, report. The machines are listed after the index
 * is published: a machine that wakes up in between has asked the store itself, and found the new index. Never throws:
 * an error is in the report.
 */
export async function runFleet(context: FleetContext, request: FleetRequest): Promise<FleetReport> {
  const run = new Run(context, request);
  try {
    return await run.whole();
  } finally {
    run.close();
  }
}

class Run {
  readonly #context: FleetContext;
  readonly #request: FleetRequest;
  readonly #ways: readonly Way[];
  readonly #steps: Steps;
  readonly #announced: FleetSteps;
  readonly #findings: Findings = newFindings();
  readonly #beganAt = new Date();
  readonly #began = monotonicMs();
  /** Aborted when the caller cancels, or the time is up. */
  readonly #stop = new AbortController();
  readonly #cancel = (): void => this.#stop.abort();
  #timer: NodeJS.Timeout | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(context: FleetContext, request: FleetRequest) {
    this.#context = context;
    this.#request = request;
    this.#ways = [context, ...(context.others ?? [])];
    this.#steps = new Steps(context.report);
    this.#announced = stepsOf(request.operation, this.#ways);
    request.signal?.addEventListener('abort', this.#cancel);
    if (request.signal?.aborted) this.#cancel();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#cancel);
  }

  async whole(): Promise<FleetReport> {
    const { run, operation, by } = this.#request;
    const { index, find, machines } = this.#announced;
    const whose = { by, target: targetOf(this.#ways), noun: nounOf(this.#ways) };
    this.#steps.begin({
      kind: 'fleet',
      run,
      operation,
      trigger: null,
      ...whose,
      steps: [index, find, machines],
    });
    try {
      const isReady = await this.#steps.run(index, async () => {
        const value = operation === 'verify' ? await this.#readStandard() : await this.#publish();
        if (!value) this.#steps.endHere();
        return { value, detail: value ? '' : 'changed elsewhere' };
      });
      if (!isReady) return this.#end('changed-elsewhere');
      this.#startClock();
      const { listings, problem } = await this.#list();
      if (joined(listings).active.length === 0)
        return problem ? this.#end('failed', problem) : this.#end('nothing-to-do');
      await this.#ask(listings);
      const isBad = ({ outcome }: MachineOutcome) => outcome === 'failed' || outcome === 'differs';
      const failed = this.#findings.machines.some(isBad);
      return this.#end(
        failed || problem ? 'failed' : 'done',
        this.#stop.signal.aborted && failed ? this.#stopped() : problem,
      );
    } catch (error) {
      return this.#end('failed', this.#explain(error));
    }
  }

  /** Whether machines may be asked: not before the index is ready for all targets. */
  async #publish(): Promise<boolean> {
    const done = new Map<Way['publish'], PublishOutcome>();
    for (const way of this.#ways) {
      const publish = done.get(way.publish) ?? (await this.#unlessStopped((signal) => way.publish(signal)));
      const isNew = !done.has(way.publish);
      done.set(way.publish, publish);
      this.#findings.publish ??= publish;
      if (isNew) this.#steps.say(publishItem(publish));
      if (publish.kind === 'changed-elsewhere') {
        this.#findings.publish = publish;
        return false;
      }
      this.#findings.expected.set(way, { index: publish.index, local: publish.kind === 'local' });
    }
    this.#compare();
    return true;
  }

  /** Two targets may read two different indexes of this host if an administrator is editing it. */
  #compare(): void {
    const digests = new Set([...this.#findings.expected.values()].map(({ index }) => index?.digest ?? null));
    const message =
      'the index changed while it was being sent: run it again, so that all targets have the same';
    if (digests.size > 1 && !digests.has(null)) this.#steps.note(message);
  }

  async #readStandard(): Promise<boolean> {
    const done = new Map<Way['stored'], Standard>();
    for (const way of this.#ways) {
      const standard = done.get(way.stored) ?? (await this.#unlessStopped((signal) => way.stored(signal)));
      const isNew = !done.has(way.stored);
      done.set(way.stored, standard);
      this.#findings.expected.set(way, { index: standard.index, local: false });
      if (isNew) this.#steps.say(standardItem(standard));
    }
    return true;
  }

  #startClock(): void {
    const { deadlineMs } = this.#context.settings;
    this.#deadline = monotonicMs() + deadlineMs;
    this.#timer = setTimeout(() => this.#stop.abort(), deadlineMs);
  }

  /** If the machines of one target cannot be found, the other targets go on; the run has failed all the same. */
  async #list(): Promise<{ listings: readonly Listing[]; problem: FleetError | undefined }> {
    const { listings, unfound } = await this.#steps.run(this.#announced.find, async () => {
      const value = await this.#unlessStopped((signal) => listAll(this.#ways, signal));
      const listing = joined(value.listings);
      this.#findings.listing = listing;
      for (const item of foundItems(listing, this.#announced)) this.#steps.say(item);
      if (listing.active.length === 0) this.#steps.endHere();
      return { value, detail: listing.source };
    });
    const unsent = bringsIndex(this.#request.operation) ? unsentNote(this.#ways, listings) : null;
    if (unsent !== null) this.#steps.note(unsent);
    const [first] = unfound.map(({ target, error }): FleetError => {
      const explained = this.#explain(error);
      return { ...explained, message: `no machine of ${target} was asked: ${explained.message}` };
    });
    return { listings, problem: first };
  }

  async #ask(listings: readonly Listing[]): Promise<void> {
    const { settings } = this.#context;
    const { machines } = this.#announced;
    const total = joined(listings).active.length;
    await this.#steps.run(machines, async () => {
      const say = counting(this.#steps.say, machines.name, total, settings.concurrency);
      this.#findings.machines = await askAll(this.#ways, listings, this.#findings.expected, {
        operation: this.#request.operation,
        settings,
        signal: this.#stop.signal,
        stopped: () => this.#stopped(),
        deadline: this.#deadline,
        step: machines.name,
        say,
        note: (message) => this.#steps.note(message),
      });
      return { value: undefined, detail: '' };
    });
    const versions = this.#request.operation === 'verify' ? versionsNote(this.#findings.machines) : null;
    if (versions !== null) this.#steps.note(versions);
  }

  /** Starts some work, and stops waiting for it when the run is stopped. */
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
      message: `the time for the whole run, ${this.#context.settings.deadlineMs / 1000} s, was up`,
      hint: 'Run it again; raise FLEET_DEADLINE (seconds) if the machines are just slow.',
    };
  }

  #explain(error: unknown): FleetError {
    if (error instanceof Stopped || this.#stop.signal.aborted) return this.#stopped();
    if (!(error instanceof Failure)) this.#context.unexpected(error);
    return problemOf(error);
  }

  #end(outcome: FleetReport['outcome'], error?: FleetError): FleetReport {
    const report: FleetReport = {
      ...{ run: this.#request.run, by: this.#request.by, target: targetOf(this.#ways) },
      ...{ operation: this.#request.operation, outcome, ...foundOf(this.#findings) },
      ...{ beganAt: this.#beganAt.toISOString(), ms: Math.round(monotonicMs() - this.#began) },
      ...(error ? { error } : {}),
    };
    this.#steps.say({ type: 'run-ended', kind: 'fleet', result: report });
    return report;
  }
}
