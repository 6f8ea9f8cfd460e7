import type { IncomingMessage } from 'node:http';
import type { DatabaseVersion } from '../database-version.ts';
import type { SimMachine } from './machines.ts';

/** What a machine answers to one request. */
export interface MachineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Does a machine's work for one request; null when it was killed before it had an answer. */
export type Answerer = (
  machine: SimMachine,
  request: IncomingMessage,
  signal: AbortSignal,
) => Promise<MachineAnswer | null>;

/** The index as the store has it. */
export interface StoredIndex extends DatabaseVersion {
  /** Bytes. */
  readonly size: number;
}

/** What the simulator tells of. */
export type SimEvent =
  | {
      readonly type: 'request';
      /** The machine that served it; null when none did. */
      readonly machine: SimMachine | null;
      readonly method: string;
      /** With its query. */
      readonly path: string;
      /** HTTP status; null when the connection ended without a whole answer. */
      readonly status: number | null;
      /** Milliseconds. */
      readonly ms: number;
      /** The fault that was simulated, or why no machine answered; empty for neither. */
      readonly detail: string;
    }
  | { readonly type: 'broadcast'; readonly stream: string; readonly data: unknown }
  | { readonly type: 'state'; readonly machine: SimMachine; readonly detail: string }
  | { readonly type: 'faults'; readonly count: number };

export type SimReporter = (event: SimEvent) => void;
