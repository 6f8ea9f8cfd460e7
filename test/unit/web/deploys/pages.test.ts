import { beforeAll, describe, expect, it } from 'vitest';
import {
  callbackLine,
  fleetLines,
  lineRange,
  PlayedDeploy,
} from '../../../support/web/deploys/deploy-scene.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;
/** Milliseconds by which the server's clock is ahead. */
let ahead = 0;

const play = (deploy: string, run: string, operation?: 'deploy' | 'delete'): PlayedDeploy =>
  new PlayedDeploy(server.context.deploys, deploy, run, operation);

const pageOf = async (path: string): Promise<string> => {
  const answer = await server.ask(path, 'administrator');
  expect(answer.status).toBe(200);
  return answer.text();
};

/** What a page says, without its markup. */
const wordsOf = async (path: string): Promise<string> =>
  (await pageOf(path)).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

beforeAll(async () => {
  server = await startWeb({ context: { now: () => Date.now() + ahead } });
});

describe('the list of deploys', () => {
  it('says of each run how it stands, what it is of, and where it came from', async () => {
    play('100', 'run-a').start().complete(0);
    const words = await wordsOf('/deploys/?text=100');
    expect(words).toContain('1 run');
    for (const part of ['Completed', 'Deploy 100', 'main 0123456', 'deploy@host', '12/12', '5d41402a'])
      expect(words).toContain(part);
    expect(words).toContain('2 min 0 s');
    const html = await pageOf('/deploys/?text=100');
    expect(html).toContain(
      '<a href="https://github.com/user/repo/actions/runs/12345" rel="noopener noreferrer">GitHub Actions</a>',
    );
  });

  it('is filtered by its address, and says so where nothing fits', async () => {
    play('101', 'run-a', 'delete').start({ git_ref: 'other' }).fail(0, { outcome: 'cancelled' });
    expect(await wordsOf('/deploys/?branch=other')).toContain('Undo 101');
    expect(await wordsOf('/deploys/?status=cancelled&operation=delete')).toContain('1 run');
    expect(await wordsOf('/deploys/?text=nothing-like-it')).toContain('There is no such deploy.');
    expect(await wordsOf('/deploys/?status=odd&page=-3')).toContain('Undo 101');
  });

  it('has pages of 50, as JSON too', async () => {
    for (let at = 1; at <= 51; at++) play(`many-${at}`, 'run').start({ git_ref: 'many' });
    const answer = await server.ask('/deploys.json?branch=many&page=2', 'administrator');
    expect(await answer.json()).toMatchObject({ total: 51, page: 2, deploys: [{ standing: 'started' }] });
    expect(await wordsOf('/deploys/?branch=many')).toContain('Page 1 of 2');
  });

  it('looks for news often while a run is under way, and not once that is gone without a word', async () => {
    play('102', 'run-a').start();
    expect(await pageOf('/deploys/?text=102')).toContain('data-refreshing="2"');
    ahead = 16 * 60_000;
    const gone = await pageOf('/deploys/?text=102');
    ahead = 0;
    expect(gone).toContain('Gone');
    expect(gone).toContain('data-refreshing="15"');
  });

  it('is for administrators, who find it in the navigation', async () => {
    expect((await server.ask('/deploys/', 'owner')).status).toBe(403);
    expect((await server.ask('/deploys/')).status).toBe(401);
    expect(await pageOf('/deploys/')).toContain('aria-current="page">Deploys</a>');
  });
});

describe('the page of a deploy', () => {
  it('has its error first, with what to do and a link from each machine that failed to its line', async () => {
    const played = play('200', 'run-a').start().say(fleetLines()).fail(42);
    const html = await pageOf(played.path);
    const trouble = html.slice(html.indexOf('What went wrong'), html.indexOf('<dl'));
    expect(trouble).toContain('1 of 12 machines failed.');
    expect(trouble).toContain('Run config-update again.');
    expect(trouble).toContain('<a href="#L12">m2</a>: it refuses the token');
    expect(html).toContain('id="L12"');
    const words = await wordsOf(played.path);
    expect(words).toContain('Publishing the index Done 500 ms');
    expect(words).toContain('m2 Failed 3 9.87 s it refuses the token');
    expect(words).toContain('m12 Has it 1 321 ms');
  });

  it('has a link to each run of its deploy, and shows the newest where the address names none', async () => {
    const first = play('201', 'run-a').start({ ci_attempt: '1' }).fail(0);
    const second = play('201', 'run-b').start({ ci_attempt: '2' });
    const html = await pageOf('/deploys/201');
    expect(html).toMatch(new RegExp(`run=${second.id}" aria-current="page"><b>Run 2`));
    expect(html).toMatch(new RegExp(`run=${first.id}"><b>Run 1`));
    expect(await pageOf('/deploys/201?run=run-a')).toMatch(/aria-current="page"><b>Run 1/);
    expect((await server.ask('/deploys/201?run=other', 'administrator')).status).toBe(404);
  });

  it('says which lines are not there, and why', async () => {
    const played = play('202', 'run-a').start().say(lineRange(1, 30)).say(lineRange(45, 50));
    played.lose(40, 44);
    played.fail(60);
    const words = await wordsOf(played.path);
    expect(words).toContain('lines 31–39 have not arrived');
    expect(words).toContain('lines 40–44 were refused');
    expect(words).toContain('lines 51–60 have not arrived');
    expect(words).toContain('Lines missing not all from line 31 to line 60 have arrived');
    expect(await wordsOf(`${played.path}&errors=1`)).toContain('lines 31–39 have not arrived');
  });

  it('shows the last 400 of many lines, and others by their number, or by what they say', async () => {
    const played = play('203', 'run-a').start().say(lineRange(1, 4500)).complete(4500);
    const last = await wordsOf(played.path);
    expect(last).toContain('4100 earlier lines');
    expect(last).toContain('line 4500 of it');
    expect(last).not.toContain('line 4100 of it');
    const middle = await wordsOf(`${played.path}&from=1001`);
    expect(middle).toContain('1000 earlier lines');
    expect(middle).toContain('3100 later lines');
    const found = await wordsOf(`${played.path}&q=LINE 449`);
    expect(found).toContain('line 4499 of it');
    expect(found.match(/of it/g)).toHaveLength(11);
  });

  it('names a clock that differs, lines that were given up, and what is no address is no link', async () => {
    const played = play('204', 'run-a').start({
      ci_run_url: 'javascript:alert(1)',
      commit_url: 'data:text/html,x',
    });
    played.complete(0, { dropped: 7, tunnels: [{ service_name: 'x', hostname: 'evil/"><b>' }] });
    const html = await pageOf(played.path);
    expect(html).not.toMatch(/href="(?:javascript|data):(?!,)/);
    expect(html).not.toContain('"><b>');
    expect(await wordsOf(played.path)).toContain('7: the sender could not deliver them');
    expect(html).not.toContain('href="https://evil');
  });

  it('shows what a sender of another kind writes as text', async () => {
    const played = play('205', 'run-a').start({ by: '<script>alert(1)</script>' });
    played.say([
      callbackLine(1, { message: '\u001b[31m<script>alert(2)</script>\u001b[0m' }),
      callbackLine(2, { message: '10%\r100%', machine: '<b>m</b>' }),
    ]);
    const html = await pageOf(played.path);
    expect(html).not.toMatch(/<script>alert/);
    expect(html).toContain('<code>&lt;script&gt;alert(2)&lt;/script&gt;</code>');
    expect(html).toContain('<code>100%</code>');
  });
});
