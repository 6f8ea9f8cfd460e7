import type { ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { type DeployStanding, deployStanding, hasEnded } from '../../runs/deploys/deploy-standing.ts';
import { counted, duration } from '../../text.ts';
import type { Tone } from '../layout/pieces.ts';
import { wholeWords } from '../layout/whole-words.ts';
import { isFinished } from './deploy-frames.ts';

/** How a run that was received stands. Plain data, which the client script has, too. */
export const DEPLOY_WORDS: Readonly<Record<DeployStanding, readonly [Tone, string]>> = {
  started: ['busy', 'Started'],
  completed: ['good', 'Completed'],
  'nothing-to-do': ['none', 'Nothing to do'],
  failed: ['bad', 'Failed'],
  cancelled: ['none', 'Cancelled'],
  interrupted: ['bad', 'Interrupted'],
  'no signal': ['wait', 'No signal'],
  gone: ['wait', 'Gone'],
};

export function operationWords({ operation }: Pick<ReceivedRun, 'operation'>): string {
  return operation === 'delete' ? 'Undo' : 'Deploy';
}

/** Whether its sender may still be at work: the end is not known. */
export function isUnderWay({ status }: Pick<ReceivedRun, 'status'>): boolean {
  return !hasEnded({ status });
}

/** Milliseconds: by the sender's clock where it is over, else by ours; null where nobody knows. */
function deployMs(run: ReceivedRun, now: number): number | null {
  if (isUnderWay(run)) return Math.max(0, now - Date.parse(run.receivedAt));
  if (run.durationMs !== null) return run.durationMs;
  if (run.startedAt === null || run.finishedAt === null) return null;
  return Math.max(0, Date.parse(run.finishedAt) - Date.parse(run.startedAt));
}

/** `34 s` while it counts; exact when it is over. */
export function deployDuration(run: ReceivedRun, now: number): string {
  const ms = deployMs(run, now);
  if (ms === null) return '';
  return isUnderWay(run) ? wholeWords(ms) : duration(ms);
}

/** Machines that have it, of those that were asked: `11/12`; empty where nobody knows. */
export function machinesWords({ machines }: Pick<ReceivedRun, 'machines'>): string {
  if (machines === null) return '';
  const good = machines.updated + machines.unchanged;
  return `${good}/${good + machines.failed}`;
}

/** How a run stands, a sentence. @param now by the clock of the receiver */
export function deploySentence(run: ReceivedRun, now: number): string {
  const ms = deployMs(run, now);
  const after = ms === null ? '' : ` after ${duration(ms)}`;
  const have = haveWords(run);
  const silent = wholeWords(now - run.lastHeardAt);
  switch (deployStanding(run, now)) {
    case 'started':
      return `It has been running for ${wholeWords(ms ?? 0)}.`;
    case 'completed':
      return `It ended well${after}${have}.`;
    case 'nothing-to-do':
      return `No machine was active, so there was nothing to do${after}.`;
    case 'failed':
      return run.outcome === 'changed-elsewhere'
        ? `It stopped${after}, since the index had changed elsewhere.`
        : `It failed${after}${have}.`;
    case 'cancelled':
      return `Somebody cancelled it${after}.`;
    case 'interrupted':
      return 'It ended without a word. What is below is all that it said.';
    case 'no signal':
      return `No word for ${silent}. It may still be at work: this page goes on as soon as anything comes.`;
    case 'gone':
      if (isFinished(run, now)) return `No word for ${silent}. It did not say how it ended.`;
      return `No word for ${silent}. It is probably gone; should it speak again, this page goes on.`;
  }
}

/** An address that a page may link to; null for any other text, and for one with a login in it, which looks like another host. */
export function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const { protocol, href, username, password } = new URL(text);
  const isOfWeb = protocol === 'https:' || protocol === 'http:';
  return isOfWeb && username === '' && password === '' ? href : null;
}

const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{0,62}[a-z][a-z0-9-]{0,62}$/i;

/** Whether a text is the name of a host, such as `example.fly.dev`. */
export function isHostname(text: string): boolean {
  return HOST.test(text);
}

/** The first characters of a commit; the whole text where it is none. */
export function shortCommit(sha: string): string {
  return /^[0-9a-f]{8,}$/i.test(sha) ? sha.slice(0, 7) : sha;
}

/** The first characters of an ETag, without its quotes. */
export function shortEtag(etag: string, length = 12): string {
  return etag.replaceAll('"', '').slice(0, length);
}

const CI_NAMES: ReadonlyMap<string, string> = new Map([
  ['github_actions', 'GitHub Actions'],
  ['gitea_actions', 'Gitea Actions'],
  ['gitlab_ci', 'GitLab CI'],
  ['circleci', 'CircleCI'],
  ['buildkite', 'Buildkite'],
  ['bitbucket', 'Bitbucket'],
  ['jenkins', 'Jenkins'],
]);

export function ciWords(provider: string | null): string {
  if (provider === null) return 'CI';
  return CI_NAMES.get(provider) ?? (provider === 'ci' ? 'CI' : provider);
}

function haveWords({ machines }: ReceivedRun): string {
  if (machines === null) return '';
  const good = machines.updated + machines.unchanged;
  const total = good + machines.failed;
  if (total === 0) return '';
  const verb = good === 1 || total === 1 ? 'has' : 'have';
  const bad = machines.failed > 0 ? `, ${machines.failed} failed` : '';
  return `: ${good} of ${counted(total, 'machine')} ${verb} it${bad}`;
}
