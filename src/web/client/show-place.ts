import { askJson } from './ask-json.ts';

/** Milliseconds without a key. */
const PAUSE_MS = 250;

/** Shows on the map what is typed as latitude and longitude. A map that cannot be had is left as it was. */
export function showPlaces(root: Document): void {
  for (const shown of root.querySelectorAll<HTMLElement>('[data-place]')) {
    const form = shown.closest('form');
    const address = shown.dataset['place'];
    if (!form || address === undefined) continue;
    let timer = 0;
    let asked = new AbortController();
    const ask = async (): Promise<void> => {
      asked.abort();
      asked = new AbortController();
      const url = new URL(address, location.href);
      for (const name of FIELDS) url.searchParams.set(name, typedIn(form, name));
      try {
        const { html } = await askJson<{ html: string }>(url.href, asked.signal);
        const made = new DOMParser().parseFromString(html, 'text/html');
        shown.replaceChildren(...made.body.childNodes);
      } catch {
        // Typed on, or not connected: the form itself works.
      }
    };
    form.addEventListener('input', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || !FIELDS.includes(target.name)) return;
      clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE_MS);
    });
  }
}

const FIELDS = ['latitude', 'longitude'];

function typedIn(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field.value : '';
}
