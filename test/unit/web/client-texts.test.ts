import { describe, expect, it } from 'vitest';
import { chooseTexts } from '../../../bots/web/client/src/texts/texts.ts';

describe("the page's texts", () => {
  it('fall back to English for a language that is not there', () => {
    expect(chooseTexts(['xx-YY', 'en-GB']).language).toBe('en');
    expect(chooseTexts([]).language).toBe('en');
  });

  it('fill placeholders', () => {
    expect(chooseTexts(['en']).say('card.edit.with', { base: 1, references: 'image 2' })).toBe(
      'Editing image 1 using image 2',
    );
  });

  it.each([
    [1, 'Queued · 1st in line'],
    [2, 'Queued · 2nd in line'],
    [3, 'Queued · 3rd in line'],
    [11, 'Queued · 11th in line'],
  ])('say place %i', (position, sentence) => {
    expect(chooseTexts(['en']).sayPlace(position)).toBe(sentence);
  });
});
