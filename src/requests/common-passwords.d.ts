/** One file of the package, which has no types of its own: the list, and nothing else that would have to be bundled. */
declare module '@zxcvbn-ts/language-common/dist/passwords.json.mjs' {
  /** The most common first; lower case. */
  const passwords: readonly string[];
  export default passwords;
}
