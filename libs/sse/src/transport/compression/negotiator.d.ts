/** What is used of the package `negotiator`, whose published types are of a version that knew no preference among equals. */
declare module 'negotiator' {
  export default class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, string | undefined>> });
    /** Those of the available encodings that the client takes, its favourite first; among equals by our preference. */
    encodings(available: readonly string[], preferred: readonly string[]): string[];
  }
}
