import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { deploymentOf } from '../../../src/app/web/code-changes.ts';

const NEVER = new AbortController().signal;

it.each([
  ['lists', 'echo " M fly-secret"', { kind: 'known', changes: [' M [redacted]'] }],
  ['says at last', 'echo "no fly-secret" >&2; exit 3', { why: expect.stringMatching(/: no \[redacted\]$/) }],
])('what the check of the code %s has no secret', async (_, script, found) => {
  const settings = { check: ['sh', '-c', script], source: tmpdir(), command: [], isRunHere: false };
  const env = { PATH: process.env['PATH'], FLY_API_TOKEN: 'fly-secret' };
  expect(await deploymentOf(settings, env, NEVER).codeChanges()).toMatchObject(found);
});
