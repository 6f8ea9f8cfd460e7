/** `34 s`, `4 min`, `3 h`, `2 days`: whole, for what goes on. */
export function wholeWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** `3 min ago` */
export function agoWords(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < 1000 ? 'just now' : `${wholeWords(ms)} ago`;
}
