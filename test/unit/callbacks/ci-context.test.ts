import { describe, expect, it } from 'vitest';
import { type CiContext, ciContextOf } from '../../../src/callbacks/ci-context.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const NOTHING: CiContext = {
  ...{ provider: null, sha: null, ref: null, runUrl: null, attempt: null, job: null, commitUrl: null },
};

/** What each provider sets in a job, as its documentation shows it; all set `CI`, too. */
const GITHUB = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_SHA: SHA,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'user/repo',
  GITHUB_RUN_ID: '12345',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_JOB: 'deploy',
};
const GITEA = {
  ...GITHUB,
  GITEA_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://git.example.com/',
};
const GITLAB = {
  CI: 'true',
  GITLAB_CI: 'true',
  CI_COMMIT_SHA: SHA,
  CI_COMMIT_REF_NAME: 'feature/x',
  CI_JOB_URL: 'https://gitlab.example.com/group/repo/-/jobs/678',
  CI_PIPELINE_URL: 'https://gitlab.example.com/group/repo/-/pipelines/55',
  CI_PROJECT_URL: 'https://gitlab.example.com/group/repo',
  CI_JOB_ID: '678',
  CI_JOB_NAME: 'deploy',
};
const CIRCLE = {
  CI: 'true',
  CIRCLECI: 'true',
  CIRCLE_SHA1: SHA,
  CIRCLE_BRANCH: 'main',
  CIRCLE_BUILD_URL: 'https://circleci.com/gh/user/repo/12',
  CIRCLE_REPOSITORY_URL: 'git@github.com:user/repo.git',
  CIRCLE_WORKFLOW_ID: '5a1b',
  CIRCLE_JOB: 'deploy',
};
const BUILDKITE = {
  CI: 'true',
  BUILDKITE: 'true',
  BUILDKITE_COMMIT: SHA,
  BUILDKITE_BRANCH: 'main',
  BUILDKITE_TAG: '',
  BUILDKITE_BUILD_URL: 'https://buildkite.com/acme/shop/builds/17',
  BUILDKITE_BUILD_ID: '4735ba57',
  BUILDKITE_JOB_ID: 'e44f9784',
  BUILDKITE_RETRY_COUNT: '0',
  BUILDKITE_REPO: 'https://gitlab.com/acme/shop.git',
  BUILDKITE_LABEL: 'Deploy',
};
const BITBUCKET = {
  CI: 'true',
  BITBUCKET_BUILD_NUMBER: '9',
  BITBUCKET_COMMIT: SHA,
  BITBUCKET_BRANCH: 'main',
  BITBUCKET_GIT_HTTP_ORIGIN: 'http://bitbucket.org/acme/shop',
  BITBUCKET_PIPELINE_UUID: '{3b1e}',
};
const JENKINS = {
  CI: 'true',
  JENKINS_URL: 'https://jenkins.example.com/',
  BUILD_URL: 'https://jenkins.example.com/job/shop/20/',
  BUILD_TAG: 'jenkins-shop-20',
  JOB_NAME: 'shop',
  GIT_COMMIT: SHA,
  GIT_BRANCH: 'origin/main',
  GIT_URL: 'ssh://git@bitbucket.org/acme/shop.git',
};

const known = { sha: SHA, ref: 'main', job: null, attempt: null };

