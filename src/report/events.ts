import type { Warning } from '../warning.ts';
import type {
  FleetError,
  FleetOperation,
  FleetReport,
  Machine,
  MachineOutcome,
  PublishOutcome,
  Standard,
} from './fleet-results.ts';
import type { ItemOutcome, MachineState, RunResult, Summary, Trigger } from './results.ts';

/** Of the protocol; another one is not read. */
export const EVENTS_VERSION = 1;

/** Fields of every event. They are set in one place (`stream.ts`). */
interface Envelope {
  readonly v: typeof EVENTS_VERSION;
  /** The run that it belongs to; null for an event before a run began, and for a machine's state. */
  readonly run: string | null;
  /** From 1, one more with each event of the stream. */
  readonly seq: number;
  /** ISO 8601, UTC: the wall-clock time of the event. */
  readonly at: string;
}

/** A step as it is announced. */
export interface PlannedStep {
  readonly name: string;
  /** What is done, in words. */
  readonly title: string;
}

interface RunBegan {
  readonly type: 'run-began';
  readonly run: string;
  /** What began it; null if that is not distinguished. */
  readonly trigger: Trigger | null;
  /** Who runs it (`user@host`); null if unknown. */
  readonly by: string | null;
  /** What it works on: a machine, or the targets of a fleet. */
  readonly target: string;
  /** What is to be done, in this order. A step says how many there are by then, should it turn out that fewer will do. */
  readonly steps: readonly PlannedStep[];
}

/** `kind` says which kind of result the run ends with. */
export type RunBeganEvent =
  | (RunBegan & { readonly kind: 'update' | 'operation'; readonly operation: string })
  | (RunBegan & {
      readonly kind: 'fleet';
      readonly operation: FleetOperation;
      /** The word for its machines in messages: singular and plural. */
      readonly noun: readonly [string, string];
    });

export interface StepEvent extends PlannedStep {
  readonly type: 'step';
  /** From 1. */
  readonly number: number;
  /** How many steps there are, as far as is known now. */
  readonly of: number;
}

export interface StepDoneEvent {
  readonly type: 'step-done';
  readonly number: number;
  readonly of: number;
  readonly name: string;
  readonly ms: number;
  readonly outcome: 'done' | 'failed';
  /** Its outcome, in words; may be empty. */
  readonly detail: string;
}

/** Fields of every item: one of many things that a step works on. */
interface Item {
  readonly type: 'item';
  /** Name of the step. */
  readonly step: string;
  /** Of the machine, the database, the page or the file. */
  readonly name: string;
  /** In words; may be empty. For a machine that pauses: why the attempt failed. */
  readonly detail: string;
  /** Requests made so far, the first included; 1 where nothing is tried again. */
  readonly attempt: number;
}

export interface TenantItem extends Item {
  readonly kind: 'tenant' | 'page';
  readonly phase: 'done';
  readonly outcome: ItemOutcome;
}

/** The index of the fleet: the outcome of its publication, or, in a verification, what was found. */
export type FileItem = Item & { readonly kind: 'file'; readonly phase: 'done' } & (
    | { readonly outcome: PublishOutcome['kind']; readonly publish: PublishOutcome }
    | { readonly outcome: 'found' | 'missing'; readonly standard: Standard }
  );

export type MachineItem = Item & { readonly kind: 'machine'; readonly machine: Machine } & (
    | { readonly phase: 'waiting' | 'asking'; readonly outcome: null }
    | {
        readonly phase: 'pausing';
        readonly outcome: null;
        /** Milliseconds until the next attempt. */
        readonly waitMs: number;
      }
    | {
        readonly phase: 'done';
        /** It is not running, and does it when it resumes. */
        readonly outcome: 'skipped';
      }
    | {
        readonly phase: 'done';
        readonly outcome: MachineOutcome['outcome'];
        readonly etag: string | null;
        /** Of its program; absent where it did not say, or was not asked. */
        readonly version?: string;
        readonly ms: number;
        /** Of those that `failed`. */
        readonly error?: FleetError;
      }
  );

export type ItemEvent = TenantItem | FileItem | MachineItem;

export interface ProgressEvent {
  readonly type: 'progress';
  /** Name of the step. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** How many are worked on at once at most, where that is known. */
  readonly concurrency?: number;
}

/** Something beside the steps that is to be known. */
export interface NoteEvent {
  readonly type: 'note';
  readonly message: string;
  /**
   * `warning`: what is wrong, though it stops nothing; every answer names it, in whatever form. `info`: what is done, told as
   * it stands.
   */
  readonly level?: 'warning' | 'info';
  /** Whether only administrators see it, such as how secrets are kept here; others are told how many there are. */
  readonly isPrivate?: boolean;
}

/** What another program said: a machine's own log, or the output of a command. */
export interface LogEvent {
  readonly type: 'log';
  readonly step: string;
  /** Who says it: the name of a machine, or a command. */
  readonly name: string;
  readonly kind: 'machine' | 'command';
  readonly lines: readonly string[];
}

export type RunEndedEvent = { readonly type: 'run-ended' } & (
  | { readonly kind: 'update'; readonly result: RunResult }
  /** The answer to a question, which is not a run and has no beginning. */
  | { readonly kind: 'state'; readonly result: MachineState }
  | { readonly kind: 'operation'; readonly result: Summary }
  | { readonly kind: 'fleet'; readonly result: FleetReport }
);

/** What an operation says while it runs. */
export type EventBody =
  | RunBeganEvent
  | StepEvent
  | StepDoneEvent
  | ItemEvent
  | ProgressEvent
  | NoteEvent
  /** A row of the index that was left out, or read with a reservation. */
  | { readonly type: 'warning'; readonly warning: Warning }
  | LogEvent
  | RunEndedEvent;

/**
 * What an operation is given to say things with.
 *
 * @param run that it belongs to; the one that began last where absent
 */
export type Tell = (event: EventBody, run?: string) => void;

/** An event as all that show, log or keep it get it. */
export type RunEvent = Envelope & EventBody;

/** A consumer of the stream. */
export type Reporter = (event: RunEvent) => void;
