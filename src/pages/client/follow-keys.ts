import { first } from './dom.ts';

const RELATIONS: Readonly<Record<string, string>> = { ArrowLeft: 'prev', ArrowRight: 'next', ArrowUp: 'up' };

/** Arrow keys lead to the page before, after and above; `/` to the search. */
export function followKeys(): void {
  addEventListener('keydown', (event) => {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || (target as Element).closest?.('input,select,textarea')) return;
    const search = first('#find');
    if (key === '/' && search) {
      event.preventDefault();
      search.focus();
    }
    const rel = RELATIONS[key];
    // Where the page can still scroll up, that is what the key is for.
    if (!rel || shiftKey || (rel === 'up' && scrollY > 0)) return;
    const link = first<HTMLAnchorElement>(`[rel~=${rel}][href]`);
    if (link) location.href = link.href;
  });
}
