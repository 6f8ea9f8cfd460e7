/**
 * The directories for state that survives a boot, and for state that does not, of a process with root's rights in
 * reserve.
 */
export interface StateHomes {
  readonly lasting: string;
  readonly running: string;
}
