import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { problemOf } from '../../failure.ts';
import { DEPLOYMENT } from '../../runs/run-model.ts';
import type { MeterSources } from './meter-sources.ts';
import { registerGauges } from './state-gauges.ts';

/** A request that was answered. */
export interface Answered {
  /** The pattern of the table of routes; null where there is none for that address. */
  readonly route: string | null;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** Runs that were counted, so that each one counts once however often it is heard of. */
const MOST_COUNTED = 10_000;

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST'];
const CALLBACKS = '/api/';

/** Seconds. Long polls wait for 25 s, bodies for 30. */
const REQUEST_BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 30];
/** Seconds: a fleet is updated in 1 to 300 of them. */
const RUN_BUCKETS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/**
 * What this server counts since it began, and what it knows when somebody asks. Names of counters and gauges are those of
 * docs/MONITORING.md. No label is of what people or programs send.
 */
export class Meters {
  readonly #registry = new Registry();
  readonly #sources: MeterSources;
  readonly #counted = new Set<string>();
  readonly #runs: Counter<'outcome' | 'trigger'>;
  readonly #runSeconds: Histogram<'outcome' | 'kind'>;
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #requestSeconds: Histogram<'route'>;
  readonly #callbacks: Counter<'result'>;

  constructor(sources: MeterSources) {
    this.#sources = sources;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#runs = new Counter({
      name: 'showcase_web_runs_total',
      help: 'Runs that have ended since this server began',
      labelNames: ['outcome', 'trigger'],
      registers,
    });
    this.#runSeconds = new Histogram({
      name: 'showcase_web_run_duration_seconds',
      help: 'Duration of those that had begun',
      labelNames: ['outcome', 'kind'],
      buckets: RUN_BUCKETS,
      registers,
    });
    this.#requests = new Counter({
      name: 'showcase_web_http_requests_total',
      help: 'Requests that were answered',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'showcase_web_http_request_duration_seconds',
      help: 'Time until a request was answered; long polls wait on purpose',
      labelNames: ['route'],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#callbacks = new Counter({
      name: 'showcase_web_callbacks_total',
      help: 'Signed requests of runs elsewhere',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['accepted', 'refused', 'limited', 'failed']) this.#callbacks.inc({ result }, 0);
    for (const outcome of ['done', 'failed']) this.#runs.inc({ outcome, trigger: 'administrator' }, 0);
    registerGauges(this.#registry, sources);
  }

  /** The type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Told the runs and changes that are no longer as they were. Never throws. */
  heard(ids: ReadonlySet<string>): void {
    try {
      for (const id of ids) this.#hear(id);
    } catch (error) {
      this.#sources.report(`a run is not counted: ${problemOf(error).message}`);
    }
  }

  answered({ route, method, status, seconds }: Answered): void {
    const labels = { route: route ?? 'none', method: METHODS.includes(method) ? method : 'other', status };
    this.#requests.inc(labels);
    this.#requestSeconds.observe({ route: labels.route }, seconds);
    if (method === 'POST' && route?.startsWith(CALLBACKS)) this.#callbacks.inc({ result: resultOf(status) });
  }

  /** In the text format of Prometheus. */
  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  #hear(id: string): void {
    if (this.#counted.has(id)) return;
    const run = this.#sources.runs.ended(id);
    if (run === null) return;
    this.#counted.add(id);
    const [first] = this.#counted;
    if (this.#counted.size > MOST_COUNTED && first !== undefined) this.#counted.delete(first);
    const { state: outcome, trigger, target, seconds } = run;
    this.#runs.inc({ outcome, trigger });
    const kind = target === DEPLOYMENT ? 'deployment' : 'update';
    if (seconds !== null) this.#runSeconds.observe({ outcome, kind }, seconds);
  }
}

function resultOf(status: number): string {
  if (status < 300) return 'accepted';
  if (status === 401) return 'refused';
  return status === 429 ? 'limited' : 'failed';
}
