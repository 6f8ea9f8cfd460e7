import type { Agent } from 'node:http';
import type { LimitFunction } from 'p-limit';
import { backoff, pause } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import type { Tell } from '../report/events.ts';
import { type FleetError, type Machine, type MachineOutcome, nameOf } from '../report/fleet-results.ts';
import { type Question, type Verdict, verdictOn } from './answer-verdict.ts';
import { exchange } from './exchange.ts';
import type { Target } from './fleet-model.ts';
import type { FleetSettings } from './fleet-settings.ts';

/** What the requests to all machines of a run share. */
export interface Asking {
  readonly target: Target;
  readonly settings: FleetSettings;
  readonly question: Question;
  /** Of the credentials; empty for none. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** Limits the number of simultaneous requests. */
  readonly limit: LimitFunction;
  /** Aborted when the run is cancelled or its time is up; `stopped` then says which. */
  readonly signal: AbortSignal;
  readonly stopped: () => FleetError;
  /** Milliseconds of the monotonic clock at which the run's time is up. */
  readonly deadline: number;
  readonly say: Tell;
  /** Name of the step in events. */
  readonly step: string;
}

/**
 * Asks one machine until its answer is final, or the attempts or the time run out. A machine that waits for its next
 * attempt does not count against the limit of requests. Never throws.
 */
export async function askMachine(asking: Asking, machine: Machine): Promise<MachineOutcome> {
  const { settings, signal, say, step } = asking;
  const item = { type: 'item', kind: 'machine', step, name: nameOf(machine), machine } as const;
  let began: number | null = null;
  let attempts = 0;
  const end = (
    rest: Pick<MachineOutcome, 'outcome' | 'etag' | 'detail' | 'version' | 'error'>,
  ): MachineOutcome => {
    const ms = began === null ? 0 : Math.round(monotonicMs() - began);
    say({ ...item, phase: 'done', attempt: attempts, ms, ...rest });
    return { machine, attempts, ms, ...rest };
  };
  const fail = (error: FleetError, etag: string | null): MachineOutcome =>
    end({ outcome: 'failed', etag, detail: '', error });

  for (;;) {
    const verdict = await asking.limit(async (): Promise<Verdict | null> => {
      if (signal.aborted) return null;
      began ??= monotonicMs();
      attempts += 1;
      say({ ...item, phase: 'asking', outcome: null, detail: '', attempt: attempts });
      return await attempt(asking, machine);
    });
    if (verdict?.kind === 'done') return end(verdict.outcome);
    if (!verdict) return fail(asking.stopped(), null);
    const { error, etag } = verdict;
    // An answer that came in time says more than a timeout does.
    const stopped = verdict.kind === 'failed' ? error.code === 'cancelled' : signal.aborted;
    if (stopped) return fail(asking.stopped(), etag);
    if (verdict.kind === 'failed' || attempts >= settings.attempts) return fail(error, etag);

    const waitMs = Math.max(verdict.waitMs, Math.round(backoff(settings, attempts)));
    if (monotonicMs() + waitMs >= asking.deadline) {
      const wish =
        waitMs === verdict.waitMs ? `it asks for a pause of ${Math.ceil(waitMs / 1000)} s, and ` : '';
      return fail(
        { ...error, message: `${error.message}; ${wish}no time is left for another attempt` },
        etag,
      );
    }
    const pausing = { phase: 'pausing', outcome: null, detail: error.message, waitMs } as const;
    say({ ...item, ...pausing, attempt: attempts });
    await pause(waitMs, signal);
  }
}

async function attempt(asking: Asking, machine: Machine): Promise<Verdict> {
  const { target, question, settings } = asking;
  const address = target.address(machine);
  const url = new URL(address.url);
  url.search = question.query;
  const { sends } = question;
  const reply = await exchange({
    method: 'POST',
    url,
    headers: { Accept: 'text/plain', ...asking.headers, ...sends?.headers(), ...address.headers },
    ...(sends ? { body: sends.body } : {}),
    agent: asking.agent,
    timeoutMs: settings.timeoutMs,
    maxBytes: settings.maxAnswerBytes,
    signal: asking.signal,
  });
  const { verdict, log } = verdictOn(reply, machine, question);
  const { step } = asking;
  if (log.length > 0) asking.say({ type: 'log', step, kind: 'machine', name: nameOf(machine), lines: log });
  return verdict;
}
