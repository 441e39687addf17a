import { describeChatFlow } from '../../support/web/chat-flow.ts';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { startWebEasel } from '../../support/web/web-easel.ts';

describeChatFlow('the chat in a browser, with a painting engine', {
  pictureTimeoutMs: 10_000,
  async start() {
    let gate = createGate();
    gate.open();
    const easel = await startWebEasel({ engine: createPaintingEngine({ beforeStep: () => gate.pass() }) });
    return {
      url: easel.url,
      pictures: [
        await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' }),
        await drawPicture({ shape: 'dress', color: '#3d6fb4', background: '#e9eef4', pattern: 'stripes' }),
      ],
      text: 'Give the bag in image 1 the pattern of the dress in image 2',
      hold() {
        gate = createGate();
      },
      release: () => gate.open(),
      stop: easel.stop,
    };
  },
});
