import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../machine/machine.ts';

/** A command of a document, and what it says it prints. */
export interface Shown {
  /** Before the `$`: on which host it is run. */
  readonly host: string;
  readonly command: string;
  /** Some lines of its output; `…` stands for anything. */
  readonly lines: readonly string[];
}

/** The `console` blocks of a document, all commands of a section together, by its heading. */
export function consoleBlocks(path: string): Map<string, Shown[]> {
  const sections = new Map<string, Shown[]>();
  let heading = '';
  let isInside = false;
  for (const line of readFileSync(join(ROOT, path), 'utf8').split('\n')) {
    const [, title] = /^#+ (.*)$/.exec(isInside ? '' : line) ?? [];
    if (title !== undefined) heading = title;
    else if (line.startsWith('```')) isInside = line === '```console';
    else if (isInside) {
      const all = sections.get(heading) ?? [];
      const [, host, command] = /^(\w+)\$ (.*)$/.exec(line) ?? [];
      const last = all.at(-1);
      if (host !== undefined && command !== undefined) all.push({ host, command, lines: [] });
      else if (last) all[all.length - 1] = { ...last, lines: [...last.lines, line] };
      sections.set(heading, all);
    }
  }
  return sections;
}

/** Lines of which nothing like them is in an output. */
export function missingLines(lines: readonly string[], output: string): string[] {
  return lines.filter((line) => {
    const parts = line
      .trim()
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return !new RegExp(parts.join('.*')).test(output);
  });
}