describe('what a CI says of a run', () => {
  it.each<[string, Record<string, string>, CiContext]>([
    [
      'GitHub',
      GITHUB,
      {
        ...{ ...known, provider: 'github_actions', job: 'deploy', attempt: '1' },
        runUrl: 'https://github.com/user/repo/actions/runs/12345',
        commitUrl: `https://github.com/user/repo/commit/${SHA}`,
      },
    ],
    [
      'Gitea, which says that it is GitHub, too',
      GITEA,
      {
        ...{ ...known, provider: 'gitea_actions', job: 'deploy', attempt: '1' },
        runUrl: 'https://git.example.com/user/repo/actions/runs/12345',
        commitUrl: `https://git.example.com/user/repo/commit/${SHA}`,
      },
    ],
    [
      'GitLab',
      GITLAB,
      {
        ...{ ...known, provider: 'gitlab_ci', ref: 'feature/x', job: 'deploy' },
        runUrl: 'https://gitlab.example.com/group/repo/-/jobs/678',
        commitUrl: `https://gitlab.example.com/group/repo/-/commit/${SHA}`,
      },
    ],
    [
      'CircleCI',
      CIRCLE,
      {
        ...{ ...known, provider: 'circleci', job: 'deploy' },
        runUrl: 'https://circleci.com/gh/user/repo/12',
        commitUrl: `https://github.com/user/repo/commit/${SHA}`,
      },
    ],
    [
      'Buildkite',
      BUILDKITE,
      {
        ...{ ...known, provider: 'buildkite', job: 'Deploy', attempt: '1' },
        runUrl: 'https://buildkite.com/acme/shop/builds/17#e44f9784',
        commitUrl: `https://gitlab.com/acme/shop/-/commit/${SHA}`,
      },
    ],
    [
      'Bitbucket',
      BITBUCKET,
      {
        ...{ ...known, provider: 'bitbucket' },
        runUrl: 'http://bitbucket.org/acme/shop/pipelines/results/9',
        commitUrl: `http://bitbucket.org/acme/shop/commits/${SHA}`,
      },
    ],
    [
      'Jenkins',
      JENKINS,
      {
        ...{ ...known, provider: 'jenkins', job: 'shop' },
        runUrl: 'https://jenkins.example.com/job/shop/20/',
        commitUrl: `https://bitbucket.org/acme/shop/commits/${SHA}`,
      },
    ],
    ['any other', { CI: 'true' }, { ...NOTHING, provider: 'ci' }],
    ['no CI at all', { PATH: '/bin', GIT_COMMIT: SHA }, NOTHING],
    ['a CI that is switched off', { CI: 'false', GITHUB_ACTIONS: '' }, NOTHING],
  ])('is read from the variables of %s', (_, env, context) => expect(ciContextOf(env)).toEqual(context));

  it.each<[string, Record<string, string>, Partial<CiContext>]>([
    [
      'a second attempt of GitHub has an address of its own',
      { ...GITHUB, GITHUB_RUN_ATTEMPT: '2' },
      { runUrl: 'https://github.com/user/repo/actions/runs/12345/attempts/2', attempt: '2' },
    ],
    ['a pull request of GitHub is its merge', { ...GITHUB, GITHUB_REF_NAME: '5/merge' }, { ref: '5/merge' }],
    [
      'GitHub is github.com where it does not say its address',
      { ...GITHUB, GITHUB_SERVER_URL: '' },
      { runUrl: 'https://github.com/user/repo/actions/runs/12345' },
    ],
    [
      'a run of GitHub without a repository has no address',
      { ...GITHUB, GITHUB_REPOSITORY: '' },
      { runUrl: null, commitUrl: null },
    ],
    [
      'GitLab may know only the pipeline',
      { ...GITLAB, CI_JOB_URL: '' },
      { runUrl: 'https://gitlab.example.com/group/repo/-/pipelines/55' },
    ],
    ['a tag of CircleCI counts before its branch', { ...CIRCLE, CIRCLE_TAG: 'v1' }, { ref: 'v1' }],
    ['a tag of Buildkite counts before its branch', { ...BUILDKITE, BUILDKITE_TAG: 'v1' }, { ref: 'v1' }],
    [
      'the HEAD of Buildkite is no commit',
      { ...BUILDKITE, BUILDKITE_COMMIT: 'HEAD' },
      { sha: null, commitUrl: null },
    ],
    [
      'a retry of Buildkite is the next attempt',
      { ...BUILDKITE, BUILDKITE_RETRY_COUNT: '2' },
      { attempt: '3' },
    ],
    [
      'Buildkite may know only the build',
      { ...BUILDKITE, BUILDKITE_JOB_ID: '' },
      { runUrl: 'https://buildkite.com/acme/shop/builds/17' },
    ],
    ['a tag of Bitbucket counts before its branch', { ...BITBUCKET, BITBUCKET_TAG: 'v1' }, { ref: 'v1' }],
    ['Jenkins names the branch itself', { ...JENKINS, BRANCH_NAME: 'PR-5' }, { ref: 'PR-5' }],
    [
      'a tag of Jenkins counts before its branch',
      { ...JENKINS, BRANCH_NAME: 'v1', TAG_NAME: 'v1.0' },
      { ref: 'v1.0' },
    ],
    [
      'a Jenkins that does not know its address is known by its build',
      { BUILD_TAG: 'jenkins-shop-20', BUILD_URL: 'https://ci.example.com/20/' },
      { provider: 'jenkins', runUrl: 'https://ci.example.com/20/' },
    ],
    ['a commit may have 64 digits', { ...GITHUB, GITHUB_SHA: 'a'.repeat(64) }, { sha: 'a'.repeat(64) }],
    [
      'a commit of 65 digits is none',
      { ...GITHUB, GITHUB_SHA: 'a'.repeat(65) },
      { sha: null, commitUrl: null },
    ],
    ['a commit of six digits is none', { ...GITHUB, GITHUB_SHA: 'abcdef' }, { sha: null }],
    ['a commit is digits alone', { ...GITHUB, GITHUB_SHA: `${SHA}/../x` }, { sha: null, commitUrl: null }],
    [
      'an address is sent without user, password and query',
      { ...JENKINS, BUILD_URL: 'https://me:token@jenkins.example.com/job/1/?token=x' },
      { runUrl: 'https://jenkins.example.com/job/1/' },
    ],
    ['an address is one of the web', { ...JENKINS, BUILD_URL: 'javascript:alert(1)' }, { runUrl: null }],
    [
      'an address is cut by nobody',
      { ...JENKINS, BUILD_URL: `https://x.example/${'a'.repeat(2000)}` },
      { runUrl: null },
    ],
    ['a ref is cut', { ...GITHUB, GITHUB_REF_NAME: 'r'.repeat(300) }, { ref: 'r'.repeat(255) }],
    [
      'a clone of an unknown host has no known page of a commit',
      { ...JENKINS, GIT_URL: 'git@git.example.com:acme/shop.git' },
      { commitUrl: null },
    ],
    ['a clone by a path has none either', { ...JENKINS, GIT_URL: '/srv/git/shop.git' }, { commitUrl: null }],
    [
      'a token in the address of a clone is left out',
      { ...CIRCLE, CIRCLE_REPOSITORY_URL: 'https://x-token:abc@github.com/user/repo' },
      { commitUrl: `https://github.com/user/repo/commit/${SHA}` },
    ],
  ])('is looked at: %s', (_, env, part) => expect(ciContextOf(env)).toMatchObject(part));
});
