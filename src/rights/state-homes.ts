/** Where state stands that survives a boot, and where what does not, of a process that has root's rights in reserve. */
export interface StateHomes {
  readonly lasting: string;
  readonly running: string;
}
