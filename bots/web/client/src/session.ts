/** Which conversation this page shows: its id stands in the address after `#`, where no server and no referrer sees it. */

const STORED_CONVERSATION = 'easel.conversation';
const STORED_DRAFT = 'easel.draft';
const ID = /^#c=([0-9a-f]{32})$/;

/** The conversation of the address; without one, the last of this browser. */
export function rememberedConversation(): string | undefined {
  const id = ID.exec(location.hash)?.[1] ?? localStorage.getItem(STORED_CONVERSATION) ?? '';
  return ID.test(`#c=${id}`) ? id : undefined;
}

export function rememberConversation(id: string): void {
  localStorage.setItem(STORED_CONVERSATION, id);
  history.replaceState(null, '', `#c=${id}`);
}

export function forgetConversation(): void {
  localStorage.removeItem(STORED_CONVERSATION);
  history.replaceState(null, '', location.pathname);
}

/** Called when somebody opens another conversation's address in this tab. @returns how to stop. */
export function onAddressChange(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** What was typed and not sent, for this tab. */
export function storedDraft(): string {
  return sessionStorage.getItem(STORED_DRAFT) ?? '';
}

export function storeDraft(text: string): void {
  sessionStorage.setItem(STORED_DRAFT, text);
}
