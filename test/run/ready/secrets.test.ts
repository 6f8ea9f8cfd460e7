import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Machine } from '../../support/machine/machine.ts';
import { addProgram, ready } from '../../support/ready/ready.ts';

/** What the application's programs may have in their environment, and say when they fail. */
const SECRETS = {
  RAILS_MASTER_KEY: '0123456789abcdef0123456789abcdef',
  SECRET_KEY_BASE: 'fedcba9876543210fedcba9876543210',
  FLY_API_TOKEN: 'FlyV1 fm2_lJPECAAAAAAACwRh,fm2_other',
  DATABASE_PASSWORD: 'tango-at-midnight',
  FLEET_PASSWORD: 'pass-word-of-ada',
  UPDATE_CONFIG_KEY: 'a-key-without-its-prefix',
  UPDATE_CONFIG_TOKEN: 'token-of-the-machine',
};
const UNNAMED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root', ...SECRETS });
  writeFileSync(machine.path('index.sqlite3'), makeSampleIndex());
});

afterEach(() => machine.remove());

it("no secret of the environment is shown or logged, whatever the application's own program writes", async () => {
  const said = [...Object.entries(SECRETS).map(([name, value]) => `${name}=${value}`), `key ${UNNAMED}`];
  const lines = said.map((line) => `echo '${line}' >&2`).join('\n');
  addProgram(machine, 'bin/prerender', `${lines}\nexit 1`);
  const logs = join(machine.home, 'log');
  mkdirSync(logs);
  const env = { RAILS_LOG_VOLUME: logs };
  for (const form of [[], ['--json']]) {
    const { exitCode, stdout, stderr } = await ready(machine, ['--only', 'pages', ...form], { env });
    expect(exitCode).toBe(1);
    const told = stdout + stderr + readFileSync(join(logs, 'ready.log'), 'utf8');
    expect(told).toContain('[redacted]');
    for (const secret of [...Object.values(SECRETS), UNNAMED]) expect(told).not.toContain(secret);
  }
});
