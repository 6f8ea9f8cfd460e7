import { monotonicMs } from '../clock.ts';
import type { RunEvent } from './events.ts';
import type { LogEntry } from './log-entry.ts';
import type { RunResult } from './results.ts';

/** Steps of an update that change nothing yet. A step that is not named here may. */
const HARMLESS = new Set(['lock', 'fetch', 'read', 'generate']);

/**
 * Holds back the log of a CGI run until its first step that may change something; before that step all of it is
 * written. Anybody may POST, at any rate, and a whole run is 2.3 KB of log on the volume that the databases are on. So
 * a run that changed nothing is logged as one short line, behind notes of what it found and repaired. A failure keeps
 * every line, and so does a run of a command or a hook.
 */
export class LogGate {
  readonly #pass: (entry: LogEntry) => void;
  /** Lines from before the run describe how this machine is set up: every run that changes something logs them. */
  #early: LogEntry[] = [];
  #held: LogEntry[] = [];
  /** Milliseconds of the monotonic clock; null while no CGI run has begun. */
  #began: number | null = null;
  #isOpen = false;

  /** @param pass writes an entry to the log */
  constructor(pass: (entry: LogEntry) => void) {
    this.#pass = pass;
  }

  add(entry: LogEntry): void {
    const event = 'event' in entry ? entry.event : null;
    if (this.#isOpen) this.#pass(entry);
    else if (event?.type === 'run-ended' && event.kind === 'state') this.#write([entry]);
    else if (isUpdateEnd(event) && this.#began !== null && changedNothing(event.result))
      this.#write(this.#shortened(event.result, event.at, monotonicMs() - this.#began));
    else this.#hold(entry, event);
  }

  /** Writes everything, from now on too. */
  open(): void {
    this.#write([...this.#early, ...this.#held]);
  }

  #hold(entry: LogEntry, event: RunEvent | null): void {
    if (event?.type === 'run-began' && event.trigger === 'cgi') this.#began = monotonicMs();
    const isRunning = this.#began !== null;
    (isRunning ? this.#held : this.#early).push(entry);
    if (!mayWait(event, isRunning)) this.open();
  }

  #shortened({ run, outcome, index, shared }: RunResult, at: string, ms: number): LogEntry[] {
    const etag = index?.etag ?? null;
    const notes = shared ? [] : this.#held.filter(isNote);
    return [...notes, { at, short: { run, outcome, etag, shared, ms: Math.round(ms) } }];
  }

  #write(entries: readonly LogEntry[]): void {
    this.#isOpen = true;
    this.#early = [];
    this.#held = [];
    for (const entry of entries) this.#pass(entry);
  }
}

function isUpdateEnd(
  event: RunEvent | null,
): event is Extract<RunEvent, { kind: 'update'; result: unknown }> {
  return event?.type === 'run-ended' && event.kind === 'update';
}

/** The log of another request's run has what that run changed. */
function changedNothing({ outcome, shared }: RunResult): boolean {
  return outcome === 'unchanged' || (shared && outcome === 'updated');
}

function mayWait(event: RunEvent | null, isRunning: boolean): boolean {
  if (event?.type === 'note') return true;
  if (!event || !isRunning) return false;
  return (
    ['run-began', 'step-done', 'warning'].includes(event.type) ||
    (event.type === 'step' && HARMLESS.has(event.name))
  );
}

function isNote(entry: LogEntry): boolean {
  return 'event' in entry && entry.event.type === 'note';
}
