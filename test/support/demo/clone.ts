import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import { ROOT } from '../machine/machine.ts';
import { COMPILED } from '../suite/helpers.ts';

export interface Done {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the tree, built, as a newcomer has it: what he starts there writes nothing into this one. */
export class Clone {
  readonly home = mkdtempSync(join(tmpdir(), "newcomer's clone "));
  readonly path = join(this.home, 'showcase config');

  readonly #compiled = join(this.path, 'node_modules/.cache/helpers');

  /** Makes one for the tests of a file. */
  static use(): Clone {
    const clone = new Clone();
    afterAll(() => rmSync(clone.home, { recursive: true }));
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listed, { cwd: ROOT, encoding: 'utf8' }).split('\0');
    const present = files.filter((file) => file !== '' && existsSync(join(ROOT, file)));
    const modules = join(clone.path, 'node_modules');
    mkdirSync(modules, { recursive: true });
    // With their times, by which a build knows that there is nothing to do.
    const copied = [...present, 'cgi-bin', 'scripts', 'node_modules/.cache/.showcase-config-build.json'];
    execFileSync('cp', ['-a', '--parents', '-t', clone.path, ...copied], { cwd: ROOT });
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (name !== '.cache') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    // Shared with all clones, or each would compile all of dev/ again.
    mkdirSync(COMPILED, { recursive: true });
    symlinkSync(COMPILED, clone.#compiled);
    return clone;
  }

  /** What a newcomer's shell has. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: [dirname(process.execPath), process.env['PATH']].join(':'),
      HOME: this.home,
      TMPDIR: this.home,
      NODE_COMPILE_CACHE: this.#compiled,
      NODE_COMPILE_CACHE_PORTABLE: '1',
    };
  }

  /** Runs `npm run NAME -- ARGS` to its end. */
  npm(name: string, ...args: readonly string[]): Promise<Done> {
    return this.run([
      'npm',
      'run',
      '--no-update-notifier',
      name,
      ...(args.length > 0 ? ['--', ...args] : []),
    ]);
  }

  /** Runs tools with their arguments, such as `dev/demo.ts --nope`, one after another, and gives what each ended with. */
  async tools(...commands: readonly (readonly string[])[]): Promise<Omit<Done, 'stdout'>[]> {
    const program = [process.execPath, 'test/support/demo/tools-process.ts', JSON.stringify(commands)];
    const { stdout, stderr } = await this.run(program);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Omit<Done, 'stdout'>[];
  }

  async run([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Done> {
    const child = spawn(program, args, {
      cwd: this.path,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  }
}
