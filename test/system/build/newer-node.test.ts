import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { oldNode, renamedNode } from '../../support/build/old-node.ts';
import { makeProgram } from '../../support/build/program.ts';
import { Machine, parseAnswer, ROOT } from '../../support/machine/machine.ts';

const machine = new Machine();
afterAll(() => machine.remove());
chmodSync(machine.home, 0o755);
const old = oldNode(machine.home);
const older = renamedNode(machine.home, '18.0.0', '8');
/** `env` finds the old Node there; what a shell script needs stands behind it. */
const PATH = `${old.path}:/usr/bin:/bin`;
const SOMEBODY = 1234;

interface Clone {
  readonly dir: string;
  readonly executable: string;
  /** Where a clone has its Node. */
  readonly node: string;
}

/** A directory that is laid out as a clone, with a Node of its own: the present one, or a shell script. */
function makeClone(name: string, script?: string): Clone {
  const dir = join(machine.home, name);
  const clone = {
    dir,
    executable: join(dir, 'cgi-bin/update_config'),
    node: join(dir, 'node_modules/.bin/node'),
  };
  for (const path of ['cgi-bin', 'dev', 'node_modules/.bin']) mkdirSync(join(dir, path), { recursive: true });
  for (const file of ['update_config', 'better_sqlite3.node']) {
    copyFileSync(join(ROOT, 'cgi-bin', file), join(dir, 'cgi-bin', file));
  }
  writeFileSync(join(dir, 'dev/setup.mjs'), '');
  if (script === undefined) symlinkSync(process.execPath, clone.node);
  else writeFileSync(clone.node, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return clone;
}

const byHand = (executable: string, args: readonly string[] = []) =>
  machine.run(args, { executable, env: { PATH } });

/** An executable that waits for signals, and what it says, line by line. Without a terminal: in a session of its own. */
async function start(executable: string) {
  const child = spawn(executable, [], { env: { PATH }, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return { child, lines, end: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
}

describe('an executable of a clone, by hand under a Node that is too old', () => {
  const clone = makeClone('clone');

  it('runs under the Node of the clone', async () => {
    const { exitCode, stdout, stderr } = await byHand(clone.executable, ['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: update_config/);
  });

  it('does so through a link from elsewhere, too', async () => {
    const link = join(machine.home, 'link');
    symlinkSync(clone.executable, link);
    expect(await byHand(link, ['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('passes arguments, standard input and the exit code on', async () => {
    const { executable } = makeClone('passing', 'cat; shift; echo "$@"; exit 7');
    const run = await machine.run(['a b', '', '$c'], { executable, env: { PATH }, input: 'typed\n' });
    expect(run).toMatchObject({ exitCode: 7, stdout: 'typed\na b  $c\n', stderr: '' });
  });

  it('leaves no mark in the environment of what it starts', async () => {
    const program = join(clone.dir, 'scripts/program');
    makeProgram(program, 'program', {
      program: "console.log(Object.keys(process.env).filter((name) => name.startsWith('SHOWCASE')));",
    });
    expect(await byHand(program)).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGPIPE'] as const)(
    'ends as the newer Node does: by %s',
    async (signal) => {
      const { executable } = makeClone(`killed-${signal}`, `kill -${signal.slice(3)} $$`);
      const { exitCode, signal: got } = await byHand(executable);
      // Node ignores SIGPIPE; a shell would say 141 either way.
      expect({ exitCode, got }).toEqual(
        signal === 'SIGPIPE' ? { exitCode: 141, got: null } : { exitCode: null, got: signal },
      );
    },
  );

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'passes %s on to the newer Node, and waits for its end',
    async (signal) => {
      const traps = "trap 'echo heard; exit 3' TERM HUP INT; echo ready; while sleep 0.02; do :; done"; // `read` misses a signal just before it
      const { child, lines, end } = await start(makeClone(`handing-${signal}`, traps).executable);
      child.kill(signal);
      expect((await lines.next()).value).toBe('heard');
      expect(await end).toEqual([3, null]);
    },
  );

  it('leaves Ctrl-C to the terminal, which tells both, so that it is heard once', async () => {
    // In a session of its own, this one hears only what is handed on.
    const count = join(machine.home, 'count.cjs');
    writeFileSync(
      count,
      `let heard = 0;
       process.on('SIGINT', () => (heard += 1));
       const sum = () => { console.log('handed on', heard); process.exit(5); };
       process.on('SIGTERM', () => setTimeout(sum, 200)); // a Ctrl-C on its way is heard before
       setInterval(() => {}, 1000);
       console.log('ready', process.ppid);`,
    );
    const { executable } = makeClone('terminal', `exec setsid '${process.execPath}' '${count}'`);
    const child = spawn('script', ['--quiet', '--return', '--command', `exec ${executable}`, '/dev/null'], {
      env: { PATH },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const told = { ctrlC: false, term: false };
    let said = '';
    for await (const chunk of child.stdout) {
      said += chunk;
      const ready = /ready (\d+)\r/.exec(said);
      if (ready && !told.ctrlC) told.ctrlC = child.stdin.write('\x03');
      // The terminal shows that it has told.
      if (ready && said.includes('^C') && !told.term) told.term = process.kill(Number(ready[1]), 'SIGTERM');
    }
    expect(said).toMatch(/handed on 0\r?\n/);
    expect((await ended)[0]).toBe(5);
  });
});

describe('an executable of a clone whose Node does not help', () => {
  const expectRefused = async (clone: Clone, advice: string, env = {}) => {
    const { exitCode, stdout, stderr } = await machine.run(['--help'], {
      executable: clone.executable,
      env: { PATH, ...env },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('update_config needs Node 22.14 or newer, and was started with v');
    expect(stderr).toContain(advice);
    return stderr;
  };
  const setUp = ({ dir }: Clone) => `cd ${dir} && npm run setup`;

  it('says how to get one when none is there', async () => {
    const clone = makeClone('none');
    rmSync(clone.node);
    await expectRefused(clone, setUp(clone));
  });

  it('says that the Node of the clone is too old as well, and does not try for ever', async () => {
    const clone = makeClone('as-old', `exec '${older.path}/node' "$@"`);
    expect(await expectRefused(clone, setUp(clone))).toContain('v18.0.0');
  });

  it('says that the Node of the clone cannot be started', async () => {
    const clone = makeClone('broken', '');
    writeFileSync(clone.node, '#!/no/such/interpreter\n');
    await expectRefused(clone, `${clone.node} cannot be started`);
  });

  it('quotes what a shell would take apart', async () => {
    const clone = makeClone("it's spaced");
    rmSync(clone.node);
    await expectRefused(clone, `cd '${clone.dir.replace("'", "'\\''")}' && npm run setup`);
  });
});

describe('root', () => {
  it.each([
    ['the Node', (clone: Clone) => chownSync(clone.node, SOMEBODY, SOMEBODY)],
    [
      'a directory above it',
      (clone: Clone) => chownSync(join(clone.dir, 'node_modules'), SOMEBODY, SOMEBODY),
    ],
    ['the clone', (clone: Clone) => chownSync(clone.dir, SOMEBODY, SOMEBODY)],
  ])('does not run under the Node of a clone when %s is another user’s', async (what, give) => {
    const clone = makeClone(`given-${what.replaceAll(' ', '-')}`, 'echo "ran as $(id -u)"');
    give(clone);
    const { exitCode, stdout, stderr } = await byHand(clone.executable, ['--json', "it's"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`belongs to user ${SOMEBODY}`);
    expect(stderr).toContain(
      `PATH=${join(clone.dir, 'node_modules/.bin')}:$PATH ${clone.executable} --json 'it'\\''s'`,
    );
  });

  it('does not run under the Node of a clone that others can write to', async () => {
    const clone = makeClone('writable', 'echo ran');
    chmodSync(join(clone.dir, 'node_modules/.bin'), 0o777);
    const { exitCode, stderr } = await byHand(clone.executable);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(clone.dir, 'node_modules/.bin')} can be written to by others`);
  });

  it('lets an ordinary user choose the Node of a clone of their own', async () => {
    const clone = makeClone('own', 'echo "ran as $(id -u)"');
    for (const path of [clone.dir, clone.node]) chownSync(path, SOMEBODY, SOMEBODY);
    const ids = [`--reuid=${SOMEBODY}`, `--regid=${SOMEBODY}`, '--clear-groups'];
    const child = spawn('setpriv', [...ids, clone.executable], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await text(child.stdout)).toBe(`ran as ${SOMEBODY}\n`);
  });
});

describe('an executable of a clone, as CGI under a Node that is too old', () => {
  const clone = makeClone('served');

  it.each([{ REQUEST_METHOD: 'POST' }, { GATEWAY_INTERFACE: 'CGI/1.1' }])(
    'names the right Node (%j)',
    async (env) => {
      const run = await machine.run([], { executable: clone.executable, env: { PATH, ...env } });
      const answer = parseAnswer(run);
      expect(run).toMatchObject({ exitCode: 1, stderr: '' });
      expect(answer.status).toBe(500);
      expect(answer.body).toContain(`The right one is ${clone.node}.`);
      expect(answer.body).toContain(`PATH=${join(clone.dir, 'node_modules/.bin')}:$PATH`);
    },
  );
});

describe('the directories of the executables', () => {
  // Node 12 to 18 load no file without an ending as an ES module, which the project's own package.json would make it.
  it.each(['cgi-bin', 'scripts'])('declare CommonJS in %s, so that every Node reads them', (folder) => {
    const { type } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
      type?: string;
    };
    expect(type).toBe('commonjs');
  });
});
