import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FleetSimProcess, resultOf, runFleetSim } from '../../support/fleet/fleet-sim.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';

const BELOW_FILE = `${import.meta.filename}/below`;

describe('the options of fleet-sim', () => {
  it('are listed by --help', async () => {
    const { exitCode, stdout, stderr } = await runFleetSim(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: fleet-sim/);
    expect(stdout).toMatch(/wrong-etag +answers 200/);
  });

  it.each([
    [['--machines', '0'], '--machines takes a number'],
    [['--machines', '1e3'], '--machines takes a number'],
    [['--port', '70000'], '--port takes a number'],
    [['--regions', 'iad,../x'], '--regions'],
    [['--app', "a'b"], '--app'],
    [['--states', 'started=1'], '--states'],
    [['--states', 'suspended=9'], '--states names 9 machines'],
    [['--faults', 'fail'], '--faults: "fail" is not KIND=N'],
    [['--faults', 'slow=1,nonsense=1'], 'no-result, platform, die (fleet-sim --help'],
    [['--faults', 'fail=101%'], '--faults: "fail=101%" is more than 100 % (fleet-sim --help'],
    [['--faults', 'fail=9'], 'more faults than started machines (8)'],
    [['--resume', 'x'], '--resume'],
    [['--cgi', 'x', '--etag', 'y'], '--etag'],
    [['--cgi', '/no/such/program'], '/no/such/program cannot be run: ENOENT'],
    [['--cgi', import.meta.filename], 'cannot be run: EACCES'],
    [
      ['--cgi', process.execPath, '--home', BELOW_FILE],
      `--home ${BELOW_FILE} cannot be made: ENOTDIR (Give --home another path`,
    ],
    [['--cgi', process.execPath, '--home', import.meta.filename], 'cannot be made: EEXIST'],
    [['--flyctl', BELOW_FILE], `--flyctl ${BELOW_FILE} cannot be made: EEXIST`],
    [['--env', BELOW_FILE], `--env ${BELOW_FILE} cannot be made: EEXIST`],
    [['--etag', 'a b'], '--etag'],
    [['--nonsense'], '--nonsense'],
    [['surplus'], 'surplus'],
  ])('%j are refused with exit code 2 and the reason', async (args, why) => {
    const etag = args.includes('--etag') || args.includes('--cgi') ? [] : ['--etag', 'abc'];
    const { exitCode, stdout, stderr } = await runFleetSim([
      ...args,
      ...(args.includes('--resume') ? [] : etag),
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^fleet-sim: .+ \(.+\)\n$/);
    expect(stderr).toContain(why);
  });

  it('without an ETag, a CGI or a store are refused, since the index of the machines is unknown', async () => {
    expect(await runFleetSim([])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the index of the machines is not known'),
    });
  });

  it('with a port that is in use end with exit code 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      expect(await runFleetSim(['--etag', 'abc', '--port', String(port)])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`cannot listen on port ${port}: EADDRINUSE`),
      });
    } finally {
      server.close();
    }
  });
});

describe('fleet-sim with an object store', () => {
  let published: Published;
  let sim: FleetSimProcess;
  beforeAll(async () => {
    published = await startPublished();
    sim = await FleetSimProcess.start(['--delay', '0', '--machines', '5'], published.env);
  });
  afterAll(async () => {
    await sim.stop();
    await published.close();
  });

  it('says which store it is, since the store is real', () => {
    expect(sim.lines).toContainEqual(
      expect.stringContaining(`Object store: ${published.settings.endpoint} `),
    );
  });

  it('without an index lets machines fail, and says why', async () => {
    const response = await sim.post(null);
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: 'the object store has no index' },
    ]);
    expect(await sim.printed((line) => line.endsWith('(the object store has no index)'))).not.toBe(null);
  });

  it('gives machines the index that is there when they are asked', async () => {
    const index = makeSampleIndex();
    for (const minute of [1, 2]) {
      const etag = await published.publish(
        minute === 1 ? index : makeSampleIndex({ events: 20 }),
        new Date(`2026-01-02T03:0${minute}:00Z`),
      );
      const answers = await Promise.all(sim.machines.map(async ({ id }) => (await sim.post(id)).text()));
      expect(answers.map((text) => resultOf(text)['index'])).toEqual(
        Array(5).fill(expect.objectContaining({ etag, time: `2026-01-02T03:0${minute}:00.000Z` })),
      );
    }
  });
});

describe('the sink for broadcasts', () => {
  let sim: FleetSimProcess;
  beforeAll(async () => {
    sim = await FleetSimProcess.start(['--etag', 'abc']);
  });
  afterAll(() => sim.stop());

  const send = async (body: string, method = 'POST') =>
    (await fetch(`${sim.url}/_broadcast`, { method, ...(method === 'POST' ? { body } : {}) })).status;

  it('shows each broadcast on a line, whatever it contains', async () => {
    const data = { status: 'processing', progress: 40, message: 'a\u2028b\u001b[2Jc' };
    expect(await send(JSON.stringify({ stream: 'config_update_x\n00:00 forged', data }))).toBe(200);
    const line = await sim.printed((text) => text.includes('broadcast to'));
    expect(line).toMatch(
      /broadcast to config_update_x 00:00 forged: \{"status":"processing","progress":40,"message":"a b\\u001b\[2Jc"\}$/,
    );
    expect(sim.lines.some((text) => text.startsWith('00:00 forged'))).toBe(false);
  });

  it('refuses what Navigator refuses', async () => {
    expect(await send('', 'GET')).toBe(405);
    expect(await send('{')).toBe(400);
    expect(await send('{"data":{}}')).toBe(400);
    expect(await send(JSON.stringify({ stream: 'x'.repeat(100_000) }))).toBe(400);
  });
});
