import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeBadEnd } from '../../../src/child/bad-end.ts';
import { environmentAs, withoutRequest, withoutSecrets } from '../../../src/child/child-environment.ts';
import { findProgram, isProgram } from '../../../src/child/find.ts';

const names = (env: NodeJS.ProcessEnv) => Object.keys(env).sort();
const of = (...list: string[]) => Object.fromEntries(list.map((name) => [name, 'x']));

describe('the environment of a foreign program', () => {
  const OURS = [
    'UPDATE_CONFIG_TOKEN',
    'UPDATE_CONFIG_KEY_FILE',
    'FLEET_PASSWORD',
    'CONFIG_UPDATE_TOKEN',
    'HTTP_AUTHORIZATION',
    'HTTP_COOKIE',
    'FLY_API_TOKEN',
    'FLY_ACCESS_TOKEN_FILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SECRET_ACCESS_KEY_FILE',
    'AWS_SESSION_TOKEN',
  ];
  const THEIRS = [
    'PATH',
    'RAILS_ENV',
    'AWS_REGION',
    'AWS_ENDPOINT_URL_S3',
    'FLY_APP_NAME',
    'MY_UPDATE_CONFIG_X',
  ];

  it('has everything but our own variables', () => {
    expect(names(withoutSecrets(of(...OURS, ...THEIRS)))).toEqual([...THEIRS].sort());
  });

  it('has nothing of the request that is being answered', () => {
    const request = [
      'HTTP_PROXY',
      'HTTP_X',
      'QUERY_STRING',
      'REMOTE_ADDR',
      'REQUEST_URI',
      'CONTENT_LENGTH',
      'HTTPS',
    ];
    const more = ['SERVER_NAME', 'SCRIPT_NAME', 'REDIRECT_X', 'AUTH_TYPE', 'PATH_INFO', 'PATH_TRANSLATED'];
    const all = of(...request, ...more, 'GATEWAY_INTERFACE', 'PATH', 'HTTPX', 'NO_PROXY');
    expect(names(withoutRequest(all))).toEqual(['HTTPX', 'NO_PROXY', 'PATH']);
    expect(names(withoutRequest(of('REQUEST_METHOD', 'HTTP_PROXY', 'PATH')))).toEqual(['PATH']);
    const none = of('HTTP_PROXY', 'PATH');
    expect(withoutRequest(none)).toEqual(none);
  });

  it('names its own user, not ours', () => {
    const env = { ...of('SUDO_USER', 'MAIL', 'XDG_RUNTIME_DIR', 'PATH'), HOME: '/root', USER: 'root' };
    const account = { name: 'rails', uid: 1, gid: 1, home: '/home/rails' };
    expect(environmentAs(env, account)).toEqual({
      PATH: 'x',
      HOME: '/home/rails',
      USER: 'rails',
      LOGNAME: 'rails',
    });
  });
});

it('a program is found on the path in its order, below its directory with a slash, and only if it may be run', () => {
  const home = mkdtempSync(join(tmpdir(), 'find-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  for (const directory of ['a', 'b', 'a/x']) mkdirSync(join(home, directory));
  for (const file of ['a/y', 'b/x', 'b/y']) writeFileSync(join(home, file), '', { mode: 0o755 });
  const path = `${home}/a:${home}/b`;
  const find = (name: string, cwd: string | null = '/') => findProgram(name, cwd, path);
  expect([find('x'), find('y'), find('z'), find('')]).toEqual([`${home}/b/x`, `${home}/a/y`, null, null]);
  expect([find('b/x', home), find('./b/x', home), find('b/x', null), find(`${home}/b/x`, null)]).toEqual([
    `${home}/b/x`,
    `${home}/b/x`,
    null,
    `${home}/b/x`,
  ]);
  chmodSync(join(home, 'a/y'), 0o644);
  expect([find('y'), isProgram(join(home, 'a/y')), isProgram(join(home, 'a'))]).toEqual([
    `${home}/b/y`,
    false,
    false,
  ]);
  expect(findProgram('sh', '/', undefined)).toMatch(/\/bin\/sh$/);
  expect(findProgram('x', `${home}/b`, ':/nowhere')).toBe(`${home}/b/x`);
});

it('the message about the end of a child has its last words, and there is none for a good end', () => {
  const tail = ['first', 'last', '  '];
  expect(describeBadEnd({ kind: 'exited', code: 0, tail }, '1 s')).toBe(null);
  expect(describeBadEnd({ kind: 'exited', code: 3, tail }, '1 s')).toBe(
    'ended with exit code 3; its last words: last',
  );
  expect(describeBadEnd({ kind: 'killed', signal: 'SIGTERM', tail: [] }, '1 s')).toBe('was ended by SIGTERM');
  expect(describeBadEnd({ kind: 'timed-out', tail }, '1 s')).toBe(
    'was ended after 1 s; its last words: last',
  );
  expect(describeBadEnd({ kind: 'not-started', reason: 'no' }, '1 s')).toBe('cannot be started: no');
});
