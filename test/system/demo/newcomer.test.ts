import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Clone, type Done } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';
import { untilThere } from '../../support/suite/until-there.ts';

// Each demo starts some twenty processes.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const clone = Clone.use();

/** Commands of package.json, by their names. */
const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(clone.path, 'package.json'), 'utf8'),
).scripts;

/** What `npm run NAME -- ARGS` runs on Node once everything is installed and built. */
function tool(name: string, ...args: readonly string[]): string[] {
  const [node, ...command] = scripts[name]?.split(' && ').at(-1)?.split(' ') ?? [];
  expect(node).toBe('node');
  return [...command, ...args];
}

/** Without what npm says of the script that it starts. */
const own = (stdout: string): string[] => stdout.split('\n').filter((line) => !/^(?:> .*|)$/.test(line));

describe('npm run demo, in a clone that somebody has just made', () => {
  let stdout: string;
  beforeAll(async () => {
    const demo = await clone.npm('demo');
    expect([demo.code, demo.stderr]).toEqual([0, '']);
    stdout = demo.stdout;
  });

  it('says in its first twenty lines what is done, in a reader’s words', () => {
    const first = own(stdout).slice(0, 20);
    const text = first.join('\n');
    for (const said of [
      /^1 {2}A new machine asks for its configuration$/m,
      /48 studios, 160 events and 49 users read and checked, 6 files installed/,
      /\b35 events are served here, 125 are sent on to the machines of 6 other regions$/m,
      /^ +\+ \/showcase\/2026\/boston\/tea-dance\/ +is new$/m,
      /^ +> \/showcase\/2026\/boston\/showcase\/ +was \/showcase\/2026\/boston\/$/m,
      /^ +- studio1 +can no longer log in$/m,
      /^ +5 of 6 files replaced, all of them or none$/m,
      /^ +\/showcase\/2026\/boston\/tea-dance\/ answers 200$/m,
      /^4 {2}The same request again: nothing has changed, so nothing is done$/m,
    ])
      expect(text).toMatch(said);
    const counted = /^ +(\d+) requests, 0 failed: (\d+) answered before Navigator's reload, (\d+) after it$/m;
    const [, requests = 0, before = 0, after = 0] = (counted.exec(text) ?? []).map(Number);
    expect(Math.min(before, after)).toBeGreaterThanOrEqual(20);
    expect(before + after).toBe(requests);
    expect(first.filter((line) => line.length > 100)).toEqual([]);
    // What is for programs, directories, ports, failures.
    expect(text).not.toMatch(
      /RESULT|\{"|sha256|ETag|\/(?:tmp|home|dev|root)\/|127\.0\.0\.1|without a database|Note:/,
    );
  });

  it('leaves one directory, in which the machine can be tried by hand, and says what removes it', async () => {
    expect(readdirSync(join(clone.path, 'tmp'))).toEqual(['demo']);
    // npm's own logs aside.
    expect(readdirSync(clone.home).filter((name) => name !== '.npm')).toEqual(['showcase config']);
    const [, byHand = ''] = /^Be this machine by hand +(.*)$/m.exec(stdout) ?? [];
    const tried = await clone.run(['sh', '-c', byHand]);
    expect([tried.code, tried.stderr]).toEqual([0, '']);
    expect(tried.stdout).toContain('Summary: dry-run: 0 of 6 files would change');
    const [, remove = ''] = /^Remove everything +(.*)$/m.exec(stdout) ?? [];
    expect(await clone.run(['sh', '-c', remove])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(join(clone.path, 'tmp'))).toEqual([]);
  });

  it('shows with --verbose what the programs say themselves', async () => {
    const { code, stdout } = await clone.npm('demo', '--verbose');
    expect(code).toBe(0);
    expect(stdout.match(/^ +\| RESULT \{"run"/gm)).toHaveLength(3);
    expect(stdout).toMatch(/^ +\| @@ -\d+/m);
    expect(stdout).toMatch(/^ +\| \[.*\] Step 3\/3: Prerender the pages/m);
  });

  it('fails where Navigator refuses a request after it has reloaded, also where only its first lines are read', async () => {
    const path = join(clone.path, 'dev/navigator/played-machine.ts');
    const text = readFileSync(path, 'utf8');
    const served = 'const visited = await visit(';
    const refused = `if (this.#loads.length > 1 && loaded.answered++ < 3) return plain(response, 503, 'no');`;
    expect(text).toContain(served);
    writeFileSync(path, text.replace(served, `${refused}\n    ${served}`));
    try {
      const read = 'set -o pipefail; npm run -s demo | head -n 3';
      const { code, stdout, stderr } = await clone.run(['bash', '-c', read]);
      expect(stdout.split('\n')).toHaveLength(4);
      // It is said at its end.
      expect(stderr).toMatch(/^\nThe demo ends here: a visitor was answered wrongly: \/showcase\/.*\n$/);
      expect(code).toBe(1);
    } finally {
      writeFileSync(path, text);
    }
  });

  it('names only commands that are there', () => {
    const named = [...stdout.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(new Set(named)).toEqual(new Set(['pages', 'demo:fleet', 'sandbox', 'demo']));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('npm run demo:fleet, in such a clone', () => {
  it('updates eight machines twice while visitors ask for events, verifies them, and leaves nothing', async () => {
    const { code, stdout, stderr } = await clone.npm('demo:fleet');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/^Successfully updated: 8 machines$/gm)).toHaveLength(2);
    expect(stdout).toContain('Verified: 8 machines as expected, 0 not');
    const [, requests = '0'] = /^ +(\d+) requests of visitors meanwhile, 0 failed$/m.exec(stdout) ?? [];
    expect(Number(requests)).toBeGreaterThan(0);
    expect(stdout).not.toContain('RESULT');
    expect(existsSync(join(clone.path, 'tmp/demo-fleet'))).toBe(false);
  });

  it('shows with --verbose what each machine says, and leaves nothing when Ctrl-C ends it', async () => {
    const child = spawn(process.execPath, ['dev/demo-fleet.ts', '--verbose', '--machines', '2'], {
      cwd: clone.path,
      detached: true,
      env: clone.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = new Lines(child.stdout);
    await lines.find((line) => line.includes('visitors ask for events all the time'));
    // Of the first update: one of each machine.
    expect(lines.all.join('\n').match(/RESULT|Summary: updated/g)).toHaveLength(2);
    expect(lines.all[0]).toMatch(/^2 machines of /);
    const ended = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(join(clone.path, 'tmp/demo-fleet'))).toBe(false);
  });
});

describe('npm run pages, in such a clone', () => {
  it('ends with Ctrl-C while the pages are made, without a word of trouble, and leaves nothing', async () => {
    const child = spawn(process.execPath, ['dev/pages/serve.ts'], {
      cwd: clone.path,
      detached: true,
      env: clone.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const complained = text(child.stderr);
    await untilThere(join(clone.path, 'tmp/pages/db/index.sqlite3'));
    const ended = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await complained).toBe('');
    expect(existsSync(join(clone.path, 'tmp/pages'))).toBe(false);
  });
});

describe('npm run demo, where somebody else has been before', () => {
  it('says to root in one line whose the clone is', async () => {
    const said = 'This clone belongs to user 12345, and this is root: run it as that user\n';
    chownSync(clone.path, 12_345, 12_345);
    try {
      expect(await clone.npm('demo')).toMatchObject({ code: 2, stderr: said });
      const tools = ['demo:fleet', 'demo:web', 'pages', 'sandbox'].map((name) => tool(name));
      expect(await clone.tools(...tools)).toEqual(tools.map(() => ({ code: 2, stderr: said })));
    } finally {
      chownSync(clone.path, 0, 0);
    }
  });

  it('says in one line that what is there is not the own', async () => {
    mkdirSync(join(clone.path, 'tmp/pages/of root'), { recursive: true });
    chmodSync(clone.home, 0o755);
    const other = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups'];
    const { code, stderr } = await clone.run([...other, process.execPath, 'dev/pages/serve.ts']);
    rmSync(join(clone.path, 'tmp/pages'), { recursive: true });
    expect(stderr).toBe('tmp/pages cannot be made anew (EACCES): another user has made what is there\n');
    expect(code).toBe(2);
  });
});

describe('a command line that makes no sense', () => {
  const SENSELESS = [
    ['build', '--platfrom x', /--platfrom/],
    ['build', '--platform sun', /no addon sun-/],
    ['bench', '--only nope', /no section nope; --only takes cold,/],
    ['package', '--target nope', /--target takes linux-x64-glibc, .*not nope/],
    ['man', '--nope', /--nope/],
    ['store', '', /A directory must be given/],
    ['demo', '--nope', /--nope/],
    ['demo:fleet', '--nope', /--nope/],
    ['demo:fleet', '--machines 0', /1 to 8 machines, not 0/],
    ['demo:web', '--port x', /A port is a number/],
    ['demo:web', '--machines 9', /1 to 8 machines, not 9/],
    ['pages', '--root /nope', /--root takes \/showcase or \/, not \/nope/],
    ['pages', '--index package.json', /--index .*package\.json: /],
    ['sandbox', '--detach --stop', /cannot be combined/],
  ] as const;
  const ends = new Map<string, Pick<Done, 'code' | 'stderr'>>();
  beforeAll(async () => {
    const tools = SENSELESS.map(([name, args]) => tool(name, ...args.split(' ').filter(Boolean)));
    for (const [at, end] of (await clone.tools(...tools)).entries())
      ends.set(SENSELESS[at]?.slice(0, 2).join() ?? '', end);
  });

  it.each(SENSELESS)('of npm run %s %s is answered in one line, with exit code 2', (name, args, says) => {
    const { code, stderr } = ends.get([name, args].join()) ?? expect.unreachable();
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(says)]);
    expect(code).toBe(2);
    // As it is typed here: without the dashes the help would be npm's.
    if (args.startsWith('--no')) expect(stderr).toContain(`. npm run ${name} -- --help lists the options.\n`);
  });

  it('is answered so by a process of its own, too', async () => {
    const { code, stdout, stderr } = await clone.run([process.execPath, ...tool('demo', '--nope')]);
    expect({ code, stderr }).toEqual(ends.get('demo,--nope'));
    expect(stdout).toBe('');
  });

  it('names a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tools = ['pages', 'demo:web'].map((name) => tool(name, '--port', `${port}`));
    const said = await clone.tools(...tools).finally(() => server.close());
    const stderr = `Port ${port} cannot be used: another program has it\n`;
    expect(said).toEqual(tools.map(() => ({ code: 2, stderr })));
    for (const name of ['pages', 'demo-web']) expect(existsSync(join(clone.path, 'tmp', name))).toBe(false);
  });
});
