import { isRecord, parseJson } from '../json.ts';

/** What a delivery whose sender is known asks for. */
export type HookWish =
  /** An update of the machines; of the usual ones where `target` is null. `by`: who is named in lists of runs. */
  | { readonly kind: 'run'; readonly target: string | null; readonly by: string }
  /** Nothing that concerns us; why is told. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** It is not what it should be; nothing is done. */
  | { readonly kind: 'wrong'; readonly field: string; readonly error: string };

/** Which deliveries of GitHub ask for an update. */
export interface GithubRules {
  readonly events: readonly GithubEvent[];
  /** Null for the default branch of the repository that sends it. */
  readonly branches: readonly string[] | null;
}

/** That may ask for an update. */
export const GITHUB_EVENTS = ['push', 'release', 'workflow_run', 'repository_dispatch'] as const;
export type GithubEvent = (typeof GITHUB_EVENTS)[number];

/** Of our own documented form; a body need not have it. */
const ASKED = 'update.requested';
/** No name of a user has a colon, so nobody is taken for one of these. */
const BY_PROGRAM = 'hook:update';
const BY_GITHUB = 'hook:github';

type Fields = Readonly<Record<string, unknown>>;

/** What a body says; null for one that is not an object. An empty one is an object without fields. */
export function readObject(body: Buffer): Fields | null {
  const value = body.length === 0 ? {} : parseJson(body.toString('utf8'));
  return isRecord(value) ? value : null;
}

/** Of a request that is signed as Standard Webhooks has it: `{"type"?, "target"?, "data"?: {"target"?}}`. */
export function readAsked(fields: Fields): HookWish {
  const { type = ASKED } = fields;
  if (typeof type !== 'string') return wrong('type', 'is not a text');
  if (type !== ASKED) return nothing(`${type.slice(0, 100)} asks for nothing here`);
  return withTarget(fields, BY_PROGRAM);
}

/** Of GitHub's (https://docs.github.com/webhooks/webhook-events-and-payloads). */
export function readGithub(event: string, fields: Fields, { events, branches }: GithubRules): HookWish {
  if (event === 'ping') return nothing('pong');
  const known = events.find((one) => one === event);
  if (known === undefined) return nothing(`${event} asks for nothing here`);
  const repository = part(fields, 'repository');
  const wanted = branches ?? [text(repository, 'default_branch')];
  const isWanted = (branch: string): boolean => branch !== '' && wanted.includes(branch);
  const whyNot = WHY_NOT[known](fields, isWanted);
  if (whyNot !== null) return nothing(whyNot);
  return known === 'repository_dispatch'
    ? withTarget(part(fields, 'client_payload'), BY_GITHUB)
    : { kind: 'run', target: null, by: BY_GITHUB };
}

/** Why an event asks for nothing although it is one of those that may; null if it does ask. */
const WHY_NOT: Readonly<
  Record<GithubEvent, (fields: Fields, isWanted: (branch: string) => boolean) => string | null>
> = {
  push: (fields, isWanted) => {
    if (fields['deleted'] === true) return 'the branch was deleted';
    const [, branch = ''] = /^refs\/heads\/(.+)$/.exec(text(fields, 'ref')) ?? [];
    return isWanted(branch) ? null : 'another branch was pushed to';
  },
  release: (fields) => {
    const { prerelease } = part(fields, 'release');
    return fields['action'] === 'published' && prerelease === false ? null : 'no release was published';
  },
  workflow_run: (fields, isWanted) => {
    const run = part(fields, 'workflow_run');
    if (fields['action'] !== 'completed' || run['conclusion'] !== 'success')
      return 'the workflow did not succeed';
    // Whoever proposes a change from a copy of the repository gives its branch any name.
    const home = part(fields, 'repository')['id'];
    const isOwnRepository = home !== undefined && part(run, 'head_repository')['id'] === home;
    return isOwnRepository && isWanted(text(run, 'head_branch'))
      ? null
      : 'the workflow ran for another branch';
  },
  // The name of an event is not signed, so the body has to be one of this event's: others would have no end of names.
  repository_dispatch: (fields) =>
    text(fields, 'action') !== '' && 'client_payload' in fields ? null : 'it is no dispatch',
};

function withTarget(fields: Fields, by: string): HookWish {
  const target = fields['target'] ?? part(fields, 'data')['target'] ?? null;
  if (target === null || typeof target === 'string') return { kind: 'run', target, by };
  return wrong('target', 'is not a text');
}

function part(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : {};
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function nothing(why: string): HookWish {
  return { kind: 'nothing', why };
}

function wrong(field: string, error: string): HookWish {
  return { kind: 'wrong', field, error: `${field} ${error}` };
}
