import { type Html, html, type Part } from '../../html/html.ts';
import { DEFAULT_PROJECT, type ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { deployStanding } from '../../runs/deploys/deploy-standing.ts';
import { counted } from '../../text.ts';
import { badge, facts, time } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { sentence } from '../request/request-page.ts';
import type { Call } from '../route.ts';
import type { LogPart, LogView } from '../run/log-html.ts';
import { logSection } from '../run/log-section.ts';
import { linked, machinesTable, stepsTable } from '../run/run-tables.ts';
import { isWhole } from './deploy-frames.ts';
import {
  ciWords,
  DEPLOY_WORDS,
  deploySentence,
  isHostname,
  isUnderWay,
  operationWords,
  shortCommit,
  shortEtag,
  webAddress,
} from './deploy-words.ts';
import { pathOfLogs, pathOfRun } from './find-deploy.ts';
import type { ReceivedProgress } from './received-progress.ts';

/** Milliseconds by which two clocks may differ without anybody being told. */
const SMALL_SKEW_MS = 5000;

/** So many are shown at once; of more, the log below is what people look for. */
const FEW_MACHINES = 4;

export interface DeployPage {
  readonly run: ReceivedRun;
  /** All of the deploy, in the order of their arrival. */
  readonly runs: readonly ReceivedRun[];
  readonly progress: ReceivedProgress;
  readonly log: LogPart;
  readonly view: LogView;
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One run that was received, live or over: how it stands, its errors first, its machines and steps, and its log. */
export function renderDeploy(call: Call, page: DeployPage): Page {
  const { run, runs, progress, now } = page;
  const title = `${operationWords(run)} ${run.deploy}`;
  const [machines, steps] = [progress.machines(run), progress.steps(run)];
  return {
    title: `${title}: ${DEPLOY_WORDS[deployStanding(run, now)][1].toLowerCase()}`,
    section: 'deploys',
    main: html`<div${watched(call, page)}>
<h1>${operationWords(run)} <span class="id">${run.deploy}</span></h1>
<p class="lead"><span data-badge>${badge(...DEPLOY_WORDS[deployStanding(run, now)])}</span> <span data-sentence role="status">${deploySentence(run, now)}</span></p>
<p data-offline role="status"></p>
<p class="notice" data-over hidden>It is over. <a href="${call.link(pathOfRun(run))}">Load the page again</a> for all that is known now.</p>
${isUnderWay(run) && html`<p data-more><a href="${call.link(pathOfRun(run))}">Load the page again</a> for what has come meanwhile.</p>`}
${runs.length > 1 && attempts(call, run, runs, now)}
${troubleOf(run, progress)}
<div class="about">${facts(factsOf(run))}</div>
<div data-steps${steps.length === 0 && html` hidden`}>${stepsTable(steps, !isUnderWay(run))}</div>
<details data-machines${machines.length === 0 && html` hidden`}${(isUnderWay(run) || machines.length <= FEW_MACHINES) && html` open`}><summary>${isUnderWay(run) ? 'Machines' : counted(machines.length, 'machine')}</summary>
${machinesTable(machines, progress.lines)}</details>
${logSection(call, {
  ...page,
  address: pathOfRun(run),
  download: pathOfLogs(run, 'logs.txt'),
  beganAt: beganAt(run),
  isSilent: progress.top === 0,
})}
</div>`,
  };
}

/** What the clock of the log counts from. */
function beganAt({ startedAt, receivedAt }: Pick<ReceivedRun, 'startedAt' | 'receivedAt'>): string {
  return startedAt ?? receivedAt;
}

/** For the script. */
function watched(call: Call, { run, progress, ticket, now }: DeployPage): Html {
  const logs = call.link(pathOfLogs(run, 'logs'));
  const state = JSON.stringify(run);
  return html` data-deploy="${run.id}" data-socket="${call.link('/live')}" data-logs="${logs}" data-ticket="${ticket}" data-top="${progress.top}" data-now="${now}" data-state="${state}"`;
}

/** Links: they work without script, can be kept, and say which is shown. */
function attempts(call: Call, run: ReceivedRun, runs: readonly ReceivedRun[], now: number): Html {
  const items = runs.map((one) => {
    const [tone, words] = DEPLOY_WORDS[deployStanding(one, now)];
    const what = `${one.operation === run.operation ? 'Run' : operationWords(one)} ${one.number}`;
    const ci = one.ciAttempt === null ? '' : `CI attempt ${one.ciAttempt}`;
    return html`<li><a href="${call.link(pathOfRun(one))}"${one.id === run.id && html` aria-current="page"`}><b>${what}</b> ${badge(tone, words)} <span class="quiet">${ci}</span></a></li>\n`;
  });
  return html`<nav class="tabs" aria-label="Runs of this deploy"><ul>${items}</ul></nav>`;
}

function troubleOf(run: ReceivedRun, progress: ReceivedProgress): Html {
  if (run.status !== 'failed') return html``;
  const failed = progress.machines(run).filter(({ tone }) => tone === 'bad');
  const items = failed.map(
    ({ name, detail }) => html`<li>${linked(name, progress.lines)}${detail !== '' && `: ${detail}`}</li>`,
  );
  return html`<section class="card trouble" aria-labelledby="trouble"><h2 id="trouble">What went wrong</h2>
<p>${sentence(run.error ?? 'It did not say why it failed.')}</p>
${run.hint !== null && html`<p>${sentence(run.hint)}</p>`}
${failed.length > 0 && html`<p>${counted(failed.length, 'machine')} failed:</p><ul>${items}</ul>`}
${run.errorCode !== null && html`<p class="quiet">Code: ${run.errorCode}</p>`}</section>`;
}

function factsOf(run: ReceivedRun): [string, Part][] {
  const rows: [string, Part | null][] = [
    ['Asked for', run.by === null ? null : `by ${run.by}`],
    ['Target', run.target],
    ['Branch', run.gitRef],
    [
      'Commit',
      run.gitSha === null
        ? null
        : outward(run.commitUrl, html`<code title="${run.gitSha}">${shortCommit(run.gitSha)}</code>`),
    ],
    ['CI', ciOf(run)],
    ['Began', time(run.startedAt ?? run.receivedAt)],
    ['Ended', run.finishedAt === null ? null : time(run.finishedAt)],
    [
      'Index',
      run.index === null
        ? null
        : html`<code title="${run.index.etag}">${shortEtag(run.index.etag)}</code> <span class="quiet">${run.index.kind}</span>`,
    ],
    ['Seen at', run.tunnels.length === 0 ? null : html`${run.tunnels.map(tunnelOf)}`],
    [
      'Machines left out',
      run.machines === null || run.machines.skipped === 0
        ? null
        : `${run.machines.skipped}, since they were not active`,
    ],
    ['Command', [run.command, run.version].filter(Boolean).join(' ') || null],
    ['Run', html`<code>${run.run}</code>`],
    ['Exit code', run.exitCode],
    ['Project', run.project === DEFAULT_PROJECT ? null : run.project],
    ['Clocks', skewWords(run.skewMs)],
    ['Lines missing', missingWords(run)],
    ['Lines given up', run.dropped === 0 ? null : `${run.dropped}: the sender could not deliver them`],
  ];
  return rows.filter((row): row is [string, Part] => row[1] !== null);
}

function ciOf({ ciProvider, ciRunUrl, ciAttempt, ciJob }: ReceivedRun): Part | null {
  if (ciProvider === null && ciRunUrl === null) return null;
  const name = ciWords(ciProvider);
  const more = [ciJob, ciAttempt === null ? null : `attempt ${ciAttempt}`].filter(Boolean).join(', ');
  return html`${outward(ciRunUrl, html`${name}`)}${more !== '' && ` ${more}`}`;
}

/** A link to somewhere else, where its address is one of the web; else the words alone. */
export function outward(address: string | null, words: Html): Html {
  const href = webAddress(address);
  return href === null ? words : html`<a href="${href}" rel="noopener noreferrer">${words}</a>`;
}

function tunnelOf({ service_name, hostname }: ReceivedRun['tunnels'][number]): Html {
  const name = isHostname(hostname) ? outward(`https://${hostname}/`, html`${hostname}`) : html`${hostname}`;
  return html`<span class="several">${name} <span class="quiet">${service_name}</span></span> `;
}

/** While a run is under way, they are on their way. */
function missingWords(run: ReceivedRun): string | null {
  if (isUnderWay(run) || isWhole(run)) return null;
  return `not all from line ${run.lastSeq + 1} to line ${run.sentLastSeq} have arrived`;
}

function skewWords(ms: number | null): string | null {
  if (ms === null || Math.abs(ms) <= SMALL_SKEW_MS) return null;
  const seconds = Math.round(Math.abs(ms) / 1000);
  return `the sender's clock is ${seconds} s ${ms > 0 ? 'behind' : 'ahead of'} ours; times of the log are the sender's`;
}
