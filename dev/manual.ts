/** `npm run man -- [DIR]`: writes the manual page of each executable to DIR/man1 (default: man/man1). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS } from '../src/app/options/all-commands.ts';
import { renderManual } from '../src/app/options/manual.ts';

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const day = new Date().toISOString().slice(0, 10);
const directory = join(resolve(process.argv[2] ?? join(root, 'man')), 'man1');

mkdirSync(directory, { recursive: true });
for (const command of COMMANDS)
  writeFileSync(join(directory, `${command.name}.1`), renderManual(command, { version, day }));
process.stdout.write(
  `Wrote ${COMMANDS.length} pages. To read one: man -l ${join(directory, 'config-update.1')}\n`,
);
