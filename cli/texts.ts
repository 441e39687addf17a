import { createTexts } from '../core/texts/catalogue.ts';
import { en } from '../core/texts/en.ts';

export const texts = createTexts(en, 'en');
