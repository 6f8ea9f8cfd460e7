import { type Clock, type LogLine, plainLine } from '../run/log-lines.ts';
import type { LogPane } from './log-pane.ts';

/**
 * Search, filters, folds, times, wrapping and copying, which without script the server does or nobody.
 *
 * @returns `tell`: says anew how often what is searched for is there, after lines came
 */
export function controlLog(
  tools: HTMLFormElement,
  scroller: HTMLElement,
  pane: LogPane,
): { readonly tell: () => void } {
  const { model } = pane;
  const find = <Kind extends HTMLElement>(selector: string): Kind | null =>
    tools.querySelector<Kind>(selector);
  for (const element of tools.querySelectorAll<HTMLElement>('[data-scripted]')) element.hidden = false;
  for (const element of tools.querySelectorAll<HTMLElement>('[data-plain]')) element.hidden = true;
  tools.addEventListener('submit', (event) => event.preventDefault());

  const query = find<HTMLInputElement>('[name=q]');
  const found = find('[data-found]');
  /** The line that was found last; null for none. */
  let current: LogLine | null = null;
  const placeOf = (line: LogLine): number => model.found.indexOf(line);
  const tell = (): void => {
    const { length } = model.found;
    const place = current === null ? 0 : placeOf(current) + 1;
    const words = model.text === '' ? '' : length === 0 ? 'Not found' : `${place} of ${length}`;
    if (found && found.textContent !== words) found.textContent = words;
  };
  const go = (by: number): void => {
    const { length } = model.found;
    if (length === 0) return;
    const place = current === null ? (by > 0 ? -1 : 0) : placeOf(current);
    current = model.found[(place + by + length) % length] ?? null;
    tell();
    if (current !== null) pane.reveal(model.placeOf(current.number));
  };
  const search = (): void => {
    model.search(query?.value ?? '');
    current = model.found[0] ?? null;
    if (current === null) pane.redraw();
    else pane.reveal(model.placeOf(current.number), true);
    tell();
  };
  query?.addEventListener('input', search);
  query?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
  find('[data-next]')?.addEventListener('click', () => go(1));
  find('[data-previous]')?.addEventListener('click', () => go(-1));

  const errors = find<HTMLInputElement>('[name=errors]');
  errors?.addEventListener('change', () => {
    model.showTroubleOnly(errors.checked);
    pane.redraw();
    current = null;
    tell();
  });
  const clock = find<HTMLSelectElement>('[name=clock]');
  clock?.addEventListener('change', () => pane.showTimes(clock.value as Clock));
  const wrap = find<HTMLInputElement>('[data-wrap]');
  wrap?.addEventListener('change', () => scroller.classList.toggle('wrapped', wrap.checked));
  foldAll(find<HTMLButtonElement>('[data-fold]'), pane);
  copyAll(find<HTMLButtonElement>('[data-copy]'), pane);

  // As the address has asked the server for it, and as a browser brings it back.
  model.showTroubleOnly(errors?.checked === true);
  if (clock && !location.search.includes('clock=')) clock.value = 'local';
  pane.redraw((clock?.value ?? 'local') as Clock);
  if (query && query.value !== '') search();
  return { tell };
}

function foldAll(button: HTMLButtonElement | null, pane: LogPane): void {
  button?.addEventListener('click', () => {
    const { speakers } = pane.model;
    const isFolded = [...speakers].every((machine) => pane.model.isFolded(machine));
    pane.model.fold(speakers, !isFolded);
    pane.redraw();
    button.textContent = isFolded ? 'Fold the machines' : 'Unfold the machines';
  });
}

/** The whole log, not what is shown of it. */
function copyAll(button: HTMLButtonElement | null, pane: LogPane): void {
  button?.addEventListener('click', async () => {
    const text = pane.model.lines.map((line) => `${plainLine(line)}\n`).join('');
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    button.textContent = isCopied ? 'Copied' : 'Not allowed: download it';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 3000);
  });
}
