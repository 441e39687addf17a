import { render } from 'preact';
import { config } from 'zod/mini';
import { App } from './parts/app.tsx';
import { chooseTexts, TextsContext } from './texts/texts.ts';

// Compiled checks need `eval`, which the page's content security policy forbids.
config({ jitless: true });

const texts = chooseTexts(navigator.languages);
document.documentElement.lang = texts.language;

const root = document.getElementById('app');
if (root !== null) {
  render(
    <TextsContext.Provider value={texts}>
      <App />
    </TextsContext.Provider>,
    root,
  );
}
