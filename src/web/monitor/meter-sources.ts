import type { Logins } from '../../http/logins.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import type { FleetCheck } from '../../runs/fleet-check.ts';
import type { Runs } from '../../runs/runs.ts';
import type { Watchers } from '../watcher-count.ts';
import type { Storage } from './storage.ts';

/** What metrics are read from when somebody asks for them. */
export interface MeterSources {
  readonly deploys: Pick<Deploys, 'standings'>;
  readonly watchers: Pick<Watchers, 'count'>;
  readonly logins: Pick<Logins, 'failures' | 'waiting'>;
  readonly fleet: { readonly verify: Pick<FleetCheck, 'last'> };
  readonly runs: Pick<Runs, 'tally' | 'ended'>;
  readonly storage: Pick<Storage, 'state'>;
  /** Passwords that are being hashed, or wait for that. */
  readonly passwords: () => number;
  /** What waits to be sent, or was, by the name of an outbox and by state: a row for each. */
  readonly outboxes: Readonly<Record<string, () => readonly Counted[]>>;
  /** Told what could not be read. */
  readonly report: (problem: string) => void;
}

export interface Counted {
  readonly state: string;
  readonly count: number;
}
