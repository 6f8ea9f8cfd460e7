import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';

/** What busybox is called by, inside. `env` is what the first line of an executable names. */
const TOOLS = 'cat chmod chown cp env find gzip ls mkdir mv rm sh sha256sum stat tar';

/** Arguments: the directory, the Node, the busybox, then the libraries of both. */
const SETUP = `
  root=$1 node=$2 busybox=$3
  mount -t tmpfs -o mode=755 tmpfs "$root"
  cd "$root"
  mkdir -p bin dev etc proc tmp usr/bin var
  chmod 1777 tmp
  put() { mkdir -p "$root$(dirname "$2")"; touch "$root$2"; mount --bind "$1" "$root$2"; }
  put "$node" /usr/bin/node
  put "$busybox" /bin/busybox
  for tool in ${TOOLS}; do ln -s /bin/busybox "usr/bin/$tool"; done
  ln -s /usr/bin/sh bin/sh
  shift 3
  for library; do put "$library" "$library"; done
  echo 'root:x:0:0:root:/:/bin/sh' >etc/passwd
  echo 'root:x:0:' >etc/group
  mount --rbind /dev dev
  mount -t proc proc proc
  exec chroot "$root" /bin/sh -c 'echo ready; exec cat'
`;

/** Variables of what runs inside. */
export const INSIDE = { PATH: '/usr/bin', HOME: '/', LANG: 'C.UTF-8' };

/**
 * A root directory with Node, the libraries that it is linked to, and busybox, and nothing else: no package, no shell but
 * that, nobody but root. It is in memory, and goes with the process that keeps it, which ends when its standard input does.
 * The network is this machine's.
 */
export class EmptyRoot {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  /** @param directory an empty one, which is the root inside */
  static async open(directory: string): Promise<EmptyRoot> {
    const node = realpathSync(process.execPath);
    const busybox = realpathSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim());
    const linked = execFileSync('ldd', [node, busybox], { encoding: 'utf8' });
    const libraries = new Set(
      [...linked.matchAll(/^\s(?:.* => )?(\/\S+) \(/gm)].map(([, path = '']) => path),
    );
    const command = ['--mount', '--propagation', 'private', 'sh', '-euc', SETUP, 'sh', directory];
    const keeper = spawn('unshare', [...command, node, busybox, ...libraries], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(keeper, 'exit');
    await Promise.race([once(keeper.stdout, 'data'), ended]);
    if (keeper.exitCode !== null) throw new Error('no empty root directory could be made');
    return new EmptyRoot(keeper);
  }

  /** What a command is to be run through. */
  get through(): string[] {
    return ['nsenter', `--target=${this.#keeper.pid}`, '--mount', '--root', '--wd', '--'];
  }

  /** Where what stands at a path inside is found outside. */
  outside(path: string): string {
    return `/proc/${this.#keeper.pid}/root${path}`;
  }

  async close(): Promise<void> {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await ended;
  }
}
