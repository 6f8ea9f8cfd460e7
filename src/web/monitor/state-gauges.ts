import { Counter, Gauge, type Registry } from 'prom-client';
import { problemOf } from '../../failure.ts';
import type { FleetReport, MachineOutcome } from '../../report/fleet-results.ts';
import { DEPLOY_STANDINGS } from '../../runs/deploys/deploy-standing.ts';
import type { ChangeState, RunState } from '../../runs/run-model.ts';
import type { RunsTally } from '../../runs/runs-tally.ts';
import { versionText } from '../../version.ts';
import type { Counted, MeterSources } from './meter-sources.ts';

const RUN_STATES: readonly RunState[] = ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'];
const CHANGE_STATES: readonly ChangeState[] = [
  ...(['intended', 'pending', 'asked', 'checking', 'live', 'failed', 'dropped'] as const),
];
const LOOK_OUTCOMES: readonly MachineOutcome['outcome'][] = ['same', 'differs', 'failed'];
const RUN_OUTCOMES: readonly MachineOutcome['outcome'][] = ['updated', 'unchanged', 'failed'];

/** What is read anew at each scrape. */
interface Fresh {
  readonly runs: RunsTally;
  readonly lastCheck: FleetReport | null;
  readonly checkedAt: number | null;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | null];

/** One gauge or counter: its name, what it is, its labels, and what it shows. A sample without a value is left out. */
interface Shown {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly samples: () => readonly Sample[];
}

/** What is known of this server when somebody asks; what cannot be read just now is absent, and reported. */
export function registerGauges(registry: Registry, sources: MeterSources): void {
  let lastError: unknown = null;
  for (const shown of [...runGauges(sources), ...ownGauges(sources)]) {
    const { name, help, labels: labelNames = [] } = shown;
    const isCounter = name.endsWith('_total');
    const options = { name, help, labelNames: [...labelNames], registers: [registry] };
    const fill = (put: (labels: Labels, value: number) => void): void => {
      try {
        for (const [labels, value] of shown.samples()) if (value !== null) put(labels, value);
      } catch (error) {
        // Of many that have the same reason one line is enough.
        if (error !== lastError) sources.report(`${name} cannot be read: ${problemOf(error).message}`);
        lastError = error;
      }
    };
    if (isCounter) {
      new Counter({
        ...options,
        collect() {
          this.reset();
          fill((at, value) => this.inc(at, value));
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          if (labelNames.length === 0) this.remove();
          fill((at, value) => this.set(at, value));
        },
      });
    }
  }
}

function runGauges({ runs, fleet }: MeterSources): Shown[] {
  const fresh = onceATurn((): Fresh => {
    const { last } = fleet.verify;
    return {
      runs: runs.tally(),
      lastCheck: last?.report ?? null,
      checkedAt: last === null ? null : Date.parse(last.at),
    };
  });
  const of = (state: RunState) => fresh().runs.runs.find((one) => one.state === state);
  return [
    {
      name: 'showcase_web_runs',
      help: 'Runs that are kept, by state; those that wait are the queue',
      labels: ['state'],
      samples: () => allOf('state', RUN_STATES, fresh().runs.runs),
    },
    {
      name: 'showcase_web_run_last_end_timestamp_seconds',
      help: 'When a run last ended so',
      labels: ['outcome'],
      samples: () =>
        fresh().runs.runs.map(({ state, lastEndedAt }) => [{ outcome: state }, inSeconds(lastEndedAt)]),
    },
    {
      name: 'showcase_web_run_under_way_since_timestamp_seconds',
      help: 'When the run began that is under way; absent for none',
      samples: () => [[{}, inSeconds(of('running')?.firstBeganAt ?? null)]],
    },
    {
      name: 'showcase_web_run_waiting_since_timestamp_seconds',
      help: 'When the run was asked for that waits longest; absent for none',
      samples: () => [[{}, inSeconds(of('waiting')?.firstMadeAt ?? null)]],
    },
    {
      name: 'showcase_web_changes',
      help: 'Changes of the index that are kept, by state',
      labels: ['state'],
      samples: () => allOf('state', CHANGE_STATES, fresh().runs.changes),
    },
    {
      name: 'showcase_web_last_run_machines',
      help: 'Machines in the report of the last run, by outcome',
      labels: ['outcome'],
      samples: () => machinesOf(fresh().runs.lastReport, RUN_OUTCOMES),
    },
    {
      name: 'showcase_web_machines',
      help: 'Machines when they were last asked whether they have the published index, by answer',
      labels: ['state'],
      samples: () =>
        machinesOf(fresh().lastCheck, LOOK_OUTCOMES).map(([{ outcome = '' }, count]) => [
          { state: outcome },
          count,
        ]),
    },
    {
      name: 'showcase_web_machines_asked_timestamp_seconds',
      help: 'When they were last asked; absent before',
      samples: () => [[{}, inSeconds(fresh().checkedAt)]],
    },
    {
      name: 'showcase_web_published_index_timestamp_seconds',
      help: 'When the index was published that the machines should have, as far as this server knows',
      samples: () => [[{}, inSeconds(publishedAt(fresh()))]],
    },
  ];
}

