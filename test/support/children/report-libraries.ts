/** Answer every message of the parent: which shared libraries this process loaded, and whether it could find the engine's. */
export function reportLibraries(): void {
  process.on('message', () => void report());
}

async function report(): Promise<void> {
  const libraries = Object(process.report.getReport()).sharedObjects;
  const findsEngine = await import('onnxruntime-node').then(
    () => true,
    () => false,
  );
  process.send?.({ kind: 'report', libraries: Array.isArray(libraries) ? libraries.map(String) : [], findsEngine });
}
