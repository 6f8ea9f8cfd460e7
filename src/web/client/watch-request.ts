import type { RequestStatus } from '../request/request-status.ts';
import { timeLeftWords } from '../request/time-left.ts';
import type { ShownMachine } from '../run/shown-machines.ts';
import { askJson } from './ask-json.ts';
import { sayConnection, waitToTryAgain } from './connection-words.ts';
import { Pauses } from './pauses.ts';

interface Answer {
  readonly words: RequestStatus;
  readonly leftMs: number | null;
  readonly known: string;
}

const WAIT_SECONDS = 25;

/** The page of a request: shows how it stands for as long as it is open, and goes to the event once that is live. */
export function watchRequest(root: Document): void {
  const page = root.querySelector<HTMLElement>('[data-request]');
  if (page) new RequestWatch(page).go();
}

class RequestWatch {
  readonly #page: HTMLElement;
  readonly #kind: string;
  readonly #left: TimeLeft;
  #known: string;

  constructor(page: HTMLElement) {
    const { kind = '', known = '', leftMs = '' } = page.dataset;
    this.#page = page;
    this.#kind = kind;
    this.#known = known;
    this.#left = new TimeLeft(page.querySelector('[data-left]'));
    this.#left.set(leftMs === '' ? null : Number(leftMs));
  }

  async go(): Promise<void> {
    const { address = '', goes } = this.#page.dataset;
    const isFine = this.#page.querySelector('[data-problem]:not([hidden])') === null;
    // Where machines failed with it, that may be mended while somebody looks.
    if (this.#kind === 'live' && isFine) return goes === undefined ? undefined : this.#leave(address);
    const pauses = new Pauses();
    const { signal } = new AbortController();
    for (let isConnected = true; ; ) {
      try {
        // A page that was not connected asks at once how things are, before it waits for news.
        const wait = isConnected ? WAIT_SECONDS : 0;
        const query = new URLSearchParams({ wait: String(wait), known: this.#known });
        const answer = await askJson<Answer>(`${this.#page.dataset['request']}?${query}`, signal);
        pauses.succeeded();
        isConnected = true;
        sayConnection(this.#page, 'connected');
        if (answer.words.kind !== this.#kind) return this.#changed(answer.words);
        this.#show(answer);
      } catch (error) {
        isConnected = false;
        if (!(await waitToTryAgain(this.#page, error, pauses, signal))) return;
      }
    }
  }

  /** A page of another kind has other things to press: the server makes it. */
  #changed({ kind, address, problem }: RequestStatus): void {
    if (kind === 'live' && address !== null && problem === null) this.#leave(address);
    else this.#reload();
  }

  async #leave(address: string): Promise<void> {
    if (address === '') return;
    // A page that goes elsewhere before it is loaded has no place in the history, so nobody could come back to it.
    if (document.readyState !== 'complete') {
      await new Promise((resolve) => addEventListener('load', () => setTimeout(resolve), { once: true }));
    }
    for (const note of this.#page.querySelectorAll<HTMLElement>('[data-going]')) note.hidden = false;
    // Who comes back to this page later shall see it, and not be sent away again.
    history.replaceState(history.state, '', addressOfPage(false));
    location.assign(address);
  }

  /** It may be live by the time that the page is there again, and goes to the event all the same. */
  #reload(): void {
    if (this.#kind === 'moving') location.replace(addressOfPage(true));
    else location.reload();
  }

  #show({ words, leftMs, known }: Answer): void {
    this.#known = known;
    document.title = document.title.replace(/^.*(?= – )/, words.title);
    this.#say('[data-title]', words.title);
    this.#say('[data-detail]', words.detail);
    this.#left.set(leftMs);
    const bar = this.#page.querySelector('progress');
    if (bar && words.percent !== null) {
      bar.value = words.percent;
      this.#say('[data-percent]', `${words.percent}%`);
    }
    this.#showMachines(words.machines);
    // What failed before, and is tried again: the server says it whole.
    const problem = this.#page.querySelector<HTMLElement>('[data-problem]');
    if (problem && problem.hidden !== (words.problem === null)) this.#reload();
  }

  #showMachines(machines: readonly ShownMachine[]): void {
    const part = this.#page.querySelector<HTMLElement>('[data-machines]');
    if (!part) return;
    part.hidden = machines.length === 0;
    part.querySelector('ul')?.replaceChildren(...machines.map(itemOf));
  }

  #say(selector: string, text: string): void {
    const element = this.#page.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

/** Counts down by itself, since nothing comes from the server while nothing happens. */
class TimeLeft {
  readonly #element: Element | null;
  #until: number | null = null;

  constructor(element: Element | null) {
    this.#element = element;
    if (element) setInterval(() => this.#show(), 1000);
  }

  set(ms: number | null): void {
    this.#until = ms === null ? null : Date.now() + ms;
    this.#show();
  }

  #show(): void {
    const words = timeLeftWords(this.#until === null ? null : this.#until - Date.now());
    if (this.#element && this.#element.textContent !== words) this.#element.textContent = words;
  }
}

function itemOf({ name, region, tone, state, detail }: ShownMachine): HTMLElement {
  const machine = span('machine', name);
  if (region !== null) machine.append(' ', span('quiet', region));
  const item = document.createElement('li');
  item.append(machine, ' ', span(`badge ${tone}`, state));
  if (detail !== '') item.append(' ', span('quiet', detail));
  return item;
}

function span(name: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}

/** @param goes whether the page goes to the event even if that is live already */
function addressOfPage(goes: boolean): URL {
  const url = new URL(location.href);
  if (goes) url.searchParams.set('go', '1');
  else url.searchParams.delete('go');
  return url;
}