function ownGauges(sources: MeterSources): Shown[] {
  const { deploys, watchers, logins, storage, passwords, outboxes } = sources;
  return [
    {
      name: 'showcase_web_received_runs',
      help: 'Runs that were received from elsewhere, by where they stand',
      labels: ['standing'],
      samples: () =>
        allOf(
          'standing',
          DEPLOY_STANDINGS.map(oneWord),
          deploys.standings().map(({ standing, count }) => ({ state: oneWord(standing), count })),
        ),
    },
    {
      name: 'showcase_web_watchers',
      help: 'Pages and programs that wait for news now',
      samples: () => [[{}, watchers.count]],
    },
    {
      name: 'showcase_web_outbox_messages',
      help: 'Messages that are kept, by outbox and state',
      labels: ['outbox', 'state'],
      samples: () =>
        Object.entries(outboxes).flatMap(([outbox, sizes]) =>
          sizes().map(({ state, count }): Sample => [{ outbox, state }, count]),
        ),
    },
    {
      name: 'showcase_web_login_failures_total',
      help: 'Logins that have failed since this server began',
      samples: () => [[{}, logins.failures]],
    },
    {
      name: 'showcase_web_passwords_waiting',
      help: 'Passwords that are being hashed or checked, or wait for that',
      samples: () => [[{}, Math.max(logins.waiting, passwords())]],
    },
    {
      name: 'showcase_web_storage_writable',
      help: 'Whether the disk takes what this server has to keep',
      samples: () => [[{}, storage.state().problem === null ? 1 : 0]],
    },
    {
      name: 'showcase_web_storage_free_bytes',
      help: 'What is free where it is kept',
      samples: () => [[{}, storage.state().freeBytes]],
    },
    {
      name: 'showcase_web_build_info',
      help: 'Which release this is; always 1',
      labels: ['version', 'node'],
      samples: () => [[{ version: versionText(), node: process.version }, 1]],
    },
  ];
}

/** One sample for each value, those that do not occur included: a rule can then compare with 0. */
function allOf(label: string, values: readonly string[], counted: readonly Counted[]): Sample[] {
  const counts = new Map(counted.map(({ state, count }) => [state, count]));
  return values.map((value) => [{ [label]: value }, counts.get(value) ?? 0]);
}

function machinesOf(
  report: FleetReport | null,
  outcomes: readonly MachineOutcome['outcome'][],
): readonly (readonly [{ readonly outcome: string }, number])[] {
  if (report === null) return [];
  const counted = outcomes.map(
    (outcome) => [{ outcome }, report.machines.filter((one) => one.outcome === outcome).length] as const,
  );
  return [...counted, [{ outcome: 'skipped' }, report.skipped.length]];
}

function publishedAt({ runs, lastCheck }: Fresh): number | null {
  const times = [runs.lastReport?.index, lastCheck?.index].flatMap((index) =>
    index ? [Date.parse(index.publishedAt)] : [],
  );
  return times.length === 0 ? null : Math.max(...times);
}

/** The work is done once for all who ask in one turn of the event loop, as all gauges of a scrape do. */
function onceATurn<T>(work: () => T): () => T {
  let done: { readonly value: T } | { readonly error: unknown } | null = null;
  return () => {
    if (done === null) {
      setImmediate(() => {
        done = null;
      });
      try {
        done = { value: work() };
      } catch (error) {
        done = { error };
      }
    }
    if ('error' in done) throw done.error;
    return done.value;
  };
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function oneWord(standing: string): string {
  return standing.replaceAll(' ', '-');
}
