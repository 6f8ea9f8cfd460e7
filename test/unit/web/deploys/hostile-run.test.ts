import { beforeAll, describe, expect, it } from 'vitest';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { CallbackSender, keptRun, lineOf } from '../../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

/** What breaks out of an element, an attribute, a script, a style, a terminal or a line; and what orders a text. */
const EVIL = `"'><script>alert(1)</script></code><img src=x onerror=alert(1)>\u001b[2J\u009b31m\u202egnp\r\nSet-Cookie: a=b\u2028`;
const ADDRESSES = [
  'javascript:alert(1)//https://x.y',
  'data:text/html,<script>alert(1)</script>',
  '//evil.example',
  'https://user@evil.example/',
  `https://x.y/"onmouseover="alert(1)`,
];
/** Names that every object has. */
const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

let server: TestServer;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', KEY);
});

/** A run that is hostile in all that it says. */
async function play(deploy: string, evil: string, address: string): Promise<string> {
  const sender = new CallbackSender(server, { deploy });
  const of = { by: evil, target: evil, command: evil, version: evil, ci_attempt: evil, ci_job: evil };
  const source = { git_sha: evil.slice(0, 64), git_ref: evil, ci_provider: evil, ci_run_url: address };
  const answers = [
    await sender.start({ ...of, ...source, commit_url: address }),
    await sender.lines([
      lineOf(1, evil, { level: 'step' }),
      lineOf(2, `${evil}: ${evil}`, { level: 'ok', machine: evil }),
      lineOf(3, evil, { level: 'error', machine: `m ${evil}` }),
      lineOf(4, evil, { machine: evil }),
    ]),
    await sender.fail({
      ...{
        error: evil,
        error_code: evil,
        hint: evil,
        failed_machines: [evil],
        index: { kind: evil, etag: evil },
      },
      machines: { updated: 1_000_000_000, unchanged: 0, failed: 1, skipped: 5 },
      tunnels: [{ service_name: evil, hostname: evil }],
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  return `/deploys/${deploy}?run=${keptRun(server, deploy).id}`;
}

const shown = async (path: string, headers: Record<string, string> = {}): Promise<[string, Response]> => {
  const answer = await server.ask(path, 'administrator', { headers });
  expect(answer.status).toBe(200);
  return [await answer.text(), answer];
};

/** Of the addresses that a page links to. */
const addressesIn = (page: string) =>
  [...page.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, to]) => to ?? '');

describe('a run that is hostile in all that it says', () => {
  it.each(ADDRESSES)('is text on its pages, with %s for an address', async (address) => {
    const path = await play(`evil-${ADDRESSES.indexOf(address)}`, EVIL, address);
    for (const where of [
      path,
      `${path}&q=script`,
      `${path}&errors=1`,
      '/deploys/',
      '/deploys/?branch=%22%3E',
    ]) {
      const [page, answer] = await shown(where);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page).not.toMatch(
        /<script(?! src="[^"]*" (?:defer|type="module"))|<img|onerror=[^&]*>|\son\w+="/,
      );
      expect(page).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
      for (const to of addressesIn(page)) expect(to).toMatch(/^(?:data:,$|\.\.?\/|[#?]|https:\/\/x\.y\/%22)/);
    }
  });

  it('says nothing to a terminal, and is one line a line, as text', async () => {
    const path = await play('terminal', EVIL, '');
    const [text, answer] = await shown(path.replace('?', '/logs.txt?'));
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202a-\u202e\u2066-\u2069]/u);
    expect(text.split('\n')).toHaveLength(5);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': 'attachment; filename="deploy-terminal-1.txt"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('is JSON that no page takes for a script, and that is not kept', async () => {
    const path = await play('json', EVIL, '');
    for (const where of [path.replace('?', '/logs?'), path, '/deploys/']) {
      const [text, answer] = await shown(where, { Accept: 'application/json' });
      expect(JSON.parse(text)).toBeTypeOf('object');
      expect(text).not.toMatch(/[^\P{Cc}\n]/u);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/json',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'cache-control': 'no-store',
      });
    }
  });

  it.each(INHERITED)('may call everything %s', async (name) => {
    const path = await play(`${name.replaceAll('_', '')}-x`, name, name);
    for (const where of [path, '/deploys/']) {
      const [page] = await shown(where);
      expect(page).not.toMatch(/native code|\[object/);
    }
  });
});
