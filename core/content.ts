import type { BlobKey, TurnId } from './ids.ts';

/** A button, the same on every platform. `argument` is an image number or a mode. */
export interface Action {
  readonly kind: 'retry' | 'cancel' | 'undo' | 'swap' | 'mode' | 'base' | 'details';
  readonly label: string;
  readonly turnId: TurnId;
  readonly argument?: string;
}

/** What a card says: the reading first, then where the turn is. Plain text, ready to be shown. */
export interface CardContent {
  readonly turnId: TurnId;
  readonly lines: readonly string[];
  readonly actions: readonly Action[];
  /** True once the turn ended: platforms collapse or stop editing such a card. */
  readonly ended: boolean;
  /** Those of the lines that stay when an ended card becomes one line: images that could not be used. */
  readonly notes?: readonly string[];
}

export interface ResultContent {
  readonly turnId: TurnId;
  readonly text: string;
  readonly image: {
    readonly number: number;
    readonly blob: BlobKey;
    readonly altText: string;
    readonly fileName: string;
  };
  readonly actions: readonly Action[];
}

/** A question, a failure or an answer. */
export interface NoticeContent {
  readonly turnId: TurnId;
  readonly text: string;
  readonly actions: readonly Action[];
}
