import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { deployStanding } from '../../runs/deploys/deploy-standing.ts';
import { type DeployAnswer, isFinished, isWhole } from '../deploys/deploy-frames.ts';
import { DEPLOY_WORDS, deploySentence, isUnderWay } from '../deploys/deploy-words.ts';
import { receivedLogLine } from '../deploys/received-lines.ts';
import { ReceivedProgress } from '../deploys/received-progress.ts';
import { sayConnection, waitToTryAgain } from './connection-words.ts';
import { fillMachines, fillSteps } from './live-tables.ts';
import { controlLog } from './log-controls.ts';
import { LogPane } from './log-pane.ts';
import { lineOfElement } from './log-row.ts';
import { Pauses } from './pauses.ts';
import { ReceivedLog } from './received-log.ts';
import { askLogs, watchDeploy } from './watch-deploy.ts';

/** Milliseconds between two looks at what has come. */
const DRAW_MS = 100;
/** Lines that are asked for at once, of those before the page's. */
const AT_ONCE = 5000;

/** The page of a run that was received: its log with all that can be done with it, and while it is under way, live. */
export function showDeploy(root: Document): void {
  const page = root.querySelector<HTMLElement>('[data-deploy]');
  const scroller = page?.querySelector<HTMLElement>('[data-log]');
  const news = page?.querySelector<HTMLElement>('[data-new]');
  const tools = page?.querySelector<HTMLFormElement>('[data-tools]');
  if (page && scroller && news && tools) void new DeployView(page, { scroller, news, tools }).go();
}

interface Parts {
  readonly scroller: HTMLElement;
  readonly news: HTMLElement;
  readonly tools: HTMLFormElement;
}

class DeployView {
  readonly #page: HTMLElement;
  readonly #parts: Parts;
  readonly #pane: LogPane;
  readonly #log: ReceivedLog;
  readonly #progress = new ReceivedProgress();
  /** The highest number that the page has come with. */
  readonly #top: number;
  readonly #wasUnderWay: boolean;
  /** Milliseconds by which the server's clock is before ours. */
  #ahead: number;
  /** When the connection was lost; null while there is one. */
  #lostAt: number | null = null;
  #run: ReceivedRun;
  #waiting: ReceivedLine[] = [];
  /** Whether no other lines are to come but by news. */
  #isLoaded = false;
  #hasAllProgress = false;
  #areTablesOld = true;
  #tell = (): void => {};
  /** Number of the line that the address names, until it is shown. */
  #wanted: string | null = null;

  constructor(page: HTMLElement, parts: Parts) {
    const { state = '', now, top } = page.dataset;
    this.#page = page;
    this.#parts = parts;
    this.#top = Number(top);
    this.#ahead = Number(now) - Date.now();
    this.#run = JSON.parse(state) as ReceivedRun;
    this.#wasUnderWay = isUnderWay(this.#run);
    const beganAt = () => this.#run.startedAt ?? this.#run.receivedAt;
    this.#pane = new LogPane(parts.scroller, parts.news, { beganAt, isLive: this.#wasUnderWay });
    const lines = this.#linesOfPage();
    const [first] = lines;
    this.#log = new ReceivedLog(this.#pane.model, { from: first?.seq ?? this.#top + 1, at: beganAt() });
    this.#log.add(lines);
  }

