import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../../dev/build/bundle.mjs';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { FLY_MACHINE, useMachine } from '../../support/machine/use-machine.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const told = (path: string, ...args: string[]) =>
  execFileSync(join(ROOT, path), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** As it stands in results: the build goes after the release. It is the same for all executables of a build. */
const versionText = () =>
  told('cgi-bin/update_config', '--version').replace(/^\S+ (\S+) \((\w+)\)\n$/, '$1+$2');

const shortly = new Map<string, string>();

/** What an executable says to `-V`, which is asked once. */
function short(path: string): string {
  const text = shortly.get(path) ?? told(path, '-V');
  shortly.set(path, text);
  return text;
}

describe('--version', () => {
  it.each(COMMANDS.map(({ name, folder }) => [name, join(folder, name)]))(
    'of %s is its name, the release and what tells its builds apart',
    (name, path) => {
      const line = new RegExp(`^${name} ${version.replaceAll('.', '\\.')} \\([0-9a-f]{12}\\)\\n$`);
      expect(told(path, '--version')).toMatch(line);
      expect(short(path)).toMatch(line);
    },
  );
});

describe('the version', () => {
  it('is the same for all executables of a build', () => {
    const all = COMMANDS.map(({ name, folder }) => short(join(folder, name)).replace(name, ''));
    expect(new Set(all).size).toBe(1);
  });

  const here = useMachine(FLY_MACHINE);

  it('stands at the end of a result, be it an update, a refusal or a state', async () => {
    const expected = versionText();
    const answers = [
      await here.machine.post(),
      await here.machine.post('frobnicate=1'),
      await here.machine.post('state=1'),
    ];
    for (const { result } of answers) expect(Object.entries(result).at(-1)).toEqual(['version', expected]);
  });

  it('stands once in each line of the log', async () => {
    const logs = join(here.machine.home, 'log');
    mkdirSync(logs);
    await here.machine.run([], { env: { RAILS_LOG_VOLUME: logs } });
    const lines = readFileSync(join(logs, 'update_config.log'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    const expected = versionText();
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ version: expected });
      // That of the result is the same, and stands within it.
      expect(line.replace(/"result":\{.*\}/, '').split('"version":').length).toBe(2);
    }
  });
});

describe('the update of a machine', () => {
  it('by CGI loads no table of options, and nothing that is made of one', async () => {
    const { metafile, parts } = await bundle(ROOT, 'src/entry/update_config.ts', 'any');
    const always = parts[0]?.map(({ name }) => `out/${name.slice('./'.length)}`) ?? [];
    const files = always.flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
    expect(files).toContain('src/app/machine/cgi.ts');
    expect(files.filter((path) => /src\/app\/(options\/|arguments|.*-options)/.test(path))).toEqual([]);
  });
});
