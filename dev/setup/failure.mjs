/** What somebody can do something about. The message says what: it is shown as it stands. */
export class Failure extends Error {}

/**
 * @param {{ command: string, output: string, advice: string }} failed what was run, what it said, what to do about it
 */
export function failedCommand({ command, output, advice }) {
  return new Failure(`${command} failed:\n${output.trimEnd()}\n${advice}`);
}
