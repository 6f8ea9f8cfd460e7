import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { ROOT } from '../machine/machine.ts';
import type { NewHost } from './new-host.ts';

/** One step as its system runs it. */
export interface CiStep {
  readonly script: string;
  readonly env: Record<string, string>;
}

interface GithubStep {
  readonly run: string;
  readonly if?: string;
  readonly env: Record<string, string>;
}

interface GithubWorkflow {
  readonly jobs: { readonly 'config-update': { readonly steps: readonly GithubStep[] } };
}

interface GitlabFile {
  readonly 'config-update': {
    readonly variables: Record<string, string>;
    readonly script: readonly string[];
    readonly after_script: readonly string[];
  };
}

/** A file to copy, with the paths of a host in the place of those that stand in it. */
function example<T>(path: string, { appRoot }: NewHost): T {
  const given = readFileSync(join(ROOT, 'examples', path), 'utf8');
  return parse(given.replaceAll('/rails/', `${appRoot}/`)) as T;
}

/** The update, and what always runs after it, of the workflow for GitHub. */
export function githubSteps(host: NewHost, deployKey: string): { update: CiStep; always: CiStep } {
  const { steps } = example<GithubWorkflow>('github-actions/config-update.yml', host).jobs['config-update'];
  const filled = ({ run, env }: GithubStep): CiStep => ({
    script: run,
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        value.replace(`\${{ secrets.DEPLOY_KEY }}`, deployKey),
      ]),
    ),
  });
  const [update, always] = steps;
  if (!update || always?.if !== 'always()') throw new Error('the workflow has other steps');
  return { update: filled(update), always: filled(always) };
}

/** The same of the job for GitLab, whose variables come from outside. */
export function gitlabSteps(host: NewHost, env: Record<string, string>): { update: CiStep; always: CiStep } {
  const job = example<GitlabFile>('gitlab/.gitlab-ci.yml', host)['config-update'];
  const variables = Object.fromEntries(
    Object.entries(job.variables).map(([name, value]) => [
      name,
      value.replace(/\$(\w+)/g, (_, variable: string) => env[variable] ?? ''),
    ]),
  );
  // Its runner puts all lines into one script.
  const step = (lines: readonly string[]): CiStep => ({
    script: lines.join('\n'),
    env: { ...env, ...variables },
  });
  return { update: step(job.script), always: step(job.after_script) };
}

/** A step under way. */
export class RunningStep {
  readonly ended: Promise<{ readonly exitCode: number | null; readonly said: string }>;
  readonly #child: ChildProcess;

  /** As a runner starts it: bash is the entry process, and all that a signal reaches. */
  constructor({ script, env }: CiStep, host: NewHost) {
    const path = join(host.home, 'step.sh');
    writeFileSync(path, `set -e\n${script}`);
    this.#child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path], {
      env: { ...host.env(), ...env, CI: 'true' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const { stdout } = this.#child;
    if (!stdout) throw new Error('it has no output');
    this.ended = Promise.all([text(stdout), once(this.#child, 'close')]).then(([said, [exitCode]]) => ({
      exitCode: exitCode as number | null,
      said,
    }));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Puts the built executables where an application has them, and takes the key away, which a CI has as a secret. */
export function prepareForCi(host: NewHost): void {
  mkdirSync(join(host.appRoot, 'scripts'));
  symlinkSync(join(ROOT, 'scripts/config-update'), join(host.appRoot, 'scripts/config-update'));
  rmSync(join(host.appRoot, 'deploy.key'));
}
