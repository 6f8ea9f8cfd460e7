import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOSTILE_KEYS } from '../../support/indexes/hostile.ts';
import { soundWith } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { addProgram, FEW, publicFiles, READY, ready } from '../../support/ready/ready.ts';

let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root' });
  writeFileSync(machine.path('index.sqlite3'), FEW);
});

afterEach(() => machine.remove());

const environment = () => ({ PATH: process.env['PATH'], ...machine.env });

describe('a ready hook whose', () => {
  it('standard input, output and errors are closed does its work, and logs it', () => {
    const logs = join(machine.home, 'log');
    mkdirSync(logs);
    addProgram(machine, 'bin/prerender', 'echo words; cat; touch ran');
    const { status } = spawnSync('sh', ['-c', `exec '${READY}' <&- >&- 2>&-`], {
      env: { ...environment(), RAILS_LOG_VOLUME: logs },
    });
    expect(status).toBe(0);
    expect(readFileSync(join(logs, 'ready.log'), 'utf8')).toContain('bin/prerender: words');
    expect(readFileSync(join(machine.appRoot, 'ran'), 'utf8')).toBe('');
  });

  it('reader goes away does its work all the same', async () => {
    const hook = spawn(READY, [], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    hook.stdout.destroy();
    expect(await once(hook, 'exit')).toEqual([0, null]);
    expect(publicFiles(machine).size).toBeGreaterThan(20);
  });

  it("environment tries to mislead shells runs the application's program unchanged", async () => {
    const trap = addProgram(machine, 'trap', `touch '${machine.home}/trapped'`);
    addProgram(machine, 'bin/prerender', `echo "$ENV and $word"`);
    const { exitCode, stdout } = await ready(machine, ['--only', 'pages'], {
      env: {
        ENV: trap,
        BASH_ENV: trap,
        IFS: '/',
        CDPATH: '/',
        word: 'x',
        PS4: '$(touch trapped)',
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`bin/prerender: ${trap} and x\n`);
    expect(() => readFileSync(join(machine.home, 'trapped'))).toThrow('ENOENT');
  });

  it('index has hostile keys lists and writes nothing outside', async () => {
    const locations = HOSTILE_KEYS.map((key, at) => ({ id: at + 10, key, name: `\u001b[31m${key}\nRESULT` }));
    const showcases = locations.map(({ id }) => ({
      id,
      location_id: id,
      year: 2026,
      key: 'showcase',
      name: 'x',
    }));
    writeFileSync(machine.path('index.sqlite3'), soundWith({ locations, showcases }));
    const before = [...machine.snapshot().keys()];
    const { exitCode, stdout } = await ready(machine);
    expect(exitCode).toBe(0);
    for (const line of stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^\[\d{4}-[\d-]+T[\d:.]+Z\] \P{C}+$/u);
    const listed = await ready(machine, ['--list']);
    for (const line of listed.stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^(tenant|page) [^\p{C}\\]+$/u);
    expect(listed.stdout).not.toContain('/../');
    const made = [...machine.snapshot().keys()].filter((path) => !before.includes(path));
    const expected = ['public', 'tmp'].map((name) => join(machine.appRoot, name));
    expect(
      made.filter((path) => !expected.some((root) => path === root || path.startsWith(`${root}/`))),
    ).toEqual([]);
  });
});
