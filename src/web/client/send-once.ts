/** A second click on a button that takes a moment sends nothing. Its fields stay as they are, since they are being sent. */
export function sendOnce(root: Document): void {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
    if (form.dataset['sent'] !== undefined) return event.preventDefault();
    form.dataset['sent'] = '';
    event.submitter?.setAttribute('aria-disabled', 'true');
  });
  // Back on a page that the browser has kept, the form can be sent again.
  window.addEventListener('pageshow', () => {
    for (const form of root.forms) delete form.dataset['sent'];
    for (const button of root.querySelectorAll('button[aria-disabled]'))
      button.removeAttribute('aria-disabled');
  });
}
