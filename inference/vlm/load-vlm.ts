import { buildQwenDecoder } from '../models/qwen-vl-decoder.ts';
import { buildQwenVision } from '../models/qwen-vl-vision.ts';
import type { DeviceName } from '../runtime/device.ts';
import { openDevice, openSession, type Session } from '../runtime/session.ts';
import { type ChatTokenizer, openChatTokenizer } from './chat-tokenizer.ts';
import type { VlmFolder } from './open-vlm-folder.ts';

/** The parts of a vision language model, opened and ready; no call changes them. */
export interface LoadedVlm extends VlmFolder {
  readonly tokenizer: ChatTokenizer;
  readonly vision: Session;
  readonly decoder: Session;
  dispose(): Promise<void>;
}

interface LoadVlmOptions {
  readonly device?: DeviceName | undefined;
  readonly threads?: number | undefined;
}

/** Build and open both networks of a folder. On the CPU they compute in float32 and hold their weights so.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID, naming the file and what was expected of it. */
export async function loadVlm(folder: VlmFolder, { device = 'cpu', threads }: LoadVlmOptions = {}): Promise<LoadedVlm> {
  const opened = openDevice(device);
  const options = { modelFolder: folder.folder, computeType: opened.computeType };
  const tokenizer = openChatTokenizer(folder.folder);
  const vision = await openSession(buildQwenVision(options), { device: opened, threads });
  try {
    const decoder = await openSession(buildQwenDecoder(options), { device: opened, threads });
    return {
      ...folder,
      tokenizer,
      vision,
      decoder,
      async dispose() {
        await Promise.all([vision.dispose(), decoder.dispose()]);
      },
    };
  } catch (error) {
    await vision.dispose();
    throw error;
  }
}
