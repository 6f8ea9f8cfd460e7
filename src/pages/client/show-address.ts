import { first } from './dom.ts';

/** Where the page is to be found, for paper: the style sheet shows it only there. */
export function showAddress(): void {
  const address = first<HTMLLinkElement>('[rel=canonical]')?.href;
  if (!address) return;
  const line = document.createElement('p');
  line.className = 'address';
  line.textContent = address;
  first('footer')?.append(line);
}
