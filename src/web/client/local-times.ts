const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Shows moments in the reader's own zone; their titles keep UTC. Call it again for what came later. */
export function showLocalTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll('time')) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    // How long ago it was is said by the server's clock.
    if (element.dataset['ago'] !== undefined) element.title = `${FORMAT.format(at)} (${element.title})`;
    else element.textContent = FORMAT.format(at);
  }
}
