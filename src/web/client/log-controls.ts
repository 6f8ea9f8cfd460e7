import { type Clock, plainLine } from '../run/log-lines.ts';
import type { LogPane } from './log-pane.ts';

/** Search, filters, folds, times, wrapping and copying, which without script the server does or nobody. */
export function controlLog(tools: HTMLFormElement, scroller: HTMLElement, pane: LogPane): void {
  const { model } = pane;
  const find = <Kind extends HTMLElement>(selector: string): Kind | null =>
    tools.querySelector<Kind>(selector);
  for (const element of tools.querySelectorAll<HTMLElement>('[data-scripted]')) element.hidden = false;
  for (const element of tools.querySelectorAll<HTMLElement>('[data-plain]')) element.hidden = true;
  tools.addEventListener('submit', (event) => event.preventDefault());

  const query = find<HTMLInputElement>('[name=q]');
  const found = find('[data-found]');
  let current = -1;
  const tell = (): void => {
    const { length } = model.found;
    if (found)
      found.textContent = model.text === '' ? '' : length === 0 ? 'Not found' : `${current + 1} of ${length}`;
  };
  const go = (by: number): void => {
    const { length } = model.found;
    if (length === 0) return;
    current = (current + by + length) % length;
    tell();
    pane.reveal(model.found[current] ?? 0);
  };
  const search = (): void => {
    current = -1;
    model.search(query?.value ?? '');
    const [first] = model.found;
    if (first === undefined) pane.redraw();
    else pane.reveal(first, true);
    current = first === undefined ? -1 : 0;
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
    current = -1;
    tell();
  });
  const clock = find<HTMLSelectElement>('[name=clock]');
  clock?.addEventListener('change', () => pane.redraw(clock.value as Clock));
  const wrap = find<HTMLInputElement>('[data-wrap]');
  wrap?.addEventListener('change', () => scroller.classList.toggle('wrapped', wrap.checked));
  foldAll(find<HTMLButtonElement>('[data-fold]'), pane);
  copyAll(find<HTMLButtonElement>('[data-copy]'), pane);

  // As the address has asked the server for it, and as a browser brings it back.
  model.showTroubleOnly(errors?.checked === true);
  if (clock && !location.search.includes('clock=')) clock.value = 'local';
  pane.redraw((clock?.value ?? 'local') as Clock);
  if (query && query.value !== '') search();
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
