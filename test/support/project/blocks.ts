/** Commands in the documents: blocks that are fenced as `sh`, `console` or `crontab`. */
import { DOCUMENTS, readText } from './documents.ts';

/** Languages of blocks that hold commands. */
const COMMANDS = ['sh', 'console', 'crontab'];

export interface Block {
  readonly document: string;
  /** What it stands under, without `#`; `''` above the first heading. */
  readonly heading: string;
  /** Which one of those under this heading, from 1. */
  readonly number: number;
  readonly language: string;
  /** As they are typed: without the indentation of a list that the block stands in. */
  readonly lines: readonly string[];
}

/** Every fenced block of a document, in order. */
export function fencedBlocks(document: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: (Block & { lines: string[]; indentation: string }) | null = null;
  for (const line of readText(document).split('\n')) {
    const [, indentation = '', language] = /^( *)```(\w*)$/.exec(line) ?? [];
    if (open && language !== undefined) {
      blocks.push(open);
      open = null;
    } else if (open) {
      open.lines.push(line.startsWith(open.indentation) ? line.slice(open.indentation.length) : line);
    } else if (language === undefined) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    } else {
      const number = blocks.filter((block) => block.heading === heading && hasCommands(block)).length + 1;
      open = { document, heading, number, language, lines: [], indentation };
    }
  }
  return blocks;
}

export function hasCommands({ language }: Block): boolean {
  return COMMANDS.includes(language);
}

/** All blocks with commands, of all documents. */
export const COMMAND_BLOCKS: readonly Block[] = DOCUMENTS.flatMap((document) =>
  fencedBlocks(document).filter(hasCommands),
);

/** One of them. @throws when there is none, so that a test cannot lose what it runs */
export function commandBlock(document: string, heading: string, number = 1): Block {
  const found = COMMAND_BLOCKS.find(
    (block) => block.document === document && block.heading === heading && block.number === number,
  );
  if (!found) throw new Error(`${document} has no block of commands ${number} under "${heading}"`);
  return found;
}

/** `docs/FLEET.md: Verify 1` */
export function nameOf({
  document,
  heading,
  number,
}: Pick<Block, 'document' | 'heading' | 'number'>): string {
  return `${document}: ${heading} ${number}`;
}
