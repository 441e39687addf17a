import { useEffect, useState } from 'preact/hooks';

/**
 * Take files that are dropped or pasted anywhere on the page. @returns whether files hover over the page right now.
 * @param onFiles must stay the same function between renders, or the listeners are set anew.
 */
export function useDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isHovering, setHovering] = useState(false);

  useEffect(() => {
    // Entering a child fires before leaving its parent, so the depth tells inside from outside.
    let depth = 0;
    const listeners = {
      dragenter(event: DragEvent) {
        if (!hasFiles(event)) return;
        depth += 1;
        setHovering(true);
      },
      dragleave(event: DragEvent) {
        if (!hasFiles(event)) return;
        depth -= 1;
        if (depth === 0) setHovering(false);
      },
      dragover(event: DragEvent) {
        if (hasFiles(event)) event.preventDefault();
      },
      drop(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setHovering(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      },
      paste(event: ClipboardEvent) {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        onFiles(files);
      },
    };
    addEventListener('dragenter', listeners.dragenter);
    addEventListener('dragleave', listeners.dragleave);
    addEventListener('dragover', listeners.dragover);
    addEventListener('drop', listeners.drop);
    addEventListener('paste', listeners.paste);
    return () => {
      removeEventListener('dragenter', listeners.dragenter);
      removeEventListener('dragleave', listeners.dragleave);
      removeEventListener('dragover', listeners.dragover);
      removeEventListener('drop', listeners.drop);
      removeEventListener('paste', listeners.paste);
    };
  }, [onFiles]);

  return isHovering;
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}
