import { describe, expect, it } from 'vitest';
import { readEngineWords } from '../../../core/engine-words.ts';

const settings = {
  engine: { id: 'local', maxImages: 5 },
  engines: {
    others: ['openai-images', 'gemini', 'sd-cpp', 'klein-4b', 'klein-9b'].map((id) => ({ id, maxImages: 4 })),
  },
};
const read = (text: string) => readEngineWords(text, settings);

describe('readEngineWords', () => {
  it.each([
    ['make it red with gemini', 'gemini', 'make it red'],
    ['Make it red, using Gemini.', 'gemini', 'Make it red'],
    ['draw a cat via the gemini model please', 'gemini', 'draw a cat'],
    ['draw a cat. Use the local engine!', 'local', 'draw a cat.'],
    ['draw a cat (with openai-images)', 'openai-images', 'draw a cat'],
    ['draw a cat with openai images', 'openai-images', 'draw a cat'],
    ['draw a cat with openai instead', 'openai-images', 'draw a cat'],
    ['draw a cat\nwith klein-9b', 'klein-9b', 'draw a cat'],
    ['again with gemini', 'gemini', 'again'],
    ['image 2, with gemini', 'gemini', 'image 2'],
    ['zeichne eine Katze mit Gemini', 'gemini', 'zeichne eine Katze'],
    ['mach es rot, mit dem Modell gemini bitte', 'gemini', 'mach es rot'],
    ['dessine un chat avec gemini', 'gemini', 'dessine un chat'],
    ["dessine un chat avec le modèle gemini, s'il te plaît", 'gemini', 'dessine un chat'],
    ['dibuja un gato con gemini.', 'gemini', 'dibuja un gato'],
    ['dibuja un gato usando el modelo openai, por favor', 'openai-images', 'dibuja un gato'],
    ['desenhe um gato com gemini', 'gemini', 'desenhe um gato'],
    ['画一只猫，用gemini。', 'gemini', '画一只猫'],
    ['用gemini画一只猫', 'gemini', '画一只猫'],
    ['使用 openai 模型，画一只猫', 'openai-images', '画一只猫'],
    ['geminiで猫を描いて', 'gemini', '猫を描いて'],
    ['猫を描いて、geminiを使って', 'gemini', '猫を描いて'],
    ['gemini로 고양이를 그려줘', 'gemini', '고양이를 그려줘'],
    ['고양이를 그려줘, gemini를 사용해서', 'gemini', '고양이를 그려줘'],
  ])('takes the choice off "%s"', (text, engine, rest) => {
    expect(read(text)).toEqual({ engine, text: rest, isAll: false });
  });

  it.each([
    'with gemini',
    'make it with gemini',
    'Now try that again using gemini',
    'the same with gemini',
    'use gemini',
    'mit gemini',
    'avec gemini',
    '用gemini',
    'geminiで',
  ])('reads "%s" as the last request once more', (text) => {
    expect(read(text)).toMatchObject({ engine: 'gemini', isAll: true });
  });

  it.each([
    'make it red with flux',
    'draw a gemini',
    'draw twins like gemini',
    'make it with gemini stars around it',
    'without gemini',
    'draw a cat with sd',
    'draw a cat with klein',
    'zeichne Zwillinge wie gemini',
    'zeichne eine Katze ohne gemini',
    'dessine un chat avec gemini et castor',
    'con gemini dibujado arriba',
    '画一只猫，不用gemini',
    '画一个gemini',
    'gemini 로봇을 그려줘',
    'with',
    '',
  ])('leaves "%s" as it is', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('does not take long on a long text of nearly the right words', () => {
    const started = performance.now();
    for (const nearly of ['with the ', '用 ', 'gemini', 'gemini ', 'mit dem modell ', ' ']) {
      expect(read(nearly.repeat(440))).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
