import { describe, expect, it } from 'vitest';
import {
  derivedKey,
  isDeployKey,
  isPlanSigned,
  planSignature,
  writtenKey,
} from '../../src/callbacks/callback-signatures.ts';
import { isSigned, sign } from '../../src/signature.ts';

const KEY = '0123456789abcdef'.repeat(4);
const RUN = '20260102T030405678Z-1f2e3d';

/** The vectors of the contract: checked there with npm standardwebhooks and with OpenSSL. */
const VECTORS = [
  {
    body: `{"status":"started","git_sha":"abc123","git_ref":"main","ci_provider":"github_actions","ci_run_url":"https://github.com/user/repo/actions/runs/12345","deploy_id":"12345","run":"${RUN}","operation":"deploy","status_seq":1,"at":"2026-01-02T03:04:05.678Z","last_seq":0}`,
    bytes: 286,
    plan: 'sha256=004efb654dfee527a11b0fbb430ea8fffc6436b69baa30a7a7823d085fbb5070',
    id: `${RUN}_status_1`,
    timestamp: '1767323046',
    webhook: 'v1,1Lg+gRwirxdvpTGpVIqRX9+pvXJrSG4g7cEdCuqfXjk=',
  },
  {
    body: `{"logs":[{"level":"step","message":"Syncing index database","logged_at":"2026-01-02T03:04:05.680Z","seq":1},{"level":"ok","message":"Published","logged_at":"2026-01-02T03:04:06.120Z","seq":2}],"deploy_id":"12345","run":"${RUN}","operation":"deploy","first_seq":1,"last_seq":2}`,
    bytes: 296,
    plan: 'sha256=0ce668dc9201d42d932c8e0f4b4931648a3c40efe7a2e9421c2d7c470e909127',
    id: `${RUN}_logs_1_2`,
    timestamp: '1767323047',
    webhook: 'v1,e3vKgYacSK0BLU9QNVmYcQ5kzAneN/eLMGWexi1M6gk=',
  },
  {
    body: `{"status":"completed","tunnels":[{"service_name":"fly","hostname":"example.fly.dev"}],"duration_seconds":2,"deploy_id":"12345","run":"${RUN}","operation":"deploy","status_seq":2,"at":"2026-01-02T03:04:07.900Z","last_seq":2,"dropped":0,"outcome":"done","exit_code":0}`,
    bytes: 286,
    plan: 'sha256=7d9461fb836cf649f0875d709ccfd3ced7ea4fb64dad6e029bde8cdb9587a562',
    id: `${RUN}_status_2`,
    timestamp: '1767323048',
    webhook: 'v1,y0MHpSERe2nulVvMWmaPNaxJMT1E2fA4s9La/JfU+48=',
  },
];

describe('the signatures of a callback', () => {
  it.each(VECTORS)('are those of the contract, for $id', ({ body, bytes, plan, id, timestamp, webhook }) => {
    const sent = Buffer.from(body);
    expect(sent).toHaveLength(bytes);
    expect(planSignature(KEY, sent)).toBe(plan);
    expect(isPlanSigned(plan, KEY, sent)).toBe(true);
    const signed = { id, timestamp, body: sent };
    expect(sign(derivedKey(KEY), signed)).toBe(webhook);
    expect(isSigned(webhook, signed, [derivedKey(KEY)])).toBe(true);
  });

  it("sign as GitHub's published example does", () => {
    expect(planSignature("It's a Secret to Everybody", Buffer.from('Hello, World!'))).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });

  it('use the text of the deploy key for the plan, and its bytes for the derived key', () => {
    const body = Buffer.from('{"status":"completed","error":null}');
    expect(planSignature(KEY, body)).toBe(
      'sha256=df58185ec9bb426220e1b97bc71bf74efc13ea18131cd67cce7cd252cbc5844a',
    );
    expect(planSignature(KEY.toUpperCase(), body)).not.toBe(planSignature(KEY, body));
    expect(writtenKey(derivedKey(KEY))).toBe('whsec_KzdvmqVewIaDLsPsq/YM3vk3J9S53Vl9/g5oC+jAQxE=');
    expect(derivedKey(KEY.toUpperCase())).toEqual(derivedKey(KEY));
  });

  it.each([
    ['absent', null],
    ['empty', ''],
    ['without a digest', 'sha256='],
    ['in capitals', planSignature(KEY, Buffer.from('{}')).toUpperCase().replace('SHA256', 'sha256')],
    ['short', planSignature(KEY, Buffer.from('{}')).slice(0, -1)],
    ['with something behind it', `${planSignature(KEY, Buffer.from('{}'))}0`],
    ['no digits', `sha256=${'g'.repeat(64)}`],
    ['of other bytes', planSignature(KEY, Buffer.from('{ }'))],
  ])('are refused and never throw where that of the plan is %s', (_, header) => {
    expect(isPlanSigned(header, KEY, Buffer.from('{}'))).toBe(false);
  });
});

describe('a deploy key', () => {
  it.each([
    [KEY, true],
    [KEY.toUpperCase(), true],
    [`${KEY}\n`, false],
    [KEY.slice(1), false],
    [`${KEY}0`, false],
    ['', false],
  ])('is 64 hexadecimal digits: %j is %s', (text, isOne) => {
    expect(isDeployKey(text)).toBe(isOne);
  });
});
