import { all } from './dom.ts';

/** While a link has the pointer or else the focus, others that lead to the same page are marked: a point, a line of a list. */
export function lightPoints(): void {
  const links = all('main a[href]');
  const light = () => {
    const used = links.find((link) => link.matches(':hover')) ?? document.activeElement;
    for (const link of links) {
      const isSame = link.getAttribute('href') === used?.getAttribute('href');
      link.classList.toggle('lit', isSame && link !== used);
    }
  };
  addEventListener('mouseover', light);
  addEventListener('focusin', light);
}
