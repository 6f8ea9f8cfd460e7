/** A link that is to be copied is selected as a whole as soon as somebody goes to it. */
export function selectWhole(root: Document): void {
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-select]'))
    field.addEventListener('focus', () => field.select());
}
