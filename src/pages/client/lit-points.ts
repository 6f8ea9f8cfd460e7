import { all, first } from './dom.ts';

/** While a link has the pointer or else the focus, others that lead to the same page are marked: a point, a line of a list. */
export function lightPoints(): void {
  const light = () => {
    const used = first('main a:hover') ?? document.activeElement;
    for (const link of all('.lit')) link.classList.remove('lit');
    // No address has a quotation mark in it.
    for (const link of all(`main a[href="${used?.getAttribute('href')}"]`)) {
      link.classList.toggle('lit', link !== used);
    }
  };
  addEventListener('mouseover', light);
  addEventListener('focusin', light);
}
