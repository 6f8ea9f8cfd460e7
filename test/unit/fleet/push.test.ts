/** An index that is sent to machines: what goes with each request, and which answers count. */
import { afterEach, describe, expect, it } from 'vitest';
import { sendingOf } from '../../../src/publish/sending.ts';
import { isSigned, readKeys } from '../../../src/signature.ts';
import { fixed, INDEX, run, settings } from '../../support/fleet/fleet.ts';
import { type Behaviour, type Machines, SHA256, startMachines } from '../../support/fleet/machines.ts';
import { newKey } from '../../support/machine/pushing.ts';

const [key = Buffer.alloc(0)] = readKeys(newKey(), 'KEY');
const ours = { image: Buffer.from('an index'), digest: 'ef'.repeat(32), modified: new Date(0) };
const index = { ...INDEX, digest: ours.digest };

let machines: Machines | undefined;
afterEach(() => machines?.close());

async function send(behave: Behaviour, { force = false, dryRun = false } = {}) {
  machines = await startMachines(behave);
  const config = settings(machines.url, { attempts: 4 });
  const sending = sendingOf(ours, key);
  const context = {
    target: fixed(config, 'd1'),
    settings: config,
    publish: () => Promise.resolve({ kind: 'push', index, to: 'fly' } as const),
    push: { sending: () => sending, force },
    credentials: { scheme: 'bearer', token: 'a-token' } as const,
  };
  const { report } = await run(context, { operation: dryRun ? 'dry-run' : 'update' });
  const [outcome] = report.machines;
  return {
    sending,
    outcome: outcome?.outcome,
    attempts: outcome?.attempts,
    detail: outcome?.detail,
    message: outcome?.error?.message,
  };
}

const result = (fields: object): string =>
  `RESULT ${JSON.stringify({ machine: 'd1', outcome: 'updated', files: [], ...fields })}\n`;

describe('each request of a push', () => {
  it('has its own signature and id, and no credentials', async () => {
    const bodies: Buffer[] = [];
    const { sending, outcome, attempts } = await send(
      ({ request, attempt }, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          bodies.push(Buffer.concat(chunks));
          if (attempt < 3) response.destroy();
          else response.end(result({ index: { etag: null, sha256: SHA256 } }));
        });
        return undefined;
      },
      { force: true },
    );
    expect({ outcome, attempts }).toEqual({ outcome: 'updated', attempts: 3 });
    const asked = machines?.arrived ?? [];
    const ids = asked.map(({ request }) => String(request.headers['webhook-id']));
    expect(new Set(ids).size).toBe(3);
    for (const [at, { request, url }] of asked.entries()) {
      const { headers } = request;
      const body = bodies[at] ?? Buffer.alloc(0);
      expect(body).toEqual(sending.body);
      const signed = { id: ids[at] ?? '', timestamp: String(headers['webhook-timestamp']), body };
      expect(isSigned(String(headers['webhook-signature']), signed, [key])).toBe(true);
      expect(headers).toMatchObject({
        'content-type': 'application/vnd.sqlite3',
        'content-encoding': 'gzip',
        'content-length': String(body.length),
        'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
      });
      expect(headers.authorization).toBeUndefined();
      expect(url).toContain('force=1');
    }
  });
});

describe('an answer to a push', () => {
  it('counts by either digest of what was sent, whatever its ETag is', async () => {
    expect(await send(() => result({ index: { etag: '"x"', sha256: SHA256 } }))).toMatchObject({
      attempts: 1,
      outcome: 'updated',
    });
    await machines?.close();
    const told = { etag: '"x"', sha256: 'cd'.repeat(32), digest: ours.digest };
    expect(await send(() => result({ outcome: 'unchanged', index: told }))).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('that names another index by the right ETag does not count, and is final', async () => {
    const other = { etag: INDEX.etag, sha256: 'cd'.repeat(32) };
    expect(await send(() => result({ index: other }))).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      message: 'it kept another index than the one that was sent',
    });
  });

  it('of a dry run counts if the machine would have the sent index, and not if it would keep another', async () => {
    const dry = (sha256: string) => () =>
      result({
        outcome: 'dry-run',
        index: { etag: '"x"', sha256 },
        files: [{ changed: true }],
        reload: true,
      });
    const sent = await send(dry(SHA256), { dryRun: true });
    expect(sent).toMatchObject({
      outcome: 'dry-run',
      detail: 'would do: 1 of 1 files changed, a reload follows',
    });
    await machines?.close();
    // As one on which that index was rolled back.
    expect(await send(dry('cd'.repeat(32)), { dryRun: true })).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      message: 'it would keep another index than the one that was sent',
    });
  });

  const refuse =
    (date: string, body: string): Behaviour =>
    (_, response) => {
      response.writeHead(401, { date }).end(body);
      return undefined;
    };
  const error = { code: 'unauthorized', message: 'not signed', hint: 'Sign it.' };
  const refusal = result({ outcome: 'failed', error });

  it.each([
    [400, 'behind'],
    [-400, 'ahead of'],
  ])('of a machine whose clock is %i s off names that as the cause', async (off, how) => {
    const date = new Date(Date.now() - off * 1000).toUTCString();
    const { attempts, message } = await send(refuse(date, refusal));
    expect(attempts).toBe(1);
    expect(message).toMatch(
      new RegExp(
        `^status 401: its clock is (399|400|401) s ${how} the one of this host, so no signature counts$`,
      ),
    );
  });

  it('of a machine whose clock is right means that it has another key', async () => {
    const { attempts, message } = await send(refuse(new Date().toUTCString(), refusal));
    expect({ attempts, message }).toEqual({
      attempts: 1,
      message: 'status 401: it does not know the key of this host',
    });
  });

  it('of another program that denies access does not mention keys', async () => {
    const { message } = await send(refuse(new Date().toUTCString(), 'Unauthorized'));
    expect(message).toBe('status 401: access denied');
  });
});
