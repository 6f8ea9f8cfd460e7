/** What the application's own programs get, which run code that anybody who took it over has put there. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectUntouched } from '../../support/rights/expect-sound.ts';
import { OWN_SECRETS, TOKEN, VAULT_SECRET } from '../../support/rights/secrets.ts';
import { APPLICATION, AS_ADMINISTRATOR, type SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';
import { KEYS } from '../../support/store/embedded.ts';

let machine: SharedMachine;
let vault: Vault;
let evidence: string;

/** Writes down who runs it, beside whom, with what in its environment and which files open; and tries what root could. */
const SPY = `
  out="$EVIDENCE/$(basename "$0")-$1-$$"
  cat /proc/self/status >"$out.status"
  children=" $(cat /proc/$PPID/task/*/children | tr '\\n' ' ') "
  case $children in *" $$ "*) ;; *) echo "Uid: not among the children of its parent" >>"$out.status" ;; esac
  for child in $children; do
    # Only root may end a process of root's that is blocked or late: the two shells that do have fixed words for their programs.
    grep -qzE 'missed=0|cat >/dev/null' "/proc/$child/cmdline" 2>/dev/null && continue
    cat "/proc/$child/status" 2>/dev/null >>"$out.status"
  done
  tr '\\0' '\\n' </proc/self/environ >"$out.environ"
  id >"$out.id"
  ls -l /proc/self/fd/ >"$out.fd"
  cat "$VAULT"/* "$TRUSTED"/* "$SECRETS" >"$out.read" 2>&1
  for path in "$VAULT/htpasswd" "$TRUSTED" "$CONFIG"; do echo gone 2>/dev/null >"$path/x"; rm -rf "$path" 2>/dev/null; done
  exit 0
`;

const alike = new Alike(async (machine) => {
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
  evidence = machine.make('data/evidence', APPLICATION);
  const spy = machine.write(join(machine.appRoot, 'spy'), SPY, 0);
  const variables = {
    EVIDENCE: evidence,
    VAULT: vault.full,
    TRUSTED: machine.trusted,
    SECRETS: machine.write(join(machine.home, 'secret'), VAULT_SECRET, 0, 0o600),
    CONFIG: join(machine.appRoot, 'config'),
  };
  Object.assign(machine.env, variables);
  const call = `cd '${machine.appRoot}'; . '${spy}'`;
  const programs = {
    // As Rails does: its migrations, and what it has compiled, are the application's.
    'bin/rails': `for script in db/migrate/*; do sh "$script" migrate; done; mkdir -p tmp/cache; ${call}`,
    'bin/prerender': `echo rendered >>log/prerender.log; ${call}`,
    'bin/other': call,
  };
  for (const [name, script] of Object.entries(programs)) {
    machine.write(join(machine.appRoot, name), `#!/bin/sh\n${script}\n`, 0, 0o755);
  }
  asApplication('mkdir "$1"/db/migrate; cp "$2" "$1"/db/migrate/1_x.rb', machine.appRoot, spy);
  asApplication('ln -s "$2" "$1"/log/prerender.log', machine.appRoot, vault.file('index.html'));
});

/** What the spies wrote, of one kind; by the program that was spied from. */
function written(kind: string): [name: string, text: string][] {
  return readdirSync(evidence)
    .filter((name) => name.endsWith(`.${kind}`))
    .map((name) => [name, readFileSync(join(evidence, name), 'utf8')]);
}

/** What this process has open beyond the usual, as `ls` shows it. */
function inherited(): string[] {
  return readdirSync('/proc/self/fd')
    .filter((fd) => Number(fd) > 3)
    .map((fd) => `${fd} -> ${readlinkOr(`/proc/self/fd/${fd}`)}`);
}

function readlinkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed since
  }
}

