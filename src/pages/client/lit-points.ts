import { all } from './dom.ts';

/** While a link has the pointer or the focus, the others that lead to the same page are marked: a point, a line of a list. */
export function lightPoints(): void {
  const links = all('main a[href]');
  const light = ({ target }: Event) => {
    const under = (target as Element).closest?.('main a[href]');
    for (const link of links) {
      const isSame = link.getAttribute('href') === under?.getAttribute('href');
      link.classList.toggle('lit', isSame && link !== under);
    }
  };
  addEventListener('mouseover', light);
  addEventListener('focusin', light);
}
