import { first } from './dom.ts';
import type { Listed } from './listed.ts';

/** Where several events have the same name, programs that read pages aloud are told whose each is, or when. */
export function tellApart(listed: readonly Listed[]): void {
  const links = listed.flatMap(({ li }) => first(':scope>a', li) ?? []);
  const once = new Set<string | null>();
  const twice = new Set<string | null>();
  for (const { textContent } of links) (once.has(textContent) ? twice : once).add(textContent);
  for (const link of links) {
    const { textContent, parentElement } = link;
    const told = parentElement && (first('.who', parentElement) ?? first('time', parentElement));
    if (told && twice.has(textContent)) link.ariaLabel = `${textContent}, ${told.textContent}`;
  }
}
