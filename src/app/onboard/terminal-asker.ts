import { styleText } from 'node:util';
import {
  type CANCEL_SYMBOL,
  confirm,
  intro,
  isCancel,
  log,
  note,
  outro,
  password,
  S_BAR,
  S_CONNECT_LEFT,
  select,
  settings,
  text,
  unicodeOr,
} from '@clack/prompts';
import { wrap } from '../../text.ts';
import {
  type Asker,
  Cancelled,
  type ChoiceQuestion,
  type Finding,
  type Row,
  type TextQuestion,
} from './asker.ts';

/** The terminal that somebody sits at. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly columns: () => number;
  readonly write: (text: string) => void;
  /** Aborted when this shall end. */
  readonly signal: AbortSignal;
  /** Told that Ctrl-C was pressed while nothing was asked. */
  readonly interrupt: () => void;
}

/** Columns of the guide at the left, and of what may not be written into at the right. */
const GUIDE = 4;
/** Columns. Longer lines are hard to read. */
const WIDEST = 96;
const CTRL_C = 3;

/** Asks by prompts. No part of them is loaded where there is no terminal. */
export function terminalAsker(terminal: Terminal): Asker {
  // A slow line cuts the sequence of an arrow key in two, and its first half is Escape: all answers would be gone.
  settings.aliases.delete('escape');
  // What ends input ends this.
  settings.aliases.set('\x04', 'cancel');
  const { signal } = terminal;
  const answered = async <T>(prompt: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> => {
    const answer = await prompt;
    if (isCancel(answer)) throw new Cancelled();
    return answer as T;
  };
  const folded = (texts: readonly string[], indent = '') => {
    const columns = Math.max(20, Math.min(terminal.columns(), WIDEST) - GUIDE - indent.length);
    return texts.flatMap((one) => wrap(one, columns).map((line, at) => (at === 0 ? line : indent + line)));
  };
  return {
    part: (title) => log.message(styleText('bold', title), { symbol: styleText('gray', S_CONNECT_LEFT) }),
    rows: (rows) => log.message(folded(aligned(rows), '  '), { spacing: 0 }),
    finding: (finding) => tell(finding, folded),
    note: (words) => log.info(folded([words]).join('\n'), { spacing: 0 }),
    busy: (what, work) => busy(terminal, what, work),
    text: ({ message, present, example, problem }: TextQuestion) =>
      answered(
        text({
          message: beside(folded([message])),
          signal,
          ...(present === undefined ? {} : { initialValue: present }),
          ...(example === undefined ? {} : { placeholder: example }),
          validate: (given) => shortened(problem(given ?? ''), terminal),
        }),
      ).then((given) => given ?? ''),
    secret: (message, problem) =>
      answered(
        password({
          message: beside(folded([message])),
          signal,
          clearOnError: true,
          validate: (given) => shortened(problem(given ?? ''), terminal),
        }),
      ),
    choose: <V>({ message, choices, preset }: ChoiceQuestion<V>) =>
      answered<V>(
        select<V>({
          message,
          signal,
          showInstructions: false,
          options: choices.map(({ value, label, hint }) => ({
            value,
            label,
            ...(hint === undefined ? {} : { hint }),
          })) as never,
          ...(preset === undefined ? {} : { initialValue: preset }),
        }),
      ),
    confirm: (message, preset) => answered(confirm({ message, signal, initialValue: preset })),
    summary: (title, words) => note(words, title),
    begin: (title) => intro(title),
    end: (words) => outro(words),
  };
}

/** Lines with the guide before them; a prompt draws it before the first one alone. */
function beside(lines: readonly string[]): string {
  return lines.join(`\n${styleText('gray', S_BAR)}  `);
}

function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, words]) => `${name.padEnd(width)}  ${words}`);
}

function tell(
  { lines, warnings }: Finding,
  folded: (texts: readonly string[], indent?: string) => string[],
): void {
  const symbol = styleText('green', unicodeOr('✓', '+'));
  for (const line of lines) log.message(folded([line]), { symbol, spacing: 0 });
  for (const line of warnings) log.warn(folded([line]).join('\n'), { spacing: 0 });
}

/** Under its question a reason has one line; the guide would not go on beside a second one. */
function shortened(problem: string | null, { columns }: Terminal): string | undefined {
  if (problem === null) return undefined;
  return wrap(problem, Math.max(20, Math.min(columns(), WIDEST) - GUIDE)).join('\n   ');
}

/**
 * Says what is done while it is done. What is typed meanwhile counts for nothing, so that no Enter answers a question that
 * nobody has seen yet; Ctrl-C ends it.
 */
async function busy<T>(
  { input, write, signal, interrupt }: Terminal,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new Cancelled();
  const hear = (chunk: Buffer | string): void => {
    if (Buffer.from(chunk).includes(CTRL_C)) interrupt();
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
  input.setRawMode(true);
  input.on('data', hear);
  input.resume();
  // The line is taken away again: what was found stands in its place.
  write(`   ${what} ...`);
  try {
    return await Promise.race([work(signal), stopped]);
  } finally {
    write('\r\x1b[K');
    input.off('data', hear);
    input.pause();
    input.setRawMode(false);
  }
}
