import { ask } from './ask-json.ts';
import { showLocalTimes } from './local-times.ts';
import { Pauses } from './pauses.ts';

/** Milliseconds between two looks, where a part does not say how many seconds. */
const EVERY_MS = 1000;
/** Looks that failed one after another, after which the page stays as it is. */
const MOST_FAILED = 20;

/** Loads parts of the page again for as long as what they show is being found out. */
export async function refreshParts(root: Document): Promise<void> {
  const pauses = new Pauses();
  const { signal } = new AbortController();
  for (let failed = 0; failed < MOST_FAILED; ) {
    const refreshing = root.querySelector<HTMLElement>('[data-refreshing]');
    if (refreshing === null) return;
    await pauses.wait(1000 * Number(refreshing.dataset['refreshing']) || EVERY_MS, signal);
    // What nobody sees is loaded when somebody does.
    if (root.visibilityState === 'hidden') continue;
    const made = await load(signal);
    if (made === null) {
      // A page that has no network at all is not given up.
      if (navigator.onLine) failed += 1;
      continue;
    }
    failed = 0;
    pauses.succeeded();
    for (const part of root.querySelectorAll('[data-refresh-part]'))
      replace(part, made.getElementById(part.id));
  }
}

async function load(signal: AbortSignal): Promise<Document | null> {
  try {
    return await ask({ url: location.href, accept: 'text/html', signal }, async (answer) =>
      answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null,
    );
  } catch {
    return null;
  }
}

/** Parts as they came, before anything was changed in them. */
const parsed = new WeakMap<Element, Node>();

/** The focus stays where it was: on the button of the same place. What somebody has opened stays open. */
function replace(old: Element, made: Element | null): void {
  if (made === null || hasSelection(old) || made.isEqualNode(parsed.get(old) ?? null)) return;
  const asMade = made.cloneNode(true);
  const focused = indexIn(old, document.activeElement);
  const open = [...old.querySelectorAll('details')].map((details) => details.open);
  old.replaceWith(made);
  showLocalTimes(made);
  parsed.set(made, asMade);
  for (const [at, details] of made.querySelectorAll('details').entries())
    details.open = open[at] ?? details.open;
  if (focused >= 0) made.querySelectorAll<HTMLElement>(FOCUSABLE)[focused]?.focus();
}

function hasSelection(part: Element): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode);
}

const FOCUSABLE = 'a[href], button, summary, input';

function indexIn(part: Element, element: Element | null): number {
  return element === null ? -1 : [...part.querySelectorAll(FOCUSABLE)].indexOf(element);
}
