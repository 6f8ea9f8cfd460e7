/** `src/pages/client/visit.ts` and all that it imports, as one script for browsers (dev/client-plugin.mjs). */
declare module 'client:visit' {
  const script: string;
  export default script;
}
