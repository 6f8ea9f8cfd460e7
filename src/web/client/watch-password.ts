import type { PasswordNews } from '../password/password-news.ts';
import { askJson } from './ask-json.ts';
import { sayConnection, waitToTryAgain } from './connection-words.ts';
import { Pauses } from './pauses.ts';

/** Shows how the machines take a new password, on the page that says so, until all have it. */
export async function watchPassword(root: Document): Promise<void> {
  const card = root.querySelector<HTMLElement>('[data-password-change]');
  const address = card?.dataset['passwordChange'];
  if (!card || !address) return;
  const pauses = new Pauses();
  const { signal } = new AbortController();
  let isConnected = true;
  for (let known = card.dataset['known'] ?? ''; ; ) {
    try {
      const query = new URLSearchParams({ wait: isConnected ? '25' : '0', known });
      const news = await askJson<PasswordNews>(`${address}&${query}`, signal);
      sayConnection(card, 'connected');
      pauses.succeeded();
      isConnected = true;
      show(card, news);
      if (news.isOver) return;
      known = news.known;
    } catch (error) {
      isConnected = false;
      if (!(await waitToTryAgain(card, error, pauses, signal))) return;
    }
  }
}

function show(card: HTMLElement, { tone, title, detail, percent }: PasswordNews): void {
  const heading = card.querySelector('[data-title]');
  if (heading && heading.textContent !== title) heading.textContent = title;
  if (heading) heading.className = `badge ${tone}`;
  const words = card.querySelector('[data-detail]');
  if (words && words.textContent !== detail) words.textContent = detail;
  const bar = card.querySelector('progress');
  if (!bar) return;
  if (percent === null) bar.closest('.progress')?.remove();
  else bar.value = percent;
  const number = card.querySelector('[data-percent]');
  if (number && percent !== null) number.textContent = `${percent}%`;
}
