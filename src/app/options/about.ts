import { versionNow } from '../../version.ts';
import type { Command } from './command.ts';
import { renderCompletion } from './completion.ts';
import { renderHelp } from './help.ts';

/** Answers `--help`, else `--version`, else `--completion`. */
export function answerAbout(command: Command<unknown>, values: Readonly<Record<string, unknown>>): string {
  if (values['help']) return renderHelp(command);
  if (values['version']) return renderVersion(command);
  return renderCompletion(command, String(values['completion']));
}

function renderVersion({ name }: Command<unknown>): string {
  const { version, build } = versionNow();
  return `${name} ${version}${build === null ? '' : ` (${build})`}\n`;
}
