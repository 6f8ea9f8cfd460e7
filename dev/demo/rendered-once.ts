/** Pages of machines that are played, without the work of rendering them for each. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../web/child.ts';
import { ROOT } from './place.ts';

/**
 * Has the first of some machines render its pages, as its ready hook does in the background, and gives copies to the
 * others: of one index, all would render the same.
 *
 * @param machines what makes a program one of them
 */
export async function renderPages([first, ...others]: readonly NodeJS.ProcessEnv[]): Promise<void> {
  if (!first) return;
  await runProgram([join(ROOT, 'scripts/ready'), '--only', 'pages'], first);
  for (const other of others) cpSync(publicOf(first), publicOf(other), { recursive: true });
}

const publicOf = ({ APP_ROOT = '' }: NodeJS.ProcessEnv): string => join(APP_ROOT, 'public');
