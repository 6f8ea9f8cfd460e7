import { RUN_WORDS } from '../layout/state-words.ts';
import type { PollAnswer } from '../run/live-frames.ts';
import { gapBefore, type LogLine, linesOf, linesOfMachines } from '../run/log-lines.ts';
import { runSentence } from '../run/run-summary.ts';
import { progressOf, shownMachines } from '../run/shown-machines.ts';
import { StepList } from '../run/shown-steps.ts';
import { askJson } from './ask-json.ts';
import { sayConnection, waitToTryAgain } from './connection-words.ts';
import { fillMachines, fillSteps } from './live-tables.ts';
import { controlLog } from './log-controls.ts';
import { LogPane } from './log-pane.ts';
import { lineOfElement } from './log-row.ts';
import { Pauses } from './pauses.ts';
import { type Run, watchRun } from './watch-run.ts';

type RunEvent = PollAnswer['events'][number]['event'];

/** Milliseconds between two looks at what has come. */
const DRAW_MS = 100;

/** The page of a run: its log with all that can be done with it, and while it is under way, live. */
export function showRun(root: Document): void {
  const page = root.querySelector<HTMLElement>('[data-run]');
  const scroller = page?.querySelector<HTMLElement>('[data-log]');
  const news = page?.querySelector<HTMLElement>('[data-new]');
  const tools = page?.querySelector<HTMLFormElement>('[data-tools]');
  if (page && scroller && news && tools) void new RunView(page, { scroller, news, tools }).go();
}

class RunView {
  readonly #page: HTMLElement;
  readonly #pane: LogPane;
  readonly #parts: { readonly scroller: HTMLElement; readonly tools: HTMLFormElement };
  readonly #progress = progressOf([]);
  readonly #steps = new StepList();
  readonly #isLive: boolean;
  #beganAt: string | null;
  #last = 0;
  #waiting: LogLine[] = [];
  /** Number of the line that says what became of a machine, by its name. */
  readonly #lines = new Map<string, string>();
  #run: Run | null = null;
  #tell = (): void => {};

  constructor(
    page: HTMLElement,
    parts: { scroller: HTMLElement; news: HTMLElement; tools: HTMLFormElement },
  ) {
    const { began, state = '' } = page.dataset;
    this.#page = page;
    this.#parts = parts;
    this.#beganAt = began || null;
    this.#isLive = state === 'waiting' || state === 'running';
    this.#pane = new LogPane(parts.scroller, parts.news, {
      beganAt: () => this.#beganAt,
      isLive: this.#isLive,
    });
  }

  async go(): Promise<void> {
    const { after = '0' } = this.#page.dataset;
    // A page that came whole is read; of others, and of runs under way, all events are asked for.
    const isWhole = this.#parts.scroller.dataset['whole'] === '1' && !this.#isLive;
    for (const part of this.#page.querySelectorAll('[data-more]')) part.remove();
    if (isWhole) this.#pane.model.add([...this.#parts.scroller.querySelectorAll('li')].map(lineOfElement));
    else await this.#askAll(Number(after));
    this.#draw();
    this.#tell = controlLog(this.#parts.tools, this.#parts.scroller, this.#pane).tell;
    window.addEventListener('hashchange', () => this.#toHash());
    this.#toHash();
    if (this.#isLive) this.#watch();
  }

  #toHash(): void {
    const number = /^#L([\d.]+)$/.exec(location.hash)?.[1];
    if (number !== undefined) this.#pane.reveal(this.#pane.model.placeOf(number));
  }

  async #askAll(upTo: number): Promise<void> {
    const { signal } = new AbortController();
    const pauses = new Pauses();
    for (let last = -1; this.#last < upTo && this.#last > last; ) {
      try {
        const answer = await askJson<PollAnswer>(`${this.#page.dataset['poll']}?after=${this.#last}`, signal);
        pauses.succeeded();
        sayConnection(this.#page, 'connected');
        last = this.#last;
        for (const { seq, event } of answer.events) this.#take(event, seq);
      } catch (error) {
        if (!(await waitToTryAgain(this.#page, error, pauses, signal))) return;
      }
    }
  }

  #watch(): void {
    const { run: id = '', socket = '', poll = '', ticket = '' } = this.#page.dataset;
    const timer = setInterval(() => this.#draw(), DRAW_MS);
    watchRun({
      ...{ id, socket, poll, ticket, after: this.#last },
      onState: (run) => {
        this.#run = run;
        this.#beganAt = run.beganAt;
      },
      onEvent: (event, seq) => this.#take(event, seq),
      onEnd: () => {
        clearInterval(timer);
        this.#draw();
        this.#ended();
      },
      onConnection: (connection) => sayConnection(this.#page, connection),
    });
  }

  #take(event: RunEvent, seq: number): void {
    const gap = gapBefore({ seq, at: event.at }, this.#last);
    const lines = linesOf(event, seq);
    for (const [machine, number] of linesOfMachines(lines)) this.#lines.set(machine, number);
    this.#waiting.push(...(gap ? [gap] : []), ...lines);
    this.#last = seq;
    this.#progress.apply(event);
    this.#steps.apply(event);
  }

  #draw(): void {
    if (this.#waiting.length > 0) {
      this.#pane.add(this.#waiting);
      this.#tell();
    }
    this.#waiting = [];
    if (this.#pane.model.lines.length > 0) this.#page.querySelector('[data-empty]')?.remove();
    if (this.#run) this.#showState(this.#run);
  }

  #showState(run: Run): void {
    const machines = shownMachines(this.#progress, run.report);
    const [tone, words] = RUN_WORDS[run.state];
    const badge = this.#page.querySelector('[data-badge] .badge');
    if (badge) {
      badge.className = `badge ${tone}`;
      badge.textContent = words;
    }
    say(this.#page.querySelector('[data-sentence]'), runSentence(run, machines, Date.now()));
    fillMachines(this.#page.querySelector('[data-machines]'), machines, this.#lines);
    const isOver = run.state !== 'waiting' && run.state !== 'running';
    fillSteps(this.#page.querySelector('[data-steps]'), this.#steps.all, isOver);
  }

  /** What can be done now, and what went wrong, the server says: at once, unless somebody is reading or has selected. */
  #ended(): void {
    const isAlone = document.getSelection()?.isCollapsed !== false;
    const hasTouched = this.#parts.tools.contains(document.activeElement) || location.hash.startsWith('#L');
    if (isAlone && !hasTouched && window.scrollY < 200) location.reload();
    else this.#page.querySelector<HTMLElement>('[data-over]')?.removeAttribute('hidden');
  }
}

function say(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
