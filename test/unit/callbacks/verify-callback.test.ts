import { Hmac } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { derivedKey, planSignature, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import { misdirected, proveSender, type ReceiverKey } from '../../../src/callbacks/verify-callback.ts';
import { sign } from '../../../src/signature.ts';
import { DEPLOY, headersOf, KEY, RUN, VECTORS } from '../../support/callbacks/vectors.ts';

const FULL: ReceiverKey = { kind: 'full', secret: KEY };
const DERIVED: ReceiverKey = { kind: 'derived', secret: writtenKey(derivedKey(KEY)) };
const OTHER: ReceiverKey = { kind: 'full', secret: 'f'.repeat(64) };
const [vector] = VECTORS;
const AT = Number(vector.timestamp) * 1000;

interface Changed {
  readonly headers?: Record<string, string>;
  readonly without?: readonly string[];
  readonly body?: string;
  readonly now?: number;
}

/** Which signature proves the first vector, with these changes; `refused` for none. */
function proof(
  keys: readonly ReceiverKey[],
  { headers = {}, without = [], body = vector.body, now = AT }: Changed = {},
  acceptsPlan = true,
): string {
  const all = new Headers({ ...headersOf(vector), ...headers });
  for (const name of without) all.delete(name);
  return proveSender({ headers: all, body: Buffer.from(body), now }, keys, acceptsPlan).kind;
}

const WEBHOOK = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

describe('a sender', () => {
  it.each(VECTORS)('of the contract is believed: $id', (one) => {
    const body = Buffer.from(one.body);
    const at = Number(one.timestamp) * 1000;
    for (const keys of [[FULL], [DERIVED], [OTHER, DERIVED], [OTHER, FULL]]) {
      const presented = { headers: new Headers(headersOf(one)), body, now: at };
      expect(proveSender(presented, keys, false)).toEqual({ kind: 'webhook', sentAt: at });
    }
  });

  it('is believed for five minutes, whichever clock is ahead', () => {
    const kinds = [-301, -300, 0, 300, 301].map((s) => proof([FULL], { now: AT + s * 1000 }));
    expect(kinds).toEqual(['refused', 'webhook', 'webhook', 'webhook', 'refused']);
  });

  it('of the plan is believed for ever, by a deploy key alone, where the project accepts it', () => {
    const changed = { without: WEBHOOK, now: AT + 1e10 };
    expect(proof([FULL], changed)).toBe('plan');
    expect(proof([OTHER, FULL], changed)).toBe('plan');
    expect(proof([DERIVED], changed)).toBe('refused');
    expect(proof([OTHER], changed)).toBe('refused');
    expect(proof([FULL], changed, false)).toBe('refused');
  });

  it('is not believed by a key that a project does not have', () => {
    expect(proof([])).toBe('refused');
    const zeros = '0'.repeat(64);
    const body = Buffer.from(vector.body);
    const signature = sign(derivedKey(zeros), { id: vector.id, timestamp: vector.timestamp, body });
    expect(proof([], { headers: { 'webhook-signature': signature } })).toBe('refused');
    expect(proof([], { without: WEBHOOK, headers: { 'X-Nvoi-Signature': planSignature(zeros, body) } })).toBe(
      'refused',
    );
  });

  it('has as much work done by whichever keys a project has, or none: how long it takes tells nobody which', () => {
    const update = vi.spyOn(Hmac.prototype, 'update');
    onTestFinished(() => update.mockRestore());
    const works = (changed: Changed) =>
      [[FULL], [OTHER], [DERIVED], []].map((keys) => {
        update.mockClear();
        proof(keys, changed);
        return update.mock.calls.length;
      });
    expect(works({ without: WEBHOOK })).toEqual([1, 1, 1, 1]);
    const [work] = works({});
    expect(work).toBeGreaterThan(0);
    expect(works({})).toEqual([work, work, work, work]);
  });

  it.each(WEBHOOK)('with %s missing is not believed by its other signature', (name) => {
    expect(proof([FULL], { without: [name] })).toBe('refused');
  });

  it.each([
    ['webhook-id', ''],
    ['webhook-id', 'a.b'],
    ['webhook-id', 'x'.repeat(401)],
    ['webhook-timestamp', ''],
    ['webhook-timestamp', `${vector.timestamp}.0`],
    ['webhook-timestamp', `0x${Number(vector.timestamp).toString(16)}`],
    ['webhook-timestamp', `-${vector.timestamp}`],
    ['webhook-timestamp', '9'.repeat(400)],
    ['webhook-timestamp', 'NaN'],
    ['webhook-signature', ''],
    ['webhook-signature', 'v1,'],
    ['webhook-signature', `v2,${vector.webhook.slice(3)}`],
    ['webhook-signature', vector.webhook.slice(3)],
    ['webhook-signature', vector.webhook.slice(0, -2)],
    ['webhook-signature', 'é'],
  ])('with %s: %j is not believed', (name, value) => {
    expect(proof([FULL], { headers: { [name]: value } })).toBe('refused');
  });

  it.each([
    '',
    'sha256=',
    vector.plan.slice(0, -1),
    `${vector.plan}0`,
    vector.plan.toUpperCase(),
    `sha256=${vector.plan.slice(7).toUpperCase()}`,
    `sha256=${'g'.repeat(64)}`,
    `sha1=${vector.plan.slice(7)}`,
  ])('of the plan with the signature %j is not believed', (value) => {
    expect(proof([FULL], { without: WEBHOOK, headers: { 'X-Nvoi-Signature': value } })).toBe('refused');
  });

  it('of other bytes is not believed', () => {
    expect(proof([FULL], { body: `${vector.body} ` })).toBe('refused');
    expect(proof([FULL], { body: `${vector.body} `, without: WEBHOOK })).toBe('refused');
  });

  it('may sign by several keys while they are rotated', () => {
    const both = `v1,${Buffer.alloc(32).toString('base64')} ${vector.webhook} v2,x`;
    expect(proof([DERIVED], { headers: { 'webhook-signature': both } })).toBe('webhook');
  });
});

describe('a signed body', () => {
  const body = { deploy_id: DEPLOY, run: RUN };
  const headers = (values: Record<string, string> = {}) => new Headers(values);

  it.each<[string, 'webhook' | 'plan', unknown, string, Headers, boolean]>([
    ['for its own address', 'webhook', body, DEPLOY, headers(), true],
    [
      'with the same in its headers',
      'webhook',
      body,
      DEPLOY,
      headers({ 'X-Nvoi-Deploy-Id': DEPLOY, 'X-Nvoi-Run': RUN }),
      true,
    ],
    ['for another address', 'webhook', body, '12346', headers(), false],
    ['without a deploy', 'webhook', { run: RUN }, DEPLOY, headers(), false],
    ['that is no object', 'webhook', [], DEPLOY, headers(), false],
    ['of another header', 'webhook', body, DEPLOY, headers({ 'X-Nvoi-Deploy-Id': '1' }), false],
    ['of a run of another header', 'webhook', body, DEPLOY, headers({ 'X-Nvoi-Run': 'x' }), false],
    ['of an address that is none', 'webhook', { ...body, deploy_id: '..' }, '..', headers(), false],
    ['of the plan', 'plan', { status: 'started' }, DEPLOY, headers({ 'X-Nvoi-Deploy-Id': DEPLOY }), true],
    ['of the plan for another deploy', 'plan', { deploy_id: '1' }, DEPLOY, headers(), false],
    ['of the plan of another header', 'plan', {}, DEPLOY, headers({ 'X-Nvoi-Deploy-Id': '1' }), false],
    ['with a run, by the signature of the plan', 'plan', body, DEPLOY, headers(), false],
    ['with a run that is null, by it', 'plan', { run: null }, DEPLOY, headers(), false],
  ])('%s is taken or refused (by %s)', (_, kind, value, deploy, given, isTaken) => {
    const why = misdirected(value, { proof: kind, deploy, headers: given });
    expect(why === null).toBe(isTaken);
  });
});
