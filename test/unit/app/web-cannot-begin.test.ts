import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../support/machine/machine.ts';
import { callWeb } from '../../support/web/web-call.ts';
import { withWebIndex } from '../../support/web/web-process.ts';

let machine: Machine;
beforeEach(() => {
  machine = withWebIndex(new Machine());
});
afterEach(() => machine.remove());

describe('a server that cannot begin', () => {
  it.each([
    [{ WEB_LISTEN: '0.0.0.0:9898' }, 'WEB_LISTEN is "0.0.0.0:9898"'],
    [{ WEB_LISTEN: '127.0.0.1:70000' }, 'WEB_LISTEN is "127.0.0.1:70000"'],
    [{ WEB_TRUSTED_PROXIES: 'all' }, 'WEB_TRUSTED_PROXIES holds "all"'],
    [{ WEB_TARGET: 'heroku' }, 'WEB_TARGET is "heroku"'],
    [{ PUBLIC_URL_FLY: 'smooth.fly.dev' }, 'PUBLIC_URL_FLY is "smooth.fly.dev"'],
    [{ PUBLIC_URL_FLY: 'https://ada@smooth.fly.dev' }, 'PUBLIC_URL_FLY is "https://ada@smooth.fly.dev"'],
    [{ PUBLIC_URL_KAMAL: 'javascript:alert(1)' }, 'PUBLIC_URL_KAMAL is "javascript:alert(1)"'],
    [{ RAILS_DB_VOLUME: '/nowhere' }, 'the db dir /nowhere does not exist'],
  ])('by %j says what is wrong', async (env, message) => {
    expect(await callWeb(machine, [], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });

  it.each([
    ['a link that leads nowhere', 'is a link that leads nowhere'],
    ['a file', 'is not a directory'],
  ])('says what is wrong with a state directory that is %s', async (what, message) => {
    const path = join(machine.home, 'state');
    if (what === 'a file') writeFileSync(path, '');
    else symlinkSync('nowhere', path);
    const { code, stderr } = await callWeb(machine, [], { WEB_STATE_DIR: path, WEB_LISTEN: '127.0.0.1:0' });
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).toContain('Failed (config-invalid): the state directory');
  });
});
