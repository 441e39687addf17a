import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPictureClassifier, type PictureScores } from '../../inference/index.ts';
import { modelFolderOf } from '../folders.ts';
import { formatTable, print, printProgress, printSummary } from '../print.ts';
import { sayFailures } from '../say-failures.ts';
import { type PictureSet, picturesOfCases, picturesOfFolder } from './picture-sets.ts';

// How often harmless pictures are taken for explicit ones. How many explicit ones are found is not measured: there are none here.

const { values } = parseArgs({
  options: {
    /** More folders of harmless pictures: PNG, JPEG, WebP, GIF. */
    folder: { type: 'string', multiple: true, default: [] },
    /** Without the pictures of this repository. */
    'folders-only': { type: 'boolean', default: false },
  },
});
sayFailures();

const THRESHOLDS = [0.5, 0.7, 0.85, 0.95] as const;

const classifier = createPictureClassifier(
  fileURLToPath(new URL('../../models/safety/nsfw-mobilenet-v2.onnx', import.meta.url)),
);

interface Row {
  readonly set: string;
  readonly pictures: number;
  /** Pictures refused at each of `THRESHOLDS`. */
  readonly explicit: readonly number[];
  readonly strict: readonly number[];
  readonly worst: { readonly name: string; readonly explicit: number };
  readonly millisecondsEach: number;
}

async function measure({ name, pictures }: PictureSet): Promise<Row> {
  const seen: { readonly name: string; readonly explicit: number; readonly strict: number }[] = [];
  const started = performance.now();
  for await (const picture of pictures()) {
    const { porn, hentai, sexy }: PictureScores = await classifier.classify(picture.bytes);
    seen.push({ name: picture.name, explicit: porn + hentai, strict: porn + hentai + sexy });
  }
  const elapsedMs = performance.now() - started;
  const refused = (kind: 'explicit' | 'strict') =>
    THRESHOLDS.map((threshold) => seen.filter((each) => each[kind] >= threshold).length);
  const [worst] = seen.toSorted((one, other) => other.explicit - one.explicit);
  printProgress(`${name}: ${seen.length} pictures`);
  return {
    set: name,
    pictures: seen.length,
    explicit: refused('explicit'),
    strict: refused('strict'),
    worst: { name: worst?.name ?? '', explicit: Math.round((worst?.explicit ?? 0) * 1000) / 1000 },
    millisecondsEach: Math.round((elapsedMs / Math.max(1, seen.length)) * 10) / 10,
  };
}

const own = [
  picturesOfFolder('built-in samples', `${modelFolderOf(process.env)}/samples`),
  picturesOfCases('benchmark cases', fileURLToPath(new URL('../quality/cases', import.meta.url))),
];
const sets = [
  ...(values['folders-only'] ? [] : own),
  ...values.folder.map((folder) => picturesOfFolder(folder, folder)),
];
const rows: Row[] = [];
try {
  await classifier.ready();
  for (const set of sets) rows.push(await measure(set));
} finally {
  await classifier.dispose();
}

print('Harmless pictures that would be refused, by EASEL_SAFETY_THRESHOLD (`on` / `strict`):');
print(
  formatTable(
    ['pictures', 'count', ...THRESHOLDS.map(String), 'worst', 'score', 'ms'],
    rows.map(({ set, pictures, explicit, strict, worst, millisecondsEach }) => [
      set,
      String(pictures),
      ...THRESHOLDS.map((_, index) => `${explicit[index]} / ${strict[index]}`),
      worst.name,
      worst.explicit.toFixed(3),
      String(millisecondsEach),
    ]),
  ),
);
printSummary({ thresholds: THRESHOLDS, rows });
