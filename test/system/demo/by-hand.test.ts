/** Commands of the documents, pasted into a shell of `npm run sandbox`: each does there what the document says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Clone } from '../../support/demo/clone.ts';
import { ROOT } from '../../support/machine/machine.ts';

// They have some ten runs over all machines.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** What a command says that has done what the document says of it, by the command without its comment. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'scripts/config-update': /^Successfully updated: 2 machines$/m,
  'scripts/config-update --dry-run': /^Dry run: 2 machines answered, 0 failed$/m,
  'scripts/config-update --verify': /^Verified: 2 machines as expected, 0 not$/m,
  'scripts/config-update --target kamal': /^Successfully updated: 1 machines$/m,
  'scripts/config-update --target fly,kamal': /^Successfully updated: 3 machines$/m,
  'scripts/config-update --history': /^\S+Z +\S+ +fly +published +done +2 updated /m,
  'scripts/config-update --published': /\d{8}T\d{9}Z-[0-9a-f]{6}/,
  'scripts/config-update --undo --dry-run': /^Dry run: 2 machines answered, 0 failed$/m,
  'scripts/config-update --undo': /^Successfully updated: 2 machines$/m,
  'scripts/config-update --undo RUN': /^Successfully updated: 2 machines$/m,
  'scripts/config-update --broadcast rehearsal --broadcast-url $FLY_API_HOSTNAME/_broadcast':
    /^Successfully updated: 2 machines$/m,
  'cgi-bin/update_config': /Summary: (?:updated|unchanged): \d of 6 files changed/,
  'cgi-bin/update_config --boot': /Summary: (?:updated|unchanged): \d of 6 files changed/,
  'cgi-bin/update_config --dry-run': /Summary: dry-run: \d of 6 files would change/,
  'cgi-bin/update_config --force --json': /^\{"run":.*"outcome":"updated"/,
  'cgi-bin/update_config --history': /\d{8}T\d{9}Z-[0-9a-f]{6}/,
  'cgi-bin/update_config --warnings': /^Every row of the local index is good\.$/m,
  'cgi-bin/update_config --generations': /\d{8}T\d{9}Z-[0-9a-f]{6}/,
  'cgi-bin/update_config --rollback':
    /\(rollback\)[\s\S]*Summary: (?:updated|unchanged): \d of 6 files changed/,
  'cgi-bin/update_config --rollback RUN':
    /\(rollback\)[\s\S]*Summary: (?:updated|unchanged): \d of 6 files changed/,
  'scripts/ready --list': /2026-bogota/,
  'scripts/ready --dry-run': /Summary: dry-run/,
  'scripts/sync-databases --dry-run': /Summary: dry-run/,
  'curl $FLY_API_HOSTNAME/_sim/status': /"atOnce":0/,
};

const OURS =
  /^(?:(?:scripts|cgi-bin)\/(?:config-update|update_config|ready|sync-databases)|curl \$FLY_API_HOSTNAME)\b/;
/** The run of the documents' examples. */
const EXAMPLE_RUN = /\b20260102T030405678Z-1f2e3d\b/;

/** Lines of a document's blocks that are such a command, without their comments, in order. */
function commandsOf(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.split('\n'));
  return lines.map((line) => line.replace(/ +#.*$/, '')).filter((line) => OURS.test(line));
}

const clone = Clone.use();

/** In a new shell, as somebody who has sourced the file. */
function paste(command: string): ReturnType<Clone['run']> {
  const isFleet = /^(?:scripts\/config-update|curl)/.test(command);
  return clone.run(['sh', '-c', `. tmp/sandbox/${isFleet ? 'env' : 'machine'}\n${command}`]);
}

/** The newest run that can be taken back, or put back. */
async function newestRun(command: string): Promise<string> {
  const list = command.startsWith('cgi-bin')
    ? 'cgi-bin/update_config --generations'
    : 'scripts/config-update --published';
  return /\d{8}T\d{9}Z-[0-9a-f]{6}/.exec((await paste(list)).stdout)?.[0] ?? expect.unreachable(list);
}

const commands = ['README.md', 'docs/FLEET.md', 'docs/OPERATING.md', 'docs/REHEARSALS.md'].flatMap(
  commandsOf,
);

describe('a sandbox', () => {
  beforeAll(async () => {
    const { code, stderr } = await clone.npm('sandbox', '--detach', '--machines', '2');
    expect([code, stderr]).toEqual([0, '']);
  });
  afterAll(() => clone.run([process.execPath, 'dev/sandbox.ts', '--stop']));

  // A command that several documents have is the same in each.
  it.each([...new Set(commands)])('is where the documents can be followed: %s', async (command) => {
    const hasRun = EXAMPLE_RUN.test(command);
    const typed = hasRun ? command.replace(EXAMPLE_RUN, await newestRun(command)) : command;
    const { code, stdout, stderr } = await paste(typed);
    const says = SAYS[command.replace(EXAMPLE_RUN, 'RUN')];
    expect(says, 'what does it say when it has done it?').toBeDefined();
    expect(stdout).toMatch(says ?? /$^/);
    expect([code, stderr.replace(/^ +%[\s\S]*$/, '')]).toEqual([0, '']);
  });

  it('in the background is ended from any shell, and leaves nothing', async () => {
    const { code, stdout } = await clone.npm('sandbox', '--stop');
    expect([code, stdout]).toEqual([0, expect.stringContaining('has ended, and is removed')]);
    expect(existsSync(join(clone.path, 'tmp/sandbox'))).toBe(false);
    expect((await clone.npm('sandbox', '--stop')).stdout).toContain('No sandbox runs.');
  });
});
