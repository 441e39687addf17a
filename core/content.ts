import type { BlobKey, TurnId } from './ids.ts';

/** A button, the same on every platform. `argument` is an image number or a mode. */
export interface Action {
  readonly kind: 'retry' | 'cancel' | 'undo' | 'swap' | 'mode' | 'base' | 'details';
  readonly label: string;
  readonly turnId: TurnId;
  readonly argument?: string;
}

export interface ChoiceOption {
  /** An image number or an engine's id. */
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly isChosen: boolean;
}

/** A menu, the same on every platform: choosing corrects the request, which is then rendered again. */
export interface Choice {
  readonly kind: 'base' | 'references' | 'engine';
  readonly label: string;
  readonly turnId: TurnId;
  /** 1 to 25. */
  readonly options: readonly ChoiceOption[];
  readonly atLeast: 0 | 1;
  /** More than 1 only for references. */
  readonly atMost: number;
}

/** What a card says: the reading first, then where the turn is. Plain text, ready to be shown. */
export interface CardContent {
  readonly turnId: TurnId;
  readonly lines: readonly string[];
  readonly actions: readonly Action[];
  /** Absent: there is nothing to choose. */
  readonly choices?: readonly Choice[];
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
