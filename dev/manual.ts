/** `npm run man`: writes the manual page of each executable. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS } from '../src/app/options/all-commands.ts';
import { renderManual } from '../src/app/options/manual.ts';
import { runTool } from './options.mjs';

const USAGE = `Usage: npm run man -- [DIR]

Writes the manual page of each executable to DIR/man1 (default: man/man1).
`;

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const day = new Date().toISOString().slice(0, 10);
await runTool(
  USAGE,
  {},
  (_, [given = join(root, 'man')]) => {
    const directory = join(resolve(given), 'man1');
    mkdirSync(directory, { recursive: true });
    for (const command of COMMANDS)
      writeFileSync(join(directory, `${command.name}.1`), renderManual(command, { version, day }));
    process.stdout.write(
      `Wrote ${COMMANDS.length} pages. To read one: man -l ${join(directory, 'config-update.1')}\n`,
    );
  },
  1,
);
