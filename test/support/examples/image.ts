import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { ROOT } from '../machine/machine.ts';
import { assignments, type Instruction, readDockerfile } from './dockerfile.ts';

/** Of the account `rails` in the image; no account of this machine has it. */
export const RAILS = 4242;

/** Files of an application, as far as anybody can see from outside; all of them are wrongly the application's. */
const APPLICATION: Readonly<Record<string, string>> = {
  'public/503.html': '<title>Back soon</title>\n',
  'db/migrate/20260101000000_create.rb': '',
  'db/seeds.rb': '',
  'bin/prerender': '#!/bin/sh\nexit 1\n',
  // db:prepare, and db:seed with a row of events.
  'bin/rails': `#!/usr/local/bin/node
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync(process.env.DATABASE_URL.replace('sqlite3://', ''));
db.exec('CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)');
db.exec('CREATE TABLE IF NOT EXISTS events (id integer PRIMARY KEY, name varchar, date varchar)');
db.exec("INSERT OR IGNORE INTO schema_migrations VALUES ('20260101000000')");
if (process.argv[2] === 'db:seed') db.exec("INSERT INTO events (name) VALUES ('Seeded')");
`,
};

/** Enters the directory $1 as a container is entered, with $2 at /usr/local and $3 at /data ('' for none). */
const ENTER = `
  for name in bin sbin lib lib32 lib64; do
    if [ -L "/$name" ]; then [ -L "$1/$name" ] || cp -P "/$name" "$1/"
    elif [ -d "/$name" ]; then mkdir -p "$1/$name"; mount --rbind "/$name" "$1/$name"
    fi
  done
  mkdir -p "$1/usr" "$1/proc" "$1/dev"
  mount --bind /usr "$1/usr"
  mount -o remount,bind,ro "$1/usr"
  mount --bind "$2" "$1/usr/local"
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  if [ -n "$3" ]; then mount --bind "$3" "$1/data"; fi
  root=$1; directory=$4; shift 4
  exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
`;

/** What a Dockerfile of ours comes to, in a root that has nothing but this machine's /usr, which cannot be written to. */
export class Image {
  readonly home = mkdtempSync(join(tmpdir(), 'image-'));
  readonly env: Record<string, string> = { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  command: readonly string[] = [];
  port = 0;
  #directory = '/';
  #containers = 0;

  /** Builds the last stage; what comes of the others is given, as `/out` and `/usr/local/bin/node`. */
  static async build(example: string): Promise<Image> {
    const image = new Image();
    await image.#prepare();
    const { stages } = readDockerfile(readFileSync(join(ROOT, example), 'utf8'));
    for (const instruction of stages.at(-1)?.instructions ?? []) image.#follow(instruction);
    return image;
  }

  #root = join(this.home, 'root');
  readonly #local = join(this.home, 'local');

  async #prepare(): Promise<void> {
    chmodSync(this.home, 0o755);
    for (const name of ['root/etc', 'root/tmp', 'root/rails', 'local/bin', 'out'])
      mkdirSync(join(this.home, name), { recursive: true });
    chmodSync(join(this.#root, 'tmp'), 0o1777);
    const accounts = [`root:x:0:0::/root:/bin/sh`, `rails:x:${RAILS}:${RAILS}::/rails:/bin/sh`];
    writeFileSync(join(this.#root, 'etc/passwd'), `${accounts.join('\n')}\n`);
    writeFileSync(join(this.#root, 'etc/group'), `root:x:0:\nrails:x:${RAILS}:\n`);
    for (const [name, text] of Object.entries(APPLICATION)) {
      mkdirSync(join(this.#root, 'rails', dirname(name)), { recursive: true });
      writeFileSync(join(this.#root, 'rails', name), text, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
    }
    execFileSync('chown', ['-R', `${RAILS}:${RAILS}`, join(this.#root, 'rails')]);
    for (const name of ['cgi-bin', 'scripts'])
      cpSync(join(ROOT, name), join(this.home, 'out', name), {
        recursive: true,
        filter: (path) => !path.endsWith('.md'),
      });
    await build({
      entryPoints: [join(import.meta.dirname, 'navigator-process.ts')],
      outfile: join(this.#local, 'bin/navigator'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      banner: { js: '#!/usr/local/bin/node' },
      logLevel: 'silent',
    });
    chmodSync(join(this.#local, 'bin/navigator'), 0o755);
  }

  #follow({ name, options, text }: Instruction): void {
    if (name === 'RUN') this.#run(['sh', '-c', text]);
    else if (name === 'COPY') this.#copy(options, text.split(' '));
    else if (name === 'ENV') Object.assign(this.env, assignments(text));
    else if (name === 'WORKDIR') this.#directory = text;
    else if (name === 'EXPOSE') this.port = Number(text);
    else if (name === 'CMD') this.command = JSON.parse(text) as string[];
    else if (name !== 'USER' || text !== 'root') throw new Error(`${name} ${text} is not known here`);
  }

  #run(command: readonly string[]): void {
    const [program = '', ...args] = this.#through(this.#root, '', command);
    execFileSync(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  #copy(options: Readonly<Record<string, string>>, [from = '', to = '', ...more]: readonly string[]): void {
    if (more.length > 0) throw new Error('COPY of several files is not known here');
    const isNode = from === '/usr/local/bin/node';
    const outOfStage = isNode ? process.execPath : join(this.home, from);
    const source = options['from'] === undefined ? join(ROOT, from) : outOfStage;
    const target = this.#outside(to.endsWith('/') && !from.endsWith('/') ? `${to}${basename(from)}` : to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { recursive: true });
    const mode = options['chmod'];
    if (mode !== undefined) chmodSync(target, Number.parseInt(mode, 8));
  }

  #outside(path: string): string {
    return path.startsWith('/usr/local/')
      ? join(this.#local, path.slice('/usr/local/'.length))
      : join(this.#root, path);
  }

  #through(root: string, volume: string, command: readonly string[]): string[] {
    const apart = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
    const own = [...apart, 'sh', '-euc', ENTER, 'sh'];
    return ['unshare', ...own, root, this.#local, volume, this.#directory, ...command];
  }

  /** A container of its own, with a directory as its volume. */
  container(volume: string, env: Readonly<Record<string, string>>): Container {
    const root = join(this.home, `container-${++this.#containers}`);
    execFileSync('cp', ['-a', this.#root, root]);
    return new Container(root, { ...this.env, ...env }, (command) => this.#through(root, volume, command));
  }

  remove(): void {
    rmSync(this.home, { recursive: true });
  }
}

/** A container: not started yet. */
export class Container {
  readonly root: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #through: (command: readonly string[]) => string[];

  constructor(
    root: string,
    env: Readonly<Record<string, string>>,
    through: (command: readonly string[]) => string[],
  ) {
    this.root = root;
    this.#env = env;
    this.#through = through;
  }

  start(command: readonly string[]): ChildProcess {
    const [program = '', ...args] = this.#through(command);
    return spawn(program, args, { env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** Runs a command in it, as `docker exec` does; gives what it says. */
  async exec(...command: readonly string[]): Promise<string> {
    const [program = '', ...args] = this.#through(command);
    const { stdout } = await promisify(execFile)(program, args, { env: this.#env });
    return stdout;
  }

  /** Where a path inside is found outside, but those below /data and /usr. */
  outside(path: string): string {
    return join(this.root, path);
  }
}
