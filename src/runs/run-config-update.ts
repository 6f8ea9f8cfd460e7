import { runChild } from '../child/run-child.ts';
import { decodeEvent } from '../report/decode.ts';
import type { RunEvent } from '../report/events.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { createScrubber, secretsOf } from '../report/redact.ts';
import { cut } from '../text.ts';
import type { ChildEnd } from './conclude.ts';

/** Bytes of a line: the report on 1,000 machines has less than one. */
const LONGEST_LINE = 4 * 2 ** 20;
/** Characters of last words. */
const LONGEST_WORDS = 300;
/** As `whoRuns` has it: what the store's metadata allow. */
const UNFIT = /[^\x21-\x7e]/g;

/** How config-update is started. */
export interface ChildContext {
  /** Program and arguments, to which `--events` and the target are added. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** One start of it. */
export interface ChildRun {
  readonly target: string;
  /** False to have the machines fetch what the store has. */
  readonly publishes: boolean;
  /** Userid of who asked. */
  readonly by: string;
  readonly limitMs: number;
  /** Kills it. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs `config-update --events` to its end. It dies with this process.
 *
 * @throws never
 */
export async function runConfigUpdate(context: ChildContext, run: ChildRun): Promise<ChildEnd> {
  const { env, cwd } = context;
  const { target, publishes, by, limitMs, signal, onEvent } = run;
  let report: FleetReport | null = null;
  let nonsense: string | null = null;
  let lastWords = '';
  const who = by.replaceAll(UNFIT, '_');
  const outcome = await runChild({
    command: [...context.command, '--events', '--target', target, ...(publishes ? [] : ['--no-publish'])],
    cwd,
    env: { ...env, ...(who === '' ? {} : { FLEET_BY: who }) },
    isOwnProgram: true,
    timeoutMs: limitMs,
    maxLineBytes: LONGEST_LINE,
    signal,
    onLine: (line) => {
      const decoded = decodeEvent(line);
      if (decoded.kind === 'refused') {
        nonsense ??= decoded.reason;
        return;
      }
      const { event } = decoded;
      if (event.type === 'run-ended' && event.kind === 'fleet') report = event.result;
      onEvent(event);
    },
    onError: (line) => {
      if (line.trim() !== '') lastWords = line;
    },
  });
  const { line } = createScrubber(secretsOf(env));
  return {
    outcome,
    report,
    nonsense: nonsense && line(nonsense),
    lastWords: cut(line(lastWords), LONGEST_WORDS),
    limitMs,
  };
}
