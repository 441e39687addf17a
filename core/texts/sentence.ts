/** A sentence with `{placeholders}`, or its forms by number: `plural` for amounts, `ordinal` for places in a line. */
export type Sentence =
  | string
  | {
      readonly by: string;
      readonly type: 'cardinal' | 'ordinal';
      readonly forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
        readonly other: string;
      };
    };
