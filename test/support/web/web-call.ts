import { runShowcaseWeb } from '../../../src/app/web/showcase-web-command.ts';
import type { Machine } from '../machine/machine.ts';

/** Calls showcase-web in this process, with nothing on its standard input; for calls that do not begin to serve. */
export async function callWeb(
  { env, appRoot, home }: Machine,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const streams = {
    write: (text: string) => {
      said.stdout += text;
    },
    complain: (text: string) => {
      said.stderr += text;
    },
  };
  const stop = new AbortController();
  stop.abort(); // if it should begin, it ends at once
  const world = {
    env: { ...env, RAILS_LOG_VOLUME: home, ...more },
    defaultAppRoot: appRoot,
    name: 'showcase-web',
  };
  return { code: await runShowcaseWeb(world, args, streams, stop), ...said };
}
