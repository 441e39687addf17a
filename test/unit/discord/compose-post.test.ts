import { ComponentType, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { composeCard, composeText } from '../../../bots/discord/compose-post.ts';
import { decodeAction, markOf } from '../../../bots/shared/action-id.ts';
import type { Action, Choice } from '../../../core/content.ts';
import { newTurnId } from '../../../core/ids.ts';
import { rowsSchema } from '../../support/discord/check-components.ts';

const turnId = newTurnId();
const action = (kind: Action['kind'], label: string, argument?: string): Action => ({
  kind,
  label,
  turnId,
  ...(argument === undefined ? {} : { argument }),
});
const card = {
  turnId,
  lines: ['Editing image 1  #a7f3', '“make it *red*”', 'Queued'],
  actions: [action('cancel', 'Cancel')],
};

describe('a card on Discord', () => {
  it('has a line for each thing it says, people’s words as they typed them, and no previews of links', () => {
    const { content, flags } = composeCard({ ...card, ended: false });
    expect(content).toBe('Editing image 1  #a7f3\n“make it \\*red\\*”\nQueued');
    expect(flags).toBe(MessageFlags.SuppressEmbeds);
  });

  it('is one small line after its end', () => {
    expect(composeCard({ ...card, ended: true }).content).toBe('-# Editing image 1  #a7f3 · Queued');
    expect(composeCard({ ...card, lines: ['Cancelled.'], ended: true }).content).toBe('-# Cancelled.');
  });
});

describe('the menus of a card on Discord', () => {
  const choice = (kind: Choice['kind'], count: number): Choice => ({
    kind,
    label: 'Which images to use',
    turnId,
    options: Array.from({ length: count }, (_, index) => ({
      value: String(index + 1),
      label: `Use image ${index + 1}`,
      description: 'x'.repeat(300),
      isChosen: index === 0,
    })),
    atLeast: kind === 'references' ? 0 : 1,
    atMost: kind === 'references' ? 4 : 1,
  });
  const choices = [choice('base', 25), choice('references', 25), choice('engine', 2)];

  it('are what Discord takes, above the buttons, with their ids and what is chosen', () => {
    const { components } = composeCard({ ...card, choices, ended: false }, 'f'.repeat(24));
    const rows = rowsSchema.parse(components);
    expect(rows.map((row) => row.components[0]?.custom_id.split(':')[1])).toEqual([
      'base',
      'references',
      'engine',
      'cancel',
    ]);
    const menu = rows[1]?.components[0];
    expect(menu).toMatchObject({ min_values: 0, max_values: 4, options: expect.any(Array) });
    expect(decodeAction(menu?.custom_id ?? '')).toEqual({ kind: 'references', turnId });
    expect(markOf(menu?.custom_id ?? '')).toBe('f'.repeat(24));
  });

  it('leave room for the buttons: there are five rows', () => {
    const actions = Array.from({ length: 20 }, (_, index) => action('base', `Image ${index}`, String(index)));
    expect(rowsSchema.parse(composeCard({ ...card, actions, choices, ended: false }).components)).toHaveLength(5);
  });
});

describe('a post on Discord', () => {
  it('carries what each button needs, and its own nonce, in at most 100 characters', () => {
    const mark = 'f'.repeat(24);
    const { components } = composeText('text', [action('mode', 'Generate', 'generate')], mark);
    const [row] = components ?? [];
    const button = row?.type === ComponentType.ActionRow ? row.components[0] : undefined;
    const id = button !== undefined && 'custom_id' in button ? button.custom_id : '';
    expect(id.length).toBeLessThanOrEqual(100);
    expect(decodeAction(id)).toEqual({ kind: 'mode', turnId, argument: 'generate' });
    expect(markOf(id)).toBe(mark);
    expect(button).toMatchObject({ label: 'Generate', emoji: { name: expect.any(String) } });
  });

  it('puts five buttons into a row', () => {
    const actions = Array.from({ length: 12 }, (_, index) => action('base', `Image ${index + 1}`, String(index + 1)));
    const { components = [] } = composeText('Which one?', actions);
    expect(components.map((row) => (row.type === ComponentType.ActionRow ? row.components.length : 0))).toEqual([
      5, 5, 2,
    ]);
  });

  it('is cut where Discord would refuse it', () => {
    expect(composeText('x'.repeat(3000)).content).toHaveLength(2000);
  });
});
