/** Every command of every document is run by a test, or stands in a short list with what it needs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { COMMAND_BLOCKS, fencedBlocks, hasCommands, nameOf } from '../../support/project/blocks.ts';
import { DOCUMENTS, readText } from '../../support/project/documents.ts';
import { NOT_RUN } from '../../support/project/not-run.ts';
import { RUN_BY } from '../../support/project/run-by.ts';
import { isRunnable } from '../../support/project/runnable.ts';

/** Of blocks without commands: '' is output, a format, or a drawing. */
const NO_COMMANDS = ['', 'mermaid', 'json', 'yaml', 'ruby', 'dockerfile'];

const runnable = COMMAND_BLOCKS.filter(isRunnable).map((block) => {
  const { document, heading, number } = block;
  const byHeading = RUN_BY[document] ?? {};
  const tests = byHeading[heading] ?? byHeading['*'] ?? '';
  return {
    name: nameOf(block),
    block,
    test: typeof tests === 'string' ? tests : (tests[number - 1] ?? ''),
    isNamed: heading in byHeading,
  };
});

describe('a block of commands in a document', () => {
  it.each(runnable)('is run by a test: $name', ({ block, test, isNamed }) => {
    expect(existsSync(join(ROOT, test)) && test !== '', `nothing runs it:\n${block.lines.join('\n')}`).toBe(
      true,
    );
    if (test.startsWith('.ci/')) return;
    const text = readText(test);
    expect(text).toContain(`'${block.document}'`);
    if (isNamed) expect(text).toContain(`'${block.heading}'`);
  });

  it('is named by the register under a heading that has one', () => {
    const stale = Object.entries(RUN_BY).flatMap(([document, headings]) =>
      Object.keys(headings)
        .filter((heading) => !runnable.some(({ block }) => isOf(block, document, heading)))
        .map((heading) => `${document}: ${heading}`),
    );
    expect(stale).toEqual([]);
  });

  it('is fenced, and says what it is', () => {
    const odd = DOCUMENTS.flatMap((document) =>
      fencedBlocks(document)
        .filter((block) => !hasCommands(block) && !NO_COMMANDS.includes(block.language))
        .map(({ language }) => `${document}: ${language}`),
    );
    expect(odd).toEqual([]);
    expect(DOCUMENTS.filter((document) => INDENTED.test(withoutFences(document)))).toEqual([]);
  });
});

describe('the list of what is not run', () => {
  it.each(NOT_RUN)('names lines that are there: $document, $line', ({ document, heading, line, nearest }) => {
    const blocks = COMMAND_BLOCKS.filter((block) => isOf(block, document, heading));
    expect(blocks.flatMap(({ lines }) => lines).filter((one) => one.startsWith(line))).not.toEqual([]);
    expect(existsSync(join(ROOT, nearest))).toBe(true);
  });

  it('is short', () => expect(NOT_RUN.length).toBeLessThanOrEqual(20));
});

/** Where Markdown takes lines for a block because they are indented. */
const INDENTED = /\n\n {4}\S/;

const withoutFences = (document: string): string => readText(document).replace(/^ *```[\s\S]*?^ *```$/gm, '');

function isOf(block: { document: string; heading: string }, document: string, heading: string): boolean {
  return block.document === document && (heading === '*' || block.heading === heading);
}
