import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { writtenKey } from '../../callbacks/callback-signatures.ts';
import { readBody, standardInput } from '../../cgi/body.ts';
import { requireDbDir } from '../../database/state-dir.ts';
import { Failure } from '../../failure.ts';
import { renderTable } from '../../report/table.ts';
import { readSecretFile } from '../../rights/secret-file.ts';
import type { Project, ProjectKey } from '../../runs/deploys/deploy-model.ts';
import type { Projects } from '../../runs/deploys/deploys.ts';
import { openProjects } from '../../runs/deploys/open-projects.ts';
import type { WebLog } from '../../web/web-context.ts';
import { siteOf, type World } from '../machine/machine-context.ts';
import type { KeysTask } from './keys-options.ts';
import { stateDirOf } from './web-settings.ts';
import { webStateDir } from './web-state-dir.ts';

/** Bytes of a key that is made here, as Standard Webhooks advises. */
const KEY_BYTES = 32;
/** Bytes: a key, and some space around it. */
const LONGEST_INPUT = 1024;
const INPUT_MS = 60_000;

/**
 * Does what is asked for with the keys of those who may send runs, whether or not the server runs.
 *
 * @returns what is to be said
 * @throws {Failure} `usage`: what was read is not a key; `not-found`, `db-dir-missing`, `disk`, `config-invalid`
 */
export async function doKeysTask(task: KeysTask, world: World, log: WebLog): Promise<string> {
  const given = task.kind === 'add' ? await readKey(task.file) : null;
  const site = await siteOf(world);
  requireDbDir(site.dbDir);
  const opened = openProjects(webStateDir(stateDirOf(world.env, site), log.warn));
  try {
    const { projects } = opened;
    if (task.kind === 'add') return add(projects, task.project, given, log);
    if (task.kind === 'list') return list(projects, task.project);
    if (task.kind === 'set') return set(projects, task, log);
    return retire(projects, task, log);
  } finally {
    opened.close();
  }
}

function add(projects: Projects, project: string, given: string | null, log: WebLog): string {
  const secret = given ?? writtenKey(randomBytes(KEY_BYTES));
  const { id, kind } = projects.addKey(project, secret);
  const done = `Project ${project} has the key ${id} (${kind}).\n`;
  log.note(`project ${project} has the key ${id} (${kind})`);
  if (given !== null) return done;
  return `${done}It is shown this once, for callback_secret in the sender's deploy.enc:\n${secret}\n`;
}

function list(projects: Projects, only: string | null): string {
  const found = projects.all().filter(({ name }) => only === null || name === only);
  if (only !== null && found.length === 0) throw missing(`project ${only}`);
  if (found.length === 0) return 'There is no project yet: showcase-web keys add makes one.\n';
  return found.map((project) => renderProject(project, projects.keys(project.name))).join('\n');
}

function renderProject({ name, createdAt, acceptsPlan }: Project, keys: readonly ProjectKey[]): string {
  const plan = `senders of the plan are ${acceptsPlan ? 'accepted with a full key' : 'refused'}`;
  const rows = keys.map(({ id, kind, addedAt, retiredAt }) => {
    return [`  ${id}`, kind, `added ${addedAt}`, retiredAt === null ? 'in force' : `retired ${retiredAt}`];
  });
  return `Project ${name}, made ${createdAt}; ${plan}\n${renderTable(rows)}`;
}

function retire(
  projects: Projects,
  { project, key }: Extract<KeysTask, { kind: 'retire' }>,
  log: WebLog,
): string {
  if (!projects.retireKey(project, key)) throw missing(`key ${key} of project ${project} in force`);
  log.note(`key ${key} of project ${project} is retired`);
  return `Key ${key} of project ${project} is retired.\n`;
}

function set(
  projects: Projects,
  { project, acceptsPlan, newToken }: Extract<KeysTask, { kind: 'set' }>,
  log: WebLog,
): string {
  const said: string[] = [];
  if (acceptsPlan !== null) {
    projects.setAcceptsPlan(project, acceptsPlan);
    said.push(`Project ${project} ${acceptsPlan ? 'accepts' : 'refuses'} senders of the plan.`);
  }
  const token = newToken ? projects.newToken(project) : null;
  if (token !== null) said.push(`Project ${project} has a new token, and no other.`);
  for (const line of said) log.note(line);
  if (token !== null) said.push('It is shown this once, for /api/projects/TOKEN/deploys:', token);
  return said.map((line) => `${line}\n`).join('');
}

/** Never an argument: everybody on this machine can see those. Null where nothing is given. */
async function readKey(file: string | null): Promise<string | null> {
  if (file !== null && file !== '-') return readSecretFile(resolve(file), '--file');
  if (process.stdin.isTTY) return null;
  const body = await readBody(standardInput, { length: null, maxBytes: LONGEST_INPUT, timeMs: INPUT_MS });
  if (body.kind !== 'whole') throw unread();
  return body.bytes.toString('utf8').trim() || null;
}

function unread(): Failure {
  return new Failure('usage', 'standard input did not end, or is too long for a key', {
    hint: 'Give one key there, or </dev/null to have one made',
  });
}

function missing(what: string): Failure {
  return new Failure('not-found', `there is no ${what}`, {
    hint: 'showcase-web keys list says what there is.',
  });
}
