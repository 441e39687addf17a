import { fillLines } from '../../core/interpreters/prompt-template.ts';
import { askChoice, type Choice, type LabelledPicture } from './ask-choice.ts';
import { type CriteriaTemplate, readCriteriaTemplate } from './judge-template.ts';
import type { JudgingModel } from './open-judging-model.ts';

/** The paper's three questions; yes is good. */
export const CRITERIA = ['instruction', 'kept', 'undamaged'] as const;
export type Criterion = (typeof CRITERIA)[number];

/** What a model says of a result. */
export type VlmVerdict = Readonly<Record<Criterion, Choice<'yes' | 'no'>>> & {
  /** All three are yes; null where a question was not answered and no other one was denied. */
  readonly passed: boolean | null;
};

/** Something that was asked for and made; pictures are encoded. */
export interface Result {
  readonly mode: 'edit' | 'generate';
  /** The words of the person. */
  readonly text: string;
  /** In the order of their numbers. */
  readonly inputs: readonly Uint8Array[];
  readonly output: Uint8Array;
}

export interface VlmJudge {
  /** `provider:model`. */
  readonly name: string;
  judge(result: Result): Promise<VlmVerdict>;
}

/** Asks each question apart, so that one answer does not colour the next. */
export function createVlmJudge(judging: JudgingModel, template: CriteriaTemplate = readCriteriaTemplate()): VlmJudge {
  const ask = (criterion: Criterion, { mode, text, inputs, output }: Result) =>
    askChoice(judging, {
      system: template.system,
      pictures: [
        ...labelled(inputs, template.inputLabel),
        { label: fillLines(template.outputLabel, {}), bytes: output },
      ],
      text: [requestLine(template.request, text), ...template.questions[mode][criterion]].join('\n'),
      words: ['yes', 'no'],
      repair: template.repair,
    });
  return {
    name: judging.model.name,
    async judge(result) {
      const [instruction, kept, undamaged] = [
        await ask('instruction', result),
        await ask('kept', result),
        await ask('undamaged', result),
      ];
      return { instruction, kept, undamaged, passed: passedBy([instruction, kept, undamaged]) };
    },
  };
}

/** The given pictures, by their numbers. */
export function labelled(inputs: readonly Uint8Array[], label: readonly string[]): readonly LabelledPicture[] {
  return inputs.map((bytes, index) => ({ label: fillLines(label, { k: index + 1 }), bytes }));
}

/** A JSON string cannot be ended by what stands in it. */
export function requestLine(lines: readonly string[], text: string): string {
  return fillLines(lines, { request: JSON.stringify(text) });
}

/** Yes or no; null where there was no answer. */
export function answerOf(choice: Choice<'yes' | 'no'>): boolean | null {
  return choice.kind === 'answered' ? choice.answer === 'yes' : null;
}

function passedBy(choices: readonly Choice<'yes' | 'no'>[]): boolean | null {
  const answers = choices.map(answerOf);
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}
