import { describe, expect, it } from 'vitest';
import { EXECUTABLE } from '../../support/machine/machine.ts';
import { FLY_MACHINE, useMachine } from '../../support/machine/use-machine.ts';

const here = useMachine(FLY_MACHINE);

/** What a list of update_config shows on a terminal of so many columns. */
async function shown(columns: number, option: string): Promise<string> {
  const command = `stty cols ${columns}; exec ${EXECUTABLE} ${option}`;
  const args = ['-qec', command, '/dev/null'];
  const { stdout } = await here.machine.run(args, { executable: 'script', env: { SHELL: '/bin/sh' } });
  return stdout.replaceAll('\r', '');
}

describe('on a terminal, a list of update_config', () => {
  it.each(['--history', '--generations'])(
    '%s is a table where there is room, else a block a run',
    async (option) => {
      await here.machine.run([]);
      const { stdout } = await here.machine.run([option]);
      expect(await shown(300, option)).toBe(stdout);
      const narrow = await shown(40, option);
      expect(narrow.split('\n').filter((line) => line.length > 40)).toEqual([]);
      const run = /\d{8}T\d{9}Z-[0-9a-f]{6}/.exec(stdout)?.[0] ?? 'no run';
      expect(narrow).toMatch(new RegExp(`^run +${run}$`, 'm'));
    },
  );
});
