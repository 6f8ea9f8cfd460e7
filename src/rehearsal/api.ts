import { digest, type SimMachine } from './machines.ts';

/** What the Machines API answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ApiOptions {
  readonly app: string;
  readonly machines: readonly SimMachine[];
  /** What a caller must send as a bearer. */
  readonly token: string;
  /** When the machines were created and last changed. */
  readonly since: Date;
  /** Brings a machine into another state. */
  readonly change: (machine: SimMachine, action: Action) => void;
}

const ACTIONS = ['start', 'stop', 'suspend'] as const;
export type Action = (typeof ACTIONS)[number];

export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  /** Milliseconds, of a clock that is never set back. */
  readonly nowMs: number;
}

/**
 * A stand-in for Fly's Machines API (https://fly.io/docs/machines/api/): listing an app's machines, getting one, and
 * starting, stopping and suspending one. Paths, properties, statuses, authentication and the rate limit are as documented.
 */
export class MachinesApi {
  readonly #options: ApiOptions;
  readonly #limits = new Map<string, RateLimit>();

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  answer({ method, url, authorization, nowMs }: ApiRequest): ApiAnswer {
    const { app, machines, token, change } = this.#options;
    if (!isBearer(authorization, token)) return failure(401, 'the API token is missing or wrong');
    const [, named, id, action] =
      /^\/v1\/apps\/([^/]+)\/machines(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(url.pathname) ?? [];
    if (named === undefined) return failure(404, 'there is nothing at this path');
    if (named !== app) return failure(404, `app ${JSON.stringify(named)} not found`);
    const machine = machines.find((candidate) => candidate.id === id);
    if (id !== undefined && !machine) return failure(404, 'machine not found');
    const wanted = ACTIONS.find((known) => known === action);
    const right = action === undefined ? method === 'GET' : wanted !== undefined && method === 'POST';
    if (!right) return failure(action !== undefined && !wanted ? 404 : 405, 'not played by this simulator');
    if (!this.#mayPass(`${action ?? (id ? 'get' : 'list')} ${id ?? ''}`, nowMs)) {
      return { ...failure(429, 'rate limit exceeded'), headers: { 'retry-after': '1' } };
    }
    if (!machine) return { status: 200, body: this.list(url.searchParams.get('region')) };
    if (!wanted) return { status: 200, body: this.#describe(machine) };
    const previous = machine.state;
    change(machine, wanted);
    return { status: 200, body: wanted === 'start' ? { previous_state: previous } : { ok: true } };
  }

  /** All machines, or those of a region, with the properties that the API and `flyctl --json` give them. */
  list(region: string | null): unknown[] {
    return this.#options.machines
      .filter((machine) => region === null || machine.region === region)
      .map((machine) => this.#describe(machine));
  }

  #describe({ id, region, group, state }: SimMachine): unknown {
    const { app, since } = this.#options;
    const name = `rehearsal-${id.slice(0, 4)}`;
    const at = since.toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      id,
      name,
      state,
      region,
      image_ref: {
        registry: 'docker-hub-mirror.fly.io',
        repository: app,
        tag: 'deployment-rehearsal',
        digest: `sha256:${digest(app)}`,
      },
      instance_id: `01${digest(id).slice(0, 24).toUpperCase()}`,
      private_ip: `fdaa:0:1:a7b:${id.slice(0, 4)}:${id.slice(4, 8)}:${id.slice(8, 12)}:2`,
      created_at: at,
      updated_at: at,
      config: {
        env: { FLY_PROCESS_GROUP: group, PRIMARY_REGION: region },
        metadata: { fly_platform_version: 'v2', fly_process_group: group },
        guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 2048 },
      },
      events: [{ type: 'start', status: state, source: 'flyd', timestamp: since.getTime() }],
      host_status: 'ok',
    };
  }

  #mayPass(what: string, nowMs: number): boolean {
    const perSecond = what.startsWith('get') ? 5 : 1;
    const burst = what.startsWith('get') ? 10 : 3;
    const limit = this.#limits.get(what) ?? new RateLimit(perSecond, burst, nowMs);
    this.#limits.set(what, limit);
    return limit.take(nowMs);
  }
}

/** So many a second in the long run, and so many at once: one action on one machine or app has one. */
class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = nowMs;
  }

  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#at) / 1000) * this.#perSecond);
    this.#at = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function isBearer(authorization: string | undefined, token: string): boolean {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] === token;
}

function failure(status: number, error: string): ApiAnswer {
  return { status, body: { error } };
}
