/** What a picture was refused for: it shows sex or nakedness, or somebody posing. */
export type PictureCategory = 'explicit' | 'suggestive';

export type PictureVerdict =
  | { readonly verdict: 'ok' }
  | { readonly verdict: 'refuse'; readonly category: PictureCategory };
