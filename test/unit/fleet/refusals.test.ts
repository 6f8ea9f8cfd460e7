/** Answers that asking again cannot change, each named by what it is. */
import { afterEach, expect, it } from 'vitest';
import { fixed, run, settings } from '../../support/fleet/fleet.ts';
import { type Behaviour, type Machines, startMachines } from '../../support/fleet/machines.ts';

let machines: Machines | undefined;
afterEach(() => machines?.close());

async function ask(behave: Behaviour) {
  machines = await startMachines(behave);
  const config = settings(machines.url, { attempts: 4 });
  const { report } = await run({ target: fixed(config, 'd1'), settings: config });
  const [outcome] = report.machines;
  return { attempts: outcome?.attempts, message: outcome?.error?.message, hint: outcome?.error?.hint };
}

/** What the platform's script/update_configuration.rb says, up to where its ways part. */
const PLATFORM = [
  '[2026-01-02T03:04:05Z] Starting configuration update (Phase 1: Fast operations)',
  `[2026-01-02T03:04:05Z] ${'='.repeat(70)}`,
  '[2026-01-02T03:04:05Z] ',
  '[2026-01-02T03:04:05Z] Operation 1/5: Updating index database',
  `[2026-01-02T03:04:05Z] ${'-'.repeat(70)}`,
];

it.each([
  ['without a body', ['No database in POST body, fetching from S3...', 'SUCCESS: Database sync completed']],
  ['with one', ['SUCCESS: Received database directly (53248 bytes, updated: )']],
  ['that fails', ['ERROR: Failed to receive database: not in gzip format', 'Configuration update FAILED']],
])('the platform’s own script, asked %s, is named and not asked again', async (_, rest) => {
  const lines = [...PLATFORM, ...rest.map((line) => `[2026-01-02T03:04:06Z] ${line}`)];
  const { attempts, message, hint } = await ask(() => `${lines.join('\n')}\n`);
  expect({ attempts, message }).toEqual({
    attempts: 1,
    message: "it runs the platform's own script, not update_config",
  });
  expect(hint).toContain('docs/ADOPTING.md');
});

it('an answer of update_config that quotes the platform’s own script is not an answer of the script', async () => {
  const result = {
    machine: 'd1',
    outcome: 'failed',
    error: { code: 'disk', message: 'full', hint: 'Free.' },
  };
  const { message } = await ask((_, response) => {
    response.writeHead(400).end(`${PLATFORM.join('\n')}\nRESULT ${JSON.stringify(result)}\n`);
    return undefined;
  });
  expect(message).toBe('status 400: full');
});

it.each([
  [404, 'status 404: update_config is not there'],
  [405, 'status 405: update_config is not there'],
  [422, 'status 422'],
  [501, 'status 501'],
])('a server without the route, which answers %i, is asked once', async (status, message) => {
  const told = await ask((_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html></html>');
    return undefined;
  });
  expect(told).toMatchObject({ attempts: 1, message });
});

it.each(['config-invalid', 'check-failed', 'index-missing'])(
  'a machine that answers %s is asked once, and one with a full disk as often as allowed',
  async (code) => {
    const answer = (error: string): Behaviour => {
      const result = {
        machine: 'd1',
        outcome: 'failed',
        error: { code: error, message: 'no', hint: 'Mend.' },
      };
      return (_, response) => {
        response.writeHead(500).end(`RESULT ${JSON.stringify(result)}\n`);
        return undefined;
      };
    };
    expect((await ask(answer(code))).attempts).toBe(1);
    await machines?.close();
    expect((await ask(answer('disk'))).attempts).toBe(4);
  },
);
