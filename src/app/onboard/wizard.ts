import { asFailure, Failure } from '../../failure.ts';
import type { World } from '../machine/machine-context.ts';
import { DASHBOARD } from './ask-dashboard.ts';
import { LOGIN } from './ask-login.ts';
import { PLACE } from './ask-place.ts';
import { STORE } from './ask-store.ts';
import { TARGET } from './ask-target.ts';
import { WEB } from './ask-web.ts';
import { type Asker, Cancelled, type Finding, type Teller } from './asker.ts';
import { type Answers, type PartName, worldWith } from './onboard-answers.ts';
import type { Part } from './wizard-part.ts';

/** The whole way, in order. */
export const PARTS: readonly Part[] = [PLACE, STORE, TARGET, LOGIN, WEB, DASHBOARD];

/** How a walk over all parts begins. */
export interface Start {
  readonly world: World;
  readonly answers: Answers;
}

/**
 * Takes one part: asks for what is not known, checks it, and has whoever answers decide on what does not answer now.
 *
 * @param isEdited whether it is asked for although all of it is known
 */
export async function takePart(
  part: Part,
  { world, answers: before }: Start,
  asker: Asker,
  isEdited: boolean,
): Promise<Answers> {
  let answers = before;
  let isAsking = isEdited || !part.isAnswered(answers);
  asker.part(`${PARTS.indexOf(part) + 1} of ${PARTS.length}  ${part.title}`);
  for (;;) {
    if (isAsking) answers = await part.ask(answers, asker, worldWith(world, answers));
    const finding = await checked(part, { world, answers }, asker);
    const next = await decide(part, { world, answers }, asker, { finding, isAsking });
    if (next === 'go-on') return answers;
    isAsking = true;
  }
}

async function decide(
  part: Part,
  { world, answers }: Start,
  asker: Asker,
  { finding, isAsking }: { finding: Finding; isAsking: boolean },
): Promise<'go-on' | 'ask'> {
  const rows = part.rows(answers, worldWith(world, answers));
  if (!isAsking && rows.length > 0) asker.rows(rows);
  asker.finding(finding);
  if (finding.warnings.length > 0) {
    return await asker.choose<'go-on' | 'ask'>({
      message: 'What now?',
      choices: [
        { value: 'ask', label: 'Answer again' },
        { value: 'go-on', label: 'Keep it anyway' },
      ],
    });
  }
  if (isAsking || answers.given.has(part.name)) return 'go-on';
  return await asker.choose<'go-on' | 'ask'>({
    message: 'This is known already',
    choices: [
      { value: 'go-on', label: 'Keep it' },
      { value: 'ask', label: 'Change it' },
    ],
  });
}

/** What is malformed is a warning here: what is asked for is refused as it is typed, so this is from elsewhere. */
async function checked(part: Part, { world, answers }: Start, asker: Asker): Promise<Finding> {
  try {
    return await asker.busy(part.checking, (signal) =>
      part.check(answers, worldWith(world, answers), signal),
    );
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    if (!(error instanceof Failure)) throw error;
    return { lines: [], warnings: [`${error.message}. ${error.hint}`] };
  }
}

/**
 * The same without anybody to ask: everything is known, what does not answer now is told, and what is malformed ends it.
 *
 * @throws {Failure} `usage`
 */
export async function tellParts({ world, answers }: Start, teller: Teller): Promise<void> {
  const here = worldWith(world, answers);
  for (const part of PARTS) {
    teller.part(part.title);
    teller.rows(part.rows(answers, here));
    try {
      teller.finding(await teller.busy(part.checking, (signal) => part.check(answers, here, signal)));
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      const { code, message, hint } = asFailure(error);
      if (code === 'config-invalid' || code === 'usage') throw new Failure('usage', message, { hint });
      throw error;
    }
  }
}

/** What must be given by options where nobody can be asked; empty for nothing. */
export function missingAnswers(answers: Answers): string[] {
  return PARTS.filter((part) => !part.isAnswered(answers)).map(({ flags }) => flags);
}

export type Ending = 'save' | 'edit' | 'again';

/**
 * Shows all answers, and asks what is to become of them.
 *
 * @param files what saving would do, a line for each file
 * @throws {Cancelled}
 */
export async function conclude(
  { world, answers }: Start,
  asker: Asker,
  { files, isDryRun }: { readonly files: readonly string[]; readonly isDryRun: boolean },
): Promise<Ending> {
  const here = worldWith(world, answers);
  const rows = PARTS.flatMap((part) => [...part.rows(answers, here)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const known = rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  const written = files.length === 0 ? ['Nothing is to be changed.'] : ['What is written', ...files];
  asker.summary('Summary', [...known, '', ...written].join('\n'));
  const save = isDryRun
    ? { label: 'Show the files', hint: 'nothing is written' }
    : files.length === 0
      ? { label: 'Done' }
      : { label: 'Save' };
  const ending = await asker.choose<Ending | 'cancel'>({
    message: isDryRun || files.length === 0 ? 'What now?' : 'Save this?',
    choices: [
      { value: 'save', ...save },
      { value: 'edit', label: 'Edit a part' },
      { value: 'again', label: 'Start over' },
      { value: 'cancel', label: 'Cancel', hint: 'nothing is written' },
    ],
  });
  if (ending === 'cancel') throw new Cancelled();
  return ending;
}

/** Which part is to be edited. */
export async function chosenPart(asker: Asker): Promise<Part> {
  const name = await asker.choose<PartName>({
    message: 'Which part?',
    choices: PARTS.map((part) => ({ value: part.name, label: part.title })),
  });
  const part = PARTS.find((one) => one.name === name);
  if (!part) throw new Error(`there is no part ${name}`);
  return part;
}
