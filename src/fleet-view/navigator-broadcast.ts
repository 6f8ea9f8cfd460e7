import { monotonicMs } from '../clock.ts';
import { httpFor } from '../http-for.ts';
import type { Reporter, RunEvent } from '../report/events.ts';
import type { FleetOperation, FleetReport } from '../report/fleet-results.ts';
import { FleetProgress } from './fleet-progress.ts';
import { outcomeOf, sortedOut } from './fleet-words.ts';

/** The progress on a page. */
interface Message {
  readonly status: 'processing' | 'completed' | 'error';
  /** Per cent. */
  readonly progress: number;
  readonly message: string;
}

interface Waiting {
  readonly message: Message;
  /** One of many about machines, which a newer one makes pointless. */
  readonly step: boolean;
}

export interface BroadcastOptions {
  /** Of Navigator's `/_broadcast`. */
  readonly url: URL;
  readonly stream: string;
  /** Milliseconds for one message. */
  readonly timeoutMs: number;
}

/** A reporter that posts, and that must be waited for at the end. */
export interface HttpBroadcast {
  readonly report: Reporter;
  /**
   * Resolves when the last message is out, or after `limitMs` milliseconds, with whether anybody took one. Never rejects.
   */
  close(limitMs: number): Promise<boolean>;
}

/**
 * Shows the progress of a run on pages, by Navigator's broadcasts. One message is sent at a time, so they arrive in
 * order. Waiting messages about machines replace each other, so a slow receiver gets fewer of them; a receiver that
 * accepts none gets only the last one. Nothing here ever harms the run.
 */
export function httpBroadcast(options: BroadcastOptions): HttpBroadcast {
  const progress = new FleetProgress();
  let shown = 0;
  let isTaken = false;
  let waiting: Waiting[] = [];
  let sending: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const taken = await post(options, next.message);
      if (taken) isTaken = true;
      else waiting = waiting.slice(-1);
    }
    sending = null;
  };
  return {
    report: (event) => {
      progress.apply(event);
      const message = messageFor(event, progress);
      if (!message) return;
      shown = Math.max(shown, message.progress);
      const step = outcomeOf(event) !== null;
      if (step && waiting.at(-1)?.step) waiting.pop();
      waiting.push({ message: { ...message, progress: shown }, step });
      sending ??= drain();
    },
    close: async (limitMs) => {
      const deadline = monotonicMs() + limitMs;
      while (sending && monotonicMs() < deadline) {
        await Promise.race([sending, pause(deadline - monotonicMs())]);
      }
      return isTaken;
    },
  };
}

interface Words {
  readonly run: string;
  readonly todo: string;
  readonly doing: string;
  readonly did: string;
}

/** Only what updates says so. */
const WORDS: Readonly<Record<FleetOperation, Words>> = {
  update: { run: 'Configuration update', todo: 'update', doing: 'Updating', did: 'Updated' },
  undo: { run: 'Undo', todo: 'update', doing: 'Updating', did: 'Updated' },
  'dry-run': { run: 'Dry run', todo: 'ask', doing: 'Asking', did: 'Asked' },
  verify: { run: 'Verification', todo: 'check', doing: 'Checking', did: 'Checked' },
};

/** Null if the page does not change. */
function messageFor(event: RunEvent, progress: FleetProgress): Message | null {
  const processing = (per: number, message: string): Message => ({
    status: 'processing',
    progress: per,
    message,
  });
  const { done, total } = progress;
  const words = WORDS[progress.operation];
  switch (event.type) {
    case 'run-began':
      return processing(0, `Starting ${words.run.toLowerCase()}...`);
    case 'step':
      if (event.name === 'publish') return processing(10, 'Syncing index database...');
      return progress.phase === 'updating' ? processing(40, `${words.doing} ${total} machines...`) : null;
    case 'step-done':
      if (event.name !== 'find' || event.outcome === 'failed') return null;
      return processing(30, `Found ${total} machines to ${words.todo}...`);
    case 'item': {
      if (outcomeOf(event) === null) return null;
      const percent = 40 + Math.floor((50 * done) / Math.max(1, total));
      return processing(percent, describe(progress, Date.parse(event.at)));
    }
    case 'run-ended':
      return event.kind === 'fleet' ? lastMessage(event.result) : null;
    default:
      return null;
  }
}

function describe(progress: FleetProgress, now: number): string {
  const { done, total, failed, operation } = progress;
  const left = progress.timeLeft(now);
  return [
    `${WORDS[operation].did} ${done - failed}/${total} machines`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left !== null && done < total ? [`about ${Math.max(1, Math.round(left / 1000))} s left`] : []),
  ].join(', ');
}

function lastMessage(report: FleetReport): Message {
  const { good, bad } = sortedOut(report);
  const error = (message: string): Message => ({ status: 'error', progress: 0, message });
  switch (report.outcome) {
    case 'done':
      return {
        status: 'completed',
        progress: 100,
        message: `${WORDS[report.operation].run} complete: ${good.length} machines`,
      };
    case 'nothing-to-do':
      return { status: 'completed', progress: 100, message: 'No machine is running that needs the update' };
    case 'changed-elsewhere':
      return error('Configuration update stopped: somebody else has published another index');
    case 'failed':
      return error(
        bad.length > 0
          ? `${WORDS[report.operation].run} failed on ${bad.length} of ${report.machines.length} machines`
          : `${WORDS[report.operation].run} failed: ${report.error?.message ?? 'unknown reason'}`,
      );
  }
}

/** Whether the message was taken, with whatever answer. Never rejects. */
function post({ url, stream, timeoutMs }: BroadcastOptions, data: Message): Promise<boolean> {
  const body = Buffer.from(JSON.stringify({ stream, data }));
  return new Promise((resolve) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    const request = httpFor(url).request(url, { method: 'POST', headers, agent: false });
    const timer = setTimeout(() => request.destroy(), timeoutMs);
    let taken = false;
    request.on('response', (response) => {
      taken = true;
      response.on('error', () => {}).resume();
    });
    request.on('error', () => {});
    request.on('close', () => {
      clearTimeout(timer);
      resolve(taken);
    });
    request.end(body);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
