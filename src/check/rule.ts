/** One way in which a file is not fit to be installed. */
export interface Violation {
  /** Name of the rule, such as `auth-enabled`. */
  readonly rule: string;
  /** Path of the file. */
  readonly file: string;
  readonly message: string;
}

/** All violations for a message, such as `/rails/config/navigator.yml: patterns: ...`, with semicolons between. */
export function describeViolations(violations: readonly Violation[]): string {
  return violations.map(({ file, rule, message }) => `${file}: ${rule}: ${message}`).join('; ');
}

/** A statement that must hold; `check` yields a message for each way in which it does not. */
export interface Rule<Subject> {
  readonly name: string;
  readonly check: (subject: Subject) => Iterable<string>;
}

/** A rule that is broken everywhere says so this often, then how often more. */
const MOST_MESSAGES = 10;

/** Applies every rule, whatever the others found. */
export function applyRules<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
  file: string,
): Violation[] {
  return rules.flatMap(({ name, check }) => {
    const messages: string[] = [];
    let more = 0;
    for (const message of check(subject)) {
      if (messages.length < MOST_MESSAGES) messages.push(message);
      else more += 1;
    }
    if (more > 0) messages.push(`and ${more} more of this kind`);
    return messages.map((message) => ({ rule: name, file, message }));
  });
}
