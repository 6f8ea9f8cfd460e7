import { cut } from '../text.ts';

/*
 * What a CI says of the job that a run is part of, from its environment alone: no program is asked. The variables are those of
 * each provider's own documentation.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** What is known of the job; null for what is not. */
export interface CiContext {
  /** Null outside of any CI; `ci` for one that is not known. */
  readonly provider: string | null;
  /** 7 to 64 hexadecimal digits. */
  readonly sha: string | null;
  /** Branch or tag. */
  readonly ref: string | null;
  /** Of the page of the job, or of its pipeline. */
  readonly runUrl: string | null;
  /** From 1, where a job that is run again says so. */
  readonly attempt: string | null;
  readonly job: string | null;
  readonly commitUrl: string | null;
}

/** As the variables have it, before it is looked at. */
type Said = Partial<Record<Exclude<keyof CiContext, 'provider'>, string | null | undefined>>;

interface Provider {
  readonly name: string;
  readonly isHere: (env: Environment) => boolean;
  readonly read: (env: Environment) => Said;
}

/** The first that is here counts: Gitea's runner says that it is GitHub's, too. */
const PROVIDERS: readonly Provider[] = [
  { name: 'gitea_actions', isHere: (env) => isSet(env['GITEA_ACTIONS']), read: ofActions },
  { name: 'github_actions', isHere: (env) => isSet(env['GITHUB_ACTIONS']), read: ofActions },
  {
    name: 'gitlab_ci',
    isHere: (env) => isSet(env['GITLAB_CI']),
    read: (env) => ({
      sha: env['CI_COMMIT_SHA'],
      ref: env['CI_COMMIT_REF_NAME'],
      runUrl: env['CI_JOB_URL'] || env['CI_PIPELINE_URL'],
      job: env['CI_JOB_NAME'],
      commitUrl: joined(env['CI_PROJECT_URL'], '-/commit', env['CI_COMMIT_SHA']),
    }),
  },
  {
    name: 'circleci',
    isHere: (env) => isSet(env['CIRCLECI']),
    read: (env) => ({
      sha: env['CIRCLE_SHA1'],
      ref: env['CIRCLE_TAG'] || env['CIRCLE_BRANCH'],
      runUrl: env['CIRCLE_BUILD_URL'],
      job: env['CIRCLE_JOB'],
      commitUrl: commitIn(env['CIRCLE_REPOSITORY_URL'], env['CIRCLE_SHA1']),
    }),
  },
  {
    name: 'buildkite',
    isHere: (env) => isSet(env['BUILDKITE']),
    read: (env) => ({
      // The word HEAD, for a build of whatever is newest, is not 7 digits long.
      sha: env['BUILDKITE_COMMIT'],
      ref: env['BUILDKITE_TAG'] || env['BUILDKITE_BRANCH'],
      runUrl: joined(env['BUILDKITE_BUILD_URL'], '#', env['BUILDKITE_JOB_ID']) ?? env['BUILDKITE_BUILD_URL'],
      attempt: next(env['BUILDKITE_RETRY_COUNT']),
      job: env['BUILDKITE_LABEL'],
      commitUrl: commitIn(env['BUILDKITE_REPO'], env['BUILDKITE_COMMIT']),
    }),
  },
  {
    name: 'bitbucket',
    isHere: (env) => isSet(env['BITBUCKET_BUILD_NUMBER']),
    read: (env) => ({
      sha: env['BITBUCKET_COMMIT'],
      ref: env['BITBUCKET_TAG'] || env['BITBUCKET_BRANCH'],
      runUrl: joined(env['BITBUCKET_GIT_HTTP_ORIGIN'], 'pipelines/results', env['BITBUCKET_BUILD_NUMBER']),
      commitUrl: joined(env['BITBUCKET_GIT_HTTP_ORIGIN'], 'commits', env['BITBUCKET_COMMIT']),
    }),
  },
  {
    name: 'jenkins',
    isHere: (env) => isSet(env['JENKINS_URL']) || (isSet(env['BUILD_TAG']) && isSet(env['BUILD_URL'])),
    read: (env) => ({
      sha: env['GIT_COMMIT'],
      ref: env['TAG_NAME'] || env['BRANCH_NAME'] || env['GIT_BRANCH']?.replace(/^origin\//, ''),
      runUrl: env['BUILD_URL'],
      job: env['JOB_NAME'],
      commitUrl: commitIn(env['GIT_URL'], env['GIT_COMMIT']),
    }),
  },
  { name: 'ci', isHere: (env) => isSet(env['CI']), read: () => ({}) },
];

/** What the environment says of the CI that this runs in. */
export function ciContextOf(env: Environment): CiContext {
  const provider = PROVIDERS.find(({ isHere }) => isHere(env));
  const said = provider?.read(env) ?? {};
  const sha = shaIn(said.sha);
  return {
    provider: provider?.name ?? null,
    sha,
    ref: shortText(said.ref),
    runUrl: cleanAddress(said.runUrl),
    attempt: shortText(said.attempt),
    job: shortText(said.job),
    commitUrl: sha === null ? null : cleanAddress(said.commitUrl),
  };
}

/** The variables of GitHub's runner, and of Gitea's, which has the same. */
function ofActions(env: Environment): Said {
  const { GITHUB_RUN_ATTEMPT: attempt, GITHUB_SERVER_URL: server } = env;
  const repository = joined(server || 'https://github.com', '', env['GITHUB_REPOSITORY']);
  const run = joined(repository, 'actions/runs', env['GITHUB_RUN_ID']);
  return {
    sha: env['GITHUB_SHA'],
    ref: env['GITHUB_REF_NAME'],
    runUrl: Number(attempt) > 1 ? joined(run, 'attempts', attempt) : run,
    attempt,
    job: env['GITHUB_JOB'],
    commitUrl: joined(repository, 'commit', env['GITHUB_SHA']),
  };
}

/** Hosts whose pages of a commit are known, with the path to them. */
const COMMIT_PAGES: Readonly<Record<string, string>> = {
  'github.com': 'commit',
  'gitlab.com': '-/commit',
  'bitbucket.org': 'commits',
};

/** The page of a commit, by the address that a repository was cloned from: `https://`, `ssh://`, or `git@host:path`. */
function commitIn(repository: string | undefined, sha: string | undefined): string | null {
  const short = /^(?:[\w.-]+@)?(?<host>[\w.-]+):(?!\/\/)(?<path>.+)$/.exec(repository ?? '')?.groups;
  const url = short ? URL.parse(`ssh://${short['host']}/${short['path']}`) : URL.parse(repository ?? '');
  const page = COMMIT_PAGES[url?.hostname ?? ''];
  if (!url || page === undefined) return null;
  return joined(`https://${url.hostname}${url.pathname.replace(/\.git\/?$/, '')}`, page, sha);
}

/** An address with a path behind it; null where either is not there. */
function joined(base: string | null | undefined, path: string, last: string | undefined): string | null {
  if (!base || !last) return null;
  const between = path === '#' ? '#' : path === '' ? '/' : `/${path}/`;
  return `${base.replace(/\/+$/, '')}${between}${last}`;
}

/** Of a count of retries. */
function next(count: string | undefined): string | null {
  return count !== undefined && /^\d{1,6}$/.test(count) ? String(Number(count) + 1) : null;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !/^(?:|false|0)$/i.test(value);
}

function shaIn(text: string | null | undefined): string | null {
  return text && /^[0-9a-f]{7,64}$/i.test(text) ? text : null;
}

/** Characters. */
const LONGEST_TEXT = 255;
const LONGEST_ADDRESS = 2000;

function shortText(text: string | null | undefined): string | null {
  return text ? cut(text, LONGEST_TEXT) : null;
}

/** An address of the web without user, password and query, where a token may be. */
function cleanAddress(text: string | null | undefined): string | null {
  const url = URL.parse(text ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href.length > LONGEST_ADDRESS ? null : url.href;
}
