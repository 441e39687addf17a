export interface RelativeBucketOptions {
  /** Number of buckets of both directions together. */
  readonly buckets: number;
  /** From this distance on, all distances share the last bucket of their direction. */
  readonly maxDistance: number;
}

/**
 * The bucket of every distance (key position - query position) from -maxDistance to maxDistance.
 *
 * Each direction has half of the buckets: half of those for exact distances, the rest logarithmic; keys to the right
 * come second.
 *
 * @source transformers T5Attention._relative_position_bucket, bidirectional.
 */
export function relativeBuckets({ buckets, maxDistance }: RelativeBucketOptions): readonly number[] {
  const perDirection = buckets / 2;
  return Array.from({ length: 2 * maxDistance + 1 }, (_, index) => {
    const distance = index - maxDistance;
    const bucket = bucketOf(Math.abs(distance), perDirection, maxDistance);
    return distance > 0 ? perDirection + bucket : bucket;
  });
}

function bucketOf(distance: number, perDirection: number, maxDistance: number): number {
  const exact = perDirection / 2;
  if (distance < exact) return distance;
  // In float32 like the reference, so that distances on a boundary fall on the same side.
  const ratio = Math.fround(Math.log(Math.fround(distance / exact)));
  const logarithmic = Math.fround(Math.fround(ratio / Math.log(maxDistance / exact)) * (perDirection - exact));
  return Math.min(exact + Math.trunc(logarithmic), perDirection - 1);
}
