import { expect } from 'vitest';
import type { Operated } from '../examples/operated.ts';
import { type Block, nameOf } from './blocks.ts';
import { runnableLines } from './runnable.ts';

/**
 * Runs a block on a host, as if it were pasted into a shell, and expects every command of it to succeed.
 *
 * @returns what it printed
 */
export async function follow(site: Operated, host: string, block: Block): Promise<string> {
  const script = ['exec 2>&1', 'set -euo pipefail', ...runnableLines(block), ':'].join('\n');
  const { code, output } = await site.run({ host, command: script });
  expect(code, `${nameOf(block)}\n${script}\n${output}`).toBe(0);
  return output;
}
