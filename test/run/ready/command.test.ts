import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSample } from '../../../dev/sample/sample.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { FEW, notesOf, publicFiles, ready, readyJson } from '../../support/ready/ready.ts';

useSource();
let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root' });
  writeFileSync(machine.path('index.sqlite3'), FEW);
});

afterEach(() => machine.remove());

const pages = (...args: string[]) => ready(machine, ['--only', 'pages', ...args]);

describe('the ready hook', () => {
  it('writes a line for each page that changed, none for the others, and a summary', async () => {
    const first = await pages();
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(/\] studios\/index\.html: changed, \d+ bytes\n/);
    const second = await pages();
    expect(second.stdout).not.toContain('.html');
    expect(second.stdout).toMatch(/\] Summary: done, \d+ pages unchanged, .*\n$/);

    writeFileSync(machine.path('index.sqlite3'), changeSample(FEW).index);
    const third = await pages();
    const changed = third.stdout.match(/^.*\.html: changed.*$/gm) ?? [];
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(10);
  });

  it('stamps every line, and leaves no note', async () => {
    machine.isFromSource = false;
    const { stdout } = await ready(machine);
    for (const line of stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^\[\d{4}-[\d-]+T[\d:.]+Z\] \P{C}+$/u);
    expect(notesOf(machine)).toEqual([]);
  });

  it('logs to a file of its own name', async () => {
    const logs = join(machine.home, 'log');
    mkdirSync(logs);
    await ready(machine, [], { env: { RAILS_LOG_VOLUME: logs } });
    const lines = readFileSync(join(logs, 'ready.log'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      name: 'ready',
      event: 'finish',
      summary: { outcome: 'done' },
    });
  });

  it('has its notes in its JSON', async () => {
    const env = { READY_PRERENDER: 'off' };
    const { summaries } = await readyJson(machine, ['--only', 'pages'], { env });
    expect(summaries).toMatchObject([{ notes: ['READY_PRERENDER is off: no pages are rendered'] }]);
  });

  it('names each row of the index that it left out, and does the rest', async () => {
    const rename = `UPDATE showcases SET key = 'a/b' WHERE id = (SELECT min(id) FROM showcases)`;
    writeFileSync(machine.path('index.sqlite3'), altered(FEW, rename));
    const { exitCode, stdout } = await pages();
    expect(exitCode).toBe(0);
    expect(
      stdout.match(/\] Warning: event "\d+\/[a-z-]+\/a\/b" \(showcases \d+\): key "a\/b" .*; left out\n/g),
    ).toHaveLength(1);
    const { summaries } = await readyJson(machine, ['--only', 'pages']);
    expect(summaries).toMatchObject([
      { notes: [expect.stringMatching(/^event .* \(showcases \d+\): key "a\/b" /)] },
    ]);
  });

  it('handles the tenants before the pages', async () => {
    const { summaries } = await readyJson(machine);
    expect(summaries[0]?.steps.map(({ name }) => name)).toEqual(['index', 'tenants', 'pages']);
  });
});

describe('a dry run of the ready hook', () => {
  it('says what would be done, and does nothing at all', async () => {
    const before = machine.snapshot();
    const { exitCode, stdout } = await pages('--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\] studios\/index\.html: would-change/);
    expect(stdout).toMatch(/\] Summary: dry-run, \d+ pages to write/);
    expect(machine.snapshot()).toEqual(before);
    expect(publicFiles(machine).size).toBe(0);
    expect(() => notesOf(machine)).toThrow('ENOENT');
  });
});

describe('the options of the ready hook:', () => {
  it('--list prints the selection of --only', async () => {
    machine.isFromSource = false;
    const only = async (what: string) => (await ready(machine, ['--list', '--only', what])).stdout;
    expect(await only('tenants')).toMatch(/^(tenant \/.*\.sqlite3\n)+$/);
    expect(await only('pages')).toMatch(/^(page .*index\.html\n)+$/);
    expect((await ready(machine, ['--list'])).stdout).toBe((await only('tenants')) + (await only('pages')));
    const both = await ready(machine, ['--list', '--only', 'pages', '--only', 'tenants']);
    expect(both.stdout).toBe((await ready(machine, ['--list'])).stdout);
    expect((await ready(machine, ['--only', 'no', '--only', 'pages'])).exitCode).toBe(2);
  });

  it('--help explains all of them', async () => {
    machine.isFromSource = false;
    expect(await ready(machine, ['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: ready'),
    });
  });

  it.for([
    [['--only', 'everything'], '--only takes tenants or pages, not "everything"'],
    [['--only', 'page'], 'did you mean pages?'],
    [['--list', '--dry-run'], '--list and --dry-run cannot be combined'],
    [['--frce'], '--frce'],
    [['tenants'], 'tenants'],
    [['--app-root', '/no/such/directory'], 'is not a directory'],
  ] as const)('%j are refused with exit code 2 and a hint', async ([args, message]) => {
    const { exitCode, stdout, stderr } = await ready(machine, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ready: .+ \(.+\)\n$/);
    expect(stderr).toContain(message);
  });

  it('wrong arguments are reported in JSON, too', async () => {
    machine.isFromSource = false;
    const json = await readyJson(machine, ['tenants']);
    expect(json).toMatchObject({ exitCode: 2, summaries: [{ outcome: 'failed', error: { code: 'usage' } }] });
  });

  it.for(['READY_PRERENDER_TIMEOUT', 'UPDATE_CONFIG_LOCK_TIMEOUT', 'NAVIGATOR_PORT'])(
    'a wrong %s is refused by its name',
    async (name) => {
      const { exitCode, stdout } = await ready(machine, [], { env: { [name]: 'soon' } });
      expect({ exitCode, told: stdout.includes(`Failed (config-invalid): ${name}`) }).toEqual({
        exitCode: 1,
        told: true,
      });
    },
  );
});

describe('an index that the ready hook cannot use', () => {
  it('because it is missing, empty, cut short, or nobody in it could log in, is a failure, and every page stays', async () => {
    await pages();
    const before = publicFiles(machine);
    expect(before.size).toBeGreaterThan(20);
    const path = machine.path('index.sqlite3');
    for (const [what, code, content] of [
      ['missing', 'index-missing', null],
      ['empty', 'index-invalid', Buffer.alloc(0)],
      ['cut short', 'index-invalid', FEW.subarray(0, FEW.length / 2)],
      ['nobody', 'index-invalid', altered(FEW, 'UPDATE users SET password = NULL')],
    ] as const) {
      if (content) writeFileSync(path, content);
      else rmSync(path);
      const { exitCode, stdout } = await ready(machine);
      expect(exitCode, what).toBe(1);
      expect(stdout, what).toMatch(new RegExp(`\\] Failed \\(${code}\\): .*\\n.*What to do: `));
      expect(publicFiles(machine), what).toEqual(before);
      expect(notesOf(machine), what).toEqual([]);
      expect(await ready(machine, ['--list']), what).toMatchObject({ exitCode: 1 });
    }
    writeFileSync(path, FEW);
    expect((await pages()).exitCode).toBe(0);
  });

  it('without a db dir is a failure', async () => {
    rmSync(machine.dbDir, { recursive: true });
    const { exitCode, summaries } = await readyJson(machine);
    expect({ exitCode, code: summaries[0]?.error?.code }).toEqual({ exitCode: 1, code: 'index-missing' });
  });
});
