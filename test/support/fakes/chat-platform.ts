import type { CardContent, NoticeContent, ResultContent } from '../../../core/content.ts';
import { AppError } from '../../../core/errors.ts';
import type { ChatPlatform, PostAttempt, PostTarget } from '../../../core/ports.ts';

export type Post =
  | {
      readonly kind: 'card';
      readonly id: string;
      readonly nonce: string;
      readonly place: string;
      readonly content: CardContent;
    }
  | {
      readonly kind: 'result';
      readonly id: string;
      readonly nonce: string;
      readonly place: string;
      readonly content: ResultContent;
    }
  | {
      readonly kind: 'notice';
      readonly id: string;
      readonly nonce: string;
      readonly place: string;
      readonly content: NoticeContent;
    };

/** A chat room in memory. It never dedupes by itself: what is posted twice is seen twice. */
export function createMemoryPlatform(name = 'memory') {
  const posts: Post[] = [];
  const acknowledged: PostTarget[] = [];
  const failures: { readonly error: Error; readonly when: 'before' | 'after' }[] = [];

  /** Places where nothing may be posted. */
  const forbidden = new Set<string>();

  async function post({ place }: PostTarget, attempt: PostAttempt, make: (id: string) => Post): Promise<string> {
    if (forbidden.has(place)) throw new AppError('PLATFORM_FORBIDDEN', {});
    const failure = failures.shift();
    if (failure?.when === 'before') throw failure.error;
    const id = `post-${posts.length + 1}`;
    await attempt.keepHandle(`handle-${id}`);
    posts.push(make(id));
    if (failure?.when === 'after') throw failure.error;
    return id;
  }

  const platform = {
    name,
    acknowledge(target) {
      acknowledged.push(target);
      return Promise.resolve();
    },
    postCard: (target, content, attempt) =>
      post(target, attempt, (id) => ({ kind: 'card', id, nonce: attempt.nonce, place: target.place, content })),
    updateCard(_target, postedId, content) {
      const index = posts.findIndex((each) => each.id === postedId);
      const before = posts[index];
      if (before?.kind === 'card') posts[index] = { ...before, content };
      return Promise.resolve();
    },
    postResult: (target, content, attempt) =>
      post(target, attempt, (id) => ({ kind: 'result', id, nonce: attempt.nonce, place: target.place, content })),
    postNotice: (target, content, attempt) =>
      post(target, attempt, (id) => ({ kind: 'notice', id, nonce: attempt.nonce, place: target.place, content })),
    privatePlace: (_target, authorId) => Promise.resolve(`alone-with-${authorId}`),
    findPost: (_target, attempt) => Promise.resolve(posts.find((each) => each.nonce === attempt.nonce)?.id),
  } satisfies ChatPlatform;

  return {
    ...platform,
    posts,
    acknowledged,
    forbidden,
    /** The next post throws: `before` nothing is posted, `after` it is posted all the same. */
    failNext(error: Error, when: 'before' | 'after'): void {
      failures.push({ error, when });
    },
  };
}
