import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../support/machine/machine.ts';
import { FLY_MACHINE, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
const here = useMachine();

interface Routes {
  managed_processes: { name: string; command: string; env: Record<string, string> }[];
  routes: { reverse_proxies: { name?: string; target: string }[] };
}

const navigator = (): Routes => parse(here.machine.read('navigator.yml'));
const targets = (): string[] =>
  navigator()
    .routes.reverse_proxies.filter(({ name }) => name?.startsWith('showcase-web'))
    .map(({ target }) => target);

describe('an update', () => {
  it('writes the web part as soon as SHOWCASE_WEB says so, though nothing else has changed', async () => {
    here.machine.isFromSource = false;
    const { machine } = here;
    expect((await machine.post()).result.outcome).toBe('updated');
    const plain = machine.read('navigator.yml');
    expect(plain).not.toContain('showcase-web');
    machine.settle();
    const on = await machine.post('', { env: { SHOWCASE_WEB: 'on' } });
    expect(on.result.outcome).toBe('updated');
    expect(on.result.files.filter(({ changed }) => changed).map(({ kind }) => kind)).toEqual(['navigator']);
    expect(navigator().managed_processes).toMatchObject([
      {
        name: 'showcase-web',
        command: `${machine.appRoot}/scripts/showcase-web`,
        env: { RAILS_DB_VOLUME: machine.dbDir, WEB_LISTEN: '127.0.0.1:9898' },
      },
    ]);
    machine.settle();
    const unchanged = await machine.post('', { env: { SHOWCASE_WEB: 'on' } });
    expect(unchanged.result.outcome).toBe('unchanged');
    const moved = await machine.post('', { env: { SHOWCASE_WEB: 'on', WEB_LISTEN: '[::1]:9000' } });
    expect(moved.result.outcome).toBe('updated');
    expect(targets()).toEqual(Array(3).fill('http://[::1]:9000/showcase/$1'));
    machine.settle();
    expect((await machine.post()).result.outcome).toBe('updated');
    expect(machine.read('navigator.yml')).toBe(plain);
  });

  it('leads the web part of a Fly machine to the host that owns the index, and follows it', async () => {
    const { machine } = here;
    for (const host of ['admin.example', 'other.example']) {
      const env = { ...FLY_MACHINE, SHOWCASE_WEB: `https://${host}/showcase/` };
      expect((await machine.post('', { env })).result.outcome).toBe('updated');
      expect(targets()).toEqual(Array(3).fill(`https://${host}/showcase/$1`));
      expect(navigator().managed_processes).toEqual([]);
    }
  });

  it.each([
    [{ SHOWCASE_WEB: 'http://admin.example/showcase' }, 'SHOWCASE_WEB'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '0.0.0.0:9898' }, 'WEB_LISTEN'],
    [{ ...FLY_MACHINE, SHOWCASE_WEB: 'https://smooth.fly.dev/showcase' }, 'SHOWCASE_WEB'],
    [{ ...FLY_MACHINE, SHOWCASE_WEB: 'on' }, 'SHOWCASE_WEB'],
  ])('with %j ends with config-invalid and a hint, and changes nothing', async (env, name) => {
    const { machine } = here;
    await here.installed();
    const before = machine.read('navigator.yml');
    const answer = await machine.post('', { env });
    expect(answer.status).toBe(500);
    expect(answer.result.error).toMatchObject({ code: 'config-invalid' });
    expect(answer.result.error?.message).toContain(name);
    expect(answer.result.error?.hint).toContain(name);
    expect(machine.read('navigator.yml')).toBe(before);
  });

  it('of a machine that boots leaves out a web part that is set up wrongly, and says so', async () => {
    const { machine } = here;
    const env = { ...FLY_MACHINE, SHOWCASE_WEB: 'https://smooth.fly.dev/showcase' };
    const booted = await machine.run(['--boot'], { env });
    expect(booted.exitCode, booted.stdout).toBe(0);
    expect(booted.stdout).toMatch(/Warning: SHOWCASE_WEB is .*, so the site is served without the web part/);
    expect(machine.read('navigator.yml')).not.toContain('showcase-web');
    const asked = await machine.post('', { env });
    expect(asked.result.error?.code).toBe('config-invalid');
  });
});

describe('a hook', () => {
  const hook = (name: string, env: Record<string, string>) =>
    here.machine.run([], { executable: join(ROOT, 'scripts', name), env: { ...FLY_MACHINE, ...env } });

  it.each(['ready', 'idle'])('does the same where SHOWCASE_WEB is wrong: %s', async (name) => {
    await here.machine.post('', { env: FLY_MACHINE });
    const env = { READY_PREPARE_COMMAND: 'true', READY_SEED_COMMAND: 'off' };
    const plain = await hook(name, env);
    const wrong = await hook(name, { ...env, SHOWCASE_WEB: 'on' });
    expect(wrong.stdout + wrong.stderr).not.toContain('SHOWCASE_WEB');
    expect(wrong.exitCode).toBe(plain.exitCode);
  });

  it('that starts the site writes htpasswd where SHOWCASE_WEB is wrong, and says what is wrong', async () => {
    const { machine } = here;
    await machine.post('', { env: FLY_MACHINE });
    const htpasswd = machine.read('htpasswd');
    rmSync(machine.path('htpasswd'));
    const started = await hook('start', { SHOWCASE_WEB: 'on' });
    expect(started.exitCode, started.stdout).toBe(0);
    expect(started.stdout).toMatch(/Warning: SHOWCASE_WEB is "on", .*served without the web part/);
    expect(machine.read('htpasswd')).toBe(htpasswd);
  });
});