  async go(): Promise<void> {
    for (const part of this.#page.querySelectorAll('[data-more]')) part.remove();
    this.#draw();
    this.#tell = controlLog(this.#parts.tools, this.#parts.scroller, this.#pane).tell;
    window.addEventListener('hashchange', () => this.#toHash());
    this.#toHash();
    if (!isFinished(this.#run, Date.now() + this.#ahead)) this.#watch();
    // A page that came whole, of a run that is over, has everything.
    const isAll = isWhole(this.#run) && this.#log.from === 1 && this.#top > 0;
    if (!isAll) await this.#load();
    this.#isLoaded = true;
    this.#showWanted();
  }

  /** Lines that the page has come with, if they are the last ones and none between them was left out. */
  #linesOfPage() {
    if (this.#parts.scroller.dataset['end'] !== '1') return [];
    const items = [...this.#parts.scroller.querySelectorAll('li')].map(lineOfElement);
    return items.filter(({ level }) => level !== 'gap');
  }

  /** Those before them. Their number is known, so what is seen stays where it is. */
  async #load(): Promise<void> {
    const { logs = '' } = this.#page.dataset;
    const { signal } = new AbortController();
    const pauses = new Pauses();
    // Machines and steps are told by all lines, also by those that the page has come with.
    while (this.#log.loadedTo < this.#top) {
      const query = { after: `${this.#log.loadedTo}`, limit: `${AT_ONCE}` };
      let answer: DeployAnswer;
      try {
        answer = await askLogs(logs, query, signal);
      } catch (error) {
        if (!(await waitToTryAgain(this.#page, error, pauses, signal))) return;
        continue;
      }
      pauses.succeeded();
      sayConnection(this.#page, 'connected');
      const { lines } = answer;
      for (const line of lines) this.#progress.apply(line);
      const upTo = lines.length < AT_ONCE ? this.#top : (lines.at(-1)?.seq ?? this.#top);
      const rows = lines.map(receivedLogLine);
      this.#pane.change(() => this.#log.addEarlier(rows, Math.max(upTo, this.#log.loadedTo + 1)), 0);
      this.#tell();
      this.#showWanted();
    }
    this.#hasAllProgress = true;
    this.#draw();
  }

  #toHash(): void {
    this.#wanted = /^#L(\d+)$/.exec(location.hash)?.[1] ?? null;
    this.#showWanted();
  }

  #showWanted(): void {
    if (this.#wanted === null) return;
    const { model } = this.#pane;
    const at = model.placeOf(this.#wanted);
    const row = model.rows[at];
    const isThere = row?.line.number === this.#wanted && row.line.last === undefined;
    if (!isThere && !this.#isLoaded) return;
    if (at >= 0) this.#pane.reveal(at);
    this.#wanted = null;
  }

  #watch(): void {
    const { deploy: id = '', socket = '', logs = '', ticket = '' } = this.#page.dataset;
    const timer = setInterval(() => this.#draw(), DRAW_MS);
    watchDeploy({
      ...{ id, socket, logs, ticket, cursor: this.#run.cursor },
      onState: (run, now) => {
        // Who it is, and of what, comes with its first status: the server says it.
        const hasBegun = this.#run.status === null && run.status !== null;
        this.#run = run;
        this.#ahead = now - Date.now();
        this.#areTablesOld = true;
        if (hasBegun && this.#isAlone()) location.reload();
      },
      onLines: (lines) => {
        for (const line of lines) this.#waiting.push(line);
        this.#areTablesOld = true;
      },
      onEnd: () => {
        clearInterval(timer);
        this.#draw();
        if (this.#wasUnderWay) this.#ended();
      },
      onConnection: (connection) => {
        if (connection === 'connected') this.#lostAt = null;
        else this.#lostAt ??= this.#now;
        sayConnection(this.#page, connection);
      },
    });
  }

  /** Milliseconds since 1970, by the server's clock. It stands while nobody is heard: the run need not be silent. */
  get #now(): number {
    return this.#lostAt ?? Date.now() + this.#ahead;
  }

  #draw(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    for (const line of lines) this.#progress.apply(line);
    const standing = deployStanding(this.#run, this.#now);
    // What has not come while a run is under way is on its way.
    const end = standing === 'started' ? 0 : this.#run.sentLastSeq;
    const { length } = this.#pane.model.lines;
    this.#pane.change(() => {
      if (lines.length > 0) this.#log.add(lines.map(receivedLogLine));
      this.#log.expect(this.#run.lost, end);
    }, lines.length);
    if (this.#pane.model.lines.length !== length) this.#tell();
    if (this.#pane.model.lines.length > 0) this.#page.querySelector('[data-empty]')?.remove();
    this.#showState();
  }

  #showState(): void {
    const now = this.#now;
    const [tone, words] = DEPLOY_WORDS[deployStanding(this.#run, now)];
    const badge = this.#page.querySelector('[data-badge] .badge');
    if (badge && badge.textContent !== words) {
      badge.className = `badge ${tone}`;
      badge.textContent = words;
    }
    const sentence = this.#page.querySelector('[data-sentence]');
    const said = deploySentence(this.#run, now);
    if (sentence && sentence.textContent !== said) sentence.textContent = said;
    // Before all lines are here, the page knows more than its script.
    if (!this.#hasAllProgress || !this.#areTablesOld) return;
    this.#areTablesOld = false;
    const machines = this.#progress.machines(this.#run);
    fillMachines(this.#page.querySelector('[data-machines]'), machines, this.#progress.lines);
    const steps = this.#progress.steps(this.#run);
    fillSteps(this.#page.querySelector('[data-steps]'), steps, !isUnderWay(this.#run));
  }

  /** What went wrong, and all that the end has told, the server says. */
  #ended(): void {
    if (this.#isAlone()) location.reload();
    else this.#page.querySelector<HTMLElement>('[data-over]')?.removeAttribute('hidden');
  }

  /** Whether nobody reads, has selected, or is about to do something. */
  #isAlone(): boolean {
    const { tools, scroller } = this.#parts;
    const active = document.activeElement;
    const hasTouched = tools.contains(active) || scroller.contains(active) || location.hash.startsWith('#L');
    return document.getSelection()?.isCollapsed !== false && !hasTouched && window.scrollY < 200;
  }
}