function expectNothingOfRoots(): void {
  for (const [name, text] of written('status')) {
    // The program, and all that have our process as a parent, such as its watcher.
    expect([name, [...new Set(text.match(/^[UG]id:.*$/gm))]]).toEqual([
      name,
      ['Uid', 'Gid'].map((id) => `${id}:${`\t${APPLICATION}`.repeat(4)}`),
    ]);
    expect([name, ...new Set(text.match(/^Groups:.*$/gm)?.map((line) => line.trim()))]).toEqual([
      name,
      'Groups:',
    ]);
    expect([
      name,
      ...new Set(text.match(/^Cap(?:Prm|Eff|Inh|Amb):\t.*$/gm)?.map((line) => line.slice(8))),
    ]).toEqual([name, '0000000000000000']);
  }
  for (const [, text] of written('id'))
    expect(text).toBe(`uid=${APPLICATION} gid=${APPLICATION} groups=${APPLICATION}\n`);
  for (const [name, text] of written('environ')) {
    const variables = text.split('\n');
    expect([name, variables.filter((line) => /^(HOME|USER|LOGNAME)=/.test(line)).sort()]).toEqual([
      name,
      ['HOME=/', `LOGNAME=${APPLICATION}`, `USER=${APPLICATION}`],
    ]);
    const secrets = [KEYS.accessKeyId, KEYS.secretAccessKey, TOKEN, ...Object.values(OWN_SECRETS)];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(variables.filter((line) => /^(AWS_.*KEY|FLY_API_TOKEN|FLEET_|HTTP_)/.test(line))).toEqual([]);
    const marks = variables.filter((line) => line.startsWith('UPDATE_CONFIG_'));
    expect(marks.map((line) => line.replace(/=.*/, ''))).toEqual(['UPDATE_CONFIG_CHILD']);
  }
  for (const [name, text] of written('fd')) {
    // Standard input, output and errors; and what `ls` itself looks at. What these tests were started with goes to all.
    const files = text
      .match(/\d+ -> .*/g)
      ?.filter((line) => !inherited().includes(line))
      .map((line) => line.replace(/^([0-2]) -> .*|\d+(?=\/fd)/, '$1'));
    expect([name, files]).toEqual([name, ['0', '1', '2', '3 -> /proc//fd']]);
  }
}

it.each([
  [
    'bin/rails db:prepare and bin/prerender',
    'bin/prerender',
    ['1_x.rb-migrate', 'prerender-', 'rails-db:prepare'],
  ],
  ['the command that READY_PRERENDER names', 'bin/other', ['1_x.rb-migrate', 'other-', 'rails-db:prepare']],
])('%s run as the application for good, without our secrets and files', async (_, command, expected) => {
  // Where the public directory is root's alone, bin/prerender could write no page, and is not run.
  machine.make('rails/public', APPLICATION);
  const { stdout } = await machine.program('ready', {
    env: { READY_PRERENDER: command, SUDO_USER: 'root', ...AS_ADMINISTRATOR.env },
  });
  const names = new Set(written('status').map(([name]) => name.replace(/-\d+\.status$/, '')));
  expect([stdout, [...names].sort()]).toEqual([stdout, expected]);
  expectNothingOfRoots();
  for (const [, text] of written('read')) expect(text).toMatch(/^(.*(Permission denied|Is a directory)\n)+$/);
  expectUntouched(machine, vault, ['rails/public']);
});

it('bin/prerender does not run if public is root’s; the built-in renderer does', async () => {
  const { stdout } = await machine.program('ready');
  expect(stdout).toContain(
    `who cannot write to ${join(machine.appRoot, 'public')}, so the built-in renderer is used`,
  );
  expect(written('status').filter(([name]) => name.startsWith('prerender'))).toEqual([]);
  expect(existsSync(join(machine.appRoot, 'public/index.html'))).toBe(true);
});

it('a request without a new event runs no program of the application', async () => {
  expect((await machine.force()).status).toBe(200);
  await machine.program('start');
  await machine.program('resume');
  expect(readdirSync(evidence)).toEqual([]);
});
