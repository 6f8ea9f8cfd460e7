import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { hasEnded } from '../../runs/deploys/deploy-standing.ts';
import type { ShownMachine } from '../run/shown-machines.ts';
import type { ShownStep } from '../run/shown-steps.ts';
import { shownText } from './received-lines.ts';

interface Step {
  readonly seq: number;
  readonly title: string;
  /** Milliseconds since 1970, by the sender's clock. */
  readonly at: number;
}

interface MachineLine extends ShownMachine {
  readonly seq: number;
}

/** More would be no tables that anybody reads, but take time and memory: a sender may say anything. */
const MOST_STEPS = 1000;
const MOST_MACHINES = 10_000;

/** What the lines of a run say of its steps and machines. The order in which they come does not matter. */
export class ReceivedProgress {
  readonly #steps: Step[] = [];
  readonly #machines = new Map<string, MachineLine>();
  /** The highest number. */
  top = 0;
  /** When the line of that number was written. */
  #topAt = 0;

  apply({ seq, level, message, loggedAt, machine }: ReceivedLine): void {
    if (seq > this.top) {
      this.top = seq;
      this.#topAt = Date.parse(loggedAt);
    }
    if (level === 'step') this.#step({ seq, title: shownText(message), at: Date.parse(loggedAt) });
    if (machine === null || level === 'info') return;
    const name = shownText(machine);
    const known = this.#machines.get(name);
    if (!known && this.#machines.size >= MOST_MACHINES) return;
    if (!known || known.seq < seq) this.#machines.set(name, { ...machineSaid(name, level, message), seq });
  }

  /** With durations from one step to the next, the last one to the end, should there be one. */
  steps({ status, finishedAt }: Pick<ReceivedRun, 'status' | 'finishedAt'>): ShownStep[] {
    const isOver = hasEnded({ status });
    return this.#steps.map(({ title, at }, place) => {
      const next = this.#steps[place + 1];
      const end = next?.at ?? (isOver ? (finishedAt === null ? this.#topAt : Date.parse(finishedAt)) : null);
      const outcome = next || status === 'completed' ? 'done' : status === 'failed' ? 'failed' : 'runs';
      return { name: title, title, ms: end === null ? null : Math.max(0, end - at), outcome, detail: '' };
    });
  }

  /** In the order of their first words; those whose lines are not there, but which the end names, behind. */
  machines({ failedMachines, status }: Pick<ReceivedRun, 'failedMachines' | 'status'>): ShownMachine[] {
    const isOver = hasEnded({ status });
    const missing = failedMachines.map(shownText).filter((name) => !this.#machines.has(name));
    return [
      ...[...this.#machines.values()].map((one) =>
        isOver && one.tone === 'wait' ? { ...one, tone: 'none' as const, state: 'Not known' } : one,
      ),
      ...missing.map((name) => ({ ...machineSaid(name, 'error', ''), attempts: 0 })),
    ];
  }

  /** Number of the line that says what became of each machine, by its name. */
  get lines(): ReadonlyMap<string, string> {
    return new Map([...this.#machines].map(([name, { seq }]) => [name, `${seq}`]));
  }

  #step(step: Step): void {
    if (this.#steps.length >= MOST_STEPS) return;
    let place = this.#steps.length;
    while ((this.#steps[place - 1]?.seq ?? 0) > step.seq) place--;
    if (this.#steps[place - 1]?.seq !== step.seq) this.#steps.splice(place, 0, step);
  }
}

/** `updated after 2 attempts, 1.25 s: detail`, as senders of ours say it. */
const OUTCOME =
  /^(?<outcome>[a-z-]+)(?: after (?<attempts>\d+) attempts?)?(?:, (?<ms>[\d.]+ ms|[\d.]+ s|\d+ min \d+ s))?(?:: (?<detail>.*))?$/;
const STATES: ReadonlyMap<string, string> = new Map([
  ['updated', 'Has it'],
  ['unchanged', 'Had it'],
  ['differs', 'Differs'],
]);

function machineSaid(name: string, level: ReceivedLine['level'], message: string): ShownMachine {
  const text = shownText(message);
  const said = text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
  const { outcome = '', attempts = '1', ms, detail = '' } = OUTCOME.exec(said)?.groups ?? { detail: said };
  const base = { name, region: null, detail, attempts: Number(attempts), ms: msOf(ms) };
  if (level === 'error') return { ...base, tone: 'bad', state: STATES.get(outcome) ?? 'Failed' };
  if (level === 'warning') return { ...base, tone: 'wait', state: 'Asked again soon' };
  return { ...base, tone: 'good', state: STATES.get(outcome) ?? 'Done' };
}

function msOf(text: string | undefined): number | null {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+) min )?([\d.]+) s$/.exec(text ?? '') ?? [];
  if (text === undefined) return null;
  return text.endsWith(' ms') ? Number.parseFloat(text) : 60_000 * Number(minutes) + 1000 * Number(seconds);
}
