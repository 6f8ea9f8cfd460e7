import { readCallbackUrl } from '../../callbacks/callback-url.ts';
import { isRecord, parseJson } from '../../json.ts';
import type { World } from '../machine/machine-context.ts';
import { askAddress, describeReply } from './ask-address.ts';
import { type Asker, type Finding, problemIn, type Row, required } from './asker.ts';
import { type DeployFiles, findDeployFiles } from './deploy-files.ts';
import type { Answers, DashboardAnswer } from './onboard-answers.ts';
import type { Part } from './wizard-part.ts';

/** Whether deploy logs go to a dashboard. */
export const DASHBOARD: Part = {
  name: 'dashboard',
  title: 'Deploy logs on a dashboard',
  flags: '--callback-url or --no-callback',
  isAnswered: ({ dashboard }) => dashboard.kind !== 'open',
  rows: (answers, world) => rows(answers, world),
  ask,
  checking: 'Asking the dashboard who it is',
  check,
};

function rows({ dashboard }: Answers, world: World): Row[] {
  const { url, problem } = findDeployFiles(world);
  switch (dashboard.kind) {
    case 'stream':
      return [['Dashboard', shownUrl(dashboard.url)]];
    case 'stop':
      return [['Dashboard', 'none any more']];
    default:
      if (problem !== null) return [['Dashboard', 'deploy.enc stays as it is']];
      return [['Dashboard', url === null ? 'none' : `${shownUrl(url)}, as before`]];
  }
}

/** An address as people may see it: its path and its query may hold a token. */
function shownUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (!url) return '(an address)';
  const path = url.pathname.replaceAll(/[^/]{20,}/g, '...').replace(/\/+$/, '');
  return `${url.origin}${path}${url.search === '' ? '' : '?...'}`;
}

async function ask(answers: Answers, asker: Asker, world: World): Promise<Answers> {
  const files = findDeployFiles(world);
  return { ...answers, dashboard: await askWith(answers, asker, files) };
}

async function askWith(
  { dashboard }: Answers,
  asker: Asker,
  { url: present, problem, path }: DeployFiles,
): Promise<DashboardAnswer> {
  if (problem !== null) {
    asker.finding({
      lines: [],
      warnings: [`${problem}. It is left as it is: give the right key (DEPLOY_KEY), and run this again.`],
    });
    return { kind: 'leave' };
  }
  if (present !== null) {
    const what = await asker.choose<'keep' | 'change' | 'stop'>({
      message: `Deploy logs are streamed to a dashboard (${path})`,
      choices: [
        { value: 'keep', label: `Keep ${shownUrl(present)}` },
        { value: 'change', label: 'Change the address' },
        { value: 'stop', label: 'Stop streaming' },
      ],
      preset: dashboard.kind === 'stop' ? 'stop' : dashboard.kind === 'stream' ? 'change' : 'keep',
    });
    if (what === 'keep') return { kind: 'leave' };
    if (what === 'stop') return { kind: 'stop' };
  } else if (!(await asker.confirm('Stream deploy logs to a dashboard?', dashboard.kind === 'stream'))) {
    return { kind: 'leave' };
  }
  const url = await asker.text({
    message: 'Callback URL:',
    ...(dashboard.kind === 'stream' ? { present: dashboard.url } : present === null ? {} : { present }),
    example: 'https://dashboard.example/api/deploys',
    problem: (text) => required('An address')(text) ?? callbackProblem(text),
  });
  return { kind: 'stream', url: url.trim() };
}

/** What is wrong with an address of a dashboard; null for nothing. */
function callbackProblem(text: string): string | null {
  return problemIn(() => readCallbackUrl(text));
}

async function check({ dashboard }: Answers, world: World, signal: AbortSignal): Promise<Finding> {
  const text =
    dashboard.kind === 'stream'
      ? dashboard.url
      : dashboard.kind === 'leave'
        ? findDeployFiles(world).url
        : null;
  if (text === null) return { lines: [], warnings: [] };
  const url = readCallbackUrl(text);
  const reply = await askAddress('GET', url, { Accept: 'application/json' }, signal);
  if (reply.kind !== 'answered')
    return { lines: [], warnings: [`Nothing answers at ${url.origin}: ${describeReply(reply)}.`] };
  const said = reply.status === 200 ? parseJson(reply.body) : null;
  if (isRecord(said) && said['nvoi_dashboard'] === 1)
    return { lines: [`${url.origin} is a dashboard of this kind`], warnings: [] };
  return {
    lines: [],
    warnings: [
      `Something else answers at ${url.origin} (status ${reply.status}): a receiver of another make, or another address.`,
    ],
  };
}
