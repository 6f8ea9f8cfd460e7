/** What is wrong and stops nothing is in the answer, since standard error of a CGI is seen by nobody. */
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../support/machine/machine.ts';
import { FIRST, FLY_MACHINE } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const JSON_ANSWER = { HTTP_ACCEPT: 'application/json' };

useSource();
let machine: Machine;
beforeEach(() => {
  machine = new Machine(FLY_MACHINE);
  writeFileSync(machine.path('index.sqlite3'), FIRST);
});
afterEach(() => machine.remove());

/** The warnings of an answer in text, those that its last line repeats, and those of one in JSON. */
async function toldBy(query: string, env: Record<string, string>): Promise<string[]> {
  const text = await machine.post(query, { env });
  const lines = [...text.body.matchAll(/^\[[^\]]+\] Warning: (.*)$/gm)].map(([, said]) => String(said));
  const json = await machine.post(query, { env: { ...env, ...JSON_ANSWER } });
  for (const { result } of [text, json])
    expect({ cautions: lines }).toEqual({ cautions: cautionsOf(result) });
  return lines;
}

const cautionsOf = (result: object): unknown => Reflect.get(result, 'cautions') ?? [];

/** Whoever has this token is an administrator. */
function token(): { env: Record<string, string>; asAdministrator: Record<string, string> } {
  const file = join(machine.home, 'token');
  writeFileSync(file, 'secret-token', { mode: 0o600 });
  const env = { UPDATE_CONFIG_TOKEN_FILE: file };
  return { env, asAdministrator: { ...env, HTTP_AUTHORIZATION: 'Bearer secret-token' } };
}

describe('the answer of an update reports', () => {
  it('nothing if nothing is wrong', async () => {
    expect(await toldBy('', {})).toEqual([]);
  });

  it.each([
    ['is a directory', (log: string) => mkdirSync(log), 'EISDIR'],
    ['is a link', (log: string) => symlinkSync('/dev/full', log), 'ELOOP'],
  ])('a log file that %s', async (_, spoil, why) => {
    const dir = join(machine.home, 'log');
    mkdirSync(dir);
    const log = join(dir, 'update_config.log');
    spoil(log);
    const told = await toldBy('', { RAILS_LOG_VOLUME: dir });
    expect(told).toEqual([expect.stringContaining(`${log} cannot be written: ${why}`)]);
  });

  it('a cache of compiled code that others can write to, and one without an absolute path', async () => {
    machine.isFromSource = false;
    const cache = join(machine.home, 'cache');
    mkdirSync(cache);
    chmodSync(cache, 0o777);
    expect(await toldBy('', { UPDATE_CONFIG_CACHE_DIR: cache })).toEqual([
      `${cache} is not used for compiled code: ${cache} can be written to by others`,
    ]);
    expect(await toldBy('', { UPDATE_CONFIG_CACHE_DIR: 'cache' })).toEqual([
      'UPDATE_CONFIG_CACHE_DIR is "cache", which is not an absolute path: no compiled code is kept',
    ]);
    rmSync(cache, { recursive: true });
    expect(await toldBy('', { UPDATE_CONFIG_CACHE_DIR: cache })).toEqual([]);
    expect(await toldBy('', { UPDATE_CONFIG_CACHE_DIR: 'off' })).toEqual([]);
  });

  it('that requests cannot be counted', async () => {
    await machine.post();
    rmSync(join(machine.dbDir, '.update_config/slots'), { recursive: true });
    writeFileSync(join(machine.dbDir, '.update_config/slots'), '');
    const [told, ...others] = await toldBy('', {});
    expect(others).toEqual([]);
    expect(told).toContain('requests are not counted, and more than 24 may run at a time: ');
  });

  it('a damaged journal, and the update goes on with a new one', async () => {
    machine.isFromSource = false;
    await machine.post();
    writeFileSync(join(machine.dbDir, '.update_config/journal.db'), 'no database');
    const { status, body, result } = await machine.post();
    expect(status).toBe(200);
    expect(body).toMatch(/Warning: the journal was damaged; it was set aside as /);
    expect(cautionsOf(result)).toEqual([expect.stringContaining('the journal was damaged')]);
    expect(await toldBy('', {})).toEqual([]);
  });

  it('keys of the override file that have no effect, in updates, dry runs, the state and the log', async () => {
    const file = join(machine.home, 'own.yml');
    writeFileSync(file, 'server: {lisen: 3000, bot_detection: {enabled: false}}\n');
    const log = join(machine.home, 'log');
    mkdirSync(log);
    const { env, asAdministrator } = token();
    const all = { ...env, NAVIGATOR_OVERRIDES: file, RAILS_LOG_VOLUME: log };
    const expected = [
      `${file}: server.lisen has no effect: Navigator knows no such key (is server.listen meant?)`,
      `${file}: server.bot_detection has no effect: Navigator does not use it`,
    ];
    expect(await toldBy('', all)).toEqual(expected);
    expect(await toldBy('state=1', all)).toEqual(expected);
    expect(await toldBy('dry_run=1', { ...all, ...asAdministrator })).toEqual(expected);
    const command = await machine.run(['--dry-run'], { env: all });
    for (const message of expected) expect(command.stdout).toContain(`Warning: ${message}\n`);
    expect(machine.read('navigator.yml')).not.toContain('lisen');
    const lines = readFileSync(join(log, 'update_config.log'), 'utf8').trim().split('\n');
    const warned = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
    expect(warned.map(({ msg }) => msg)).toEqual(expect.arrayContaining(expected));
  });

  it('unsafe secrets to administrators, and to others only that there is a warning', async () => {
    const { env, asAdministrator } = token();
    const open = { UPDATE_CONFIG_TOKEN: 'secret-token' };
    expect(await toldBy('', { ...env, ...open })).toEqual([
      'there is a warning on how this machine is set up; administrators see which',
    ]);
    const [told, ...others] = await toldBy('', { ...asAdministrator, ...open });
    expect(others).toEqual([]);
    expect(told).toContain('UPDATE_CONFIG_TOKEN has the value that is in UPDATE_CONFIG_TOKEN_FILE');
  });
});
