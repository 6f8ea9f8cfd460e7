interface Module {
  readonly name: string;
  readonly text: string;
}
type Parts = readonly (readonly Module[])[];

export const PLACE: string;
export function idOf(facts: readonly string[], executables: readonly Parts[]): string;
export function withId(parts: Parts, id: string): Module[][];
