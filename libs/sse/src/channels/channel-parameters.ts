/** The values of a pattern's parameters, by name. */
export type ChannelParameters = Readonly<Record<string, string | number>>;

/** What a family of channels is called with: nothing, where its pattern has no parameter. */
export type ParametersOf<P extends string> = string extends P
  ? [parameters?: ChannelParameters]
  : [ParameterName<P>] extends [never]
    ? [parameters?: Readonly<Record<string, never>>]
    : [parameters: { readonly [Name in ParameterName<P>]: string | number }];

/** The names in a pattern: what `/:([A-Za-z_]\w*)/g` finds. */
type ParameterName<P extends string> = P extends `${string}:${infer Rest}`
  ? Exclude<WordAtStart<Rest>, '' | `${Digit}${string}`> | ParameterName<Rest>
  : never;

type WordAtStart<S extends string, Word extends string = ''> = S extends `${infer First}${infer Rest}`
  ? First extends Letter | Uppercase<Letter> | Digit | '_'
    ? WordAtStart<Rest, `${Word}${First}`>
    : Word
  : Word;

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
// prettier-ignore
type Letter =
  | 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm'
  | 'n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z';
