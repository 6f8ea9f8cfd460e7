/** Puts the focus on what is wrong with a form, so that a screen reader says it first. */
export function focusProblems(root: ParentNode): void {
  root.querySelector<HTMLElement>('[data-focus]')?.focus();
}
