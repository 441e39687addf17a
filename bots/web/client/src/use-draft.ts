import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ImageView, Mode } from '../../protocol.ts';
import { type Attachment, addFiles, addKnown, type Rejection, releaseAttachments } from './attachments.ts';
import { storeDraft, storedDraft } from './session.ts';
import type { Draft } from './use-conversation.ts';

export interface DraftHandle extends Draft {
  /** Files that were left out when pictures were last added. */
  readonly rejected: readonly Rejection[];
  setText(text: string): void;
  setMode(mode: Mode | undefined): void;
  /** Stays chosen for the messages that follow. */
  setEngine(engine: string): void;
  add(files: readonly File[]): void;
  reuse(image: ImageView): void;
  remove(attachment: Attachment): void;
  /** Put a whole message back to be written differently. */
  restore(draft: Draft): void;
  /** Empty it, without letting go of its pictures: they are being sent. */
  clear(): void;
}

/** The message being written. */
export function useDraft(): DraftHandle {
  const [text, setText] = useState(storedDraft);
  const [mode, setMode] = useState<Mode>();
  const [engine, setEngine] = useState<string>();
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const [rejected, setRejected] = useState<readonly Rejection[]>([]);
  useEffect(() => storeDraft(text), [text]);

  const add = useCallback((files: readonly File[]): void => {
    setAttachments((before) => {
      const next = addFiles(before, files);
      setRejected(next.rejected);
      return next.attachments;
    });
  }, []);

  return {
    text,
    mode,
    engine,
    attachments,
    rejected,
    setText,
    setMode,
    setEngine,
    add,
    reuse: useCallback((image: ImageView) => setAttachments((before) => addKnown(before, image)), []),
    remove(attachment) {
      releaseAttachments([attachment]);
      setAttachments((before) => before.filter((each) => each.id !== attachment.id));
    },
    restore(draft) {
      setText(draft.text);
      setMode(draft.mode);
      setEngine(draft.engine);
      setAttachments(draft.attachments);
    },
    clear() {
      setText('');
      setMode(undefined);
      setAttachments([]);
      setRejected([]);
    },
  };
}
