import { z } from 'zod';

/** A file of a message, as far as Easel reads it. */
const fileSchema = z
  .object({
    id: z.string(),
    name: z.string().nullish(),
    mimetype: z.string().nullish(),
    size: z.number().nullish(),
    /** `tombstone` (deleted), `hidden_by_limit`, `external`, `hosted` … */
    mode: z.string().nullish(),
    /** `check_file_info`: the event may not say more, as in channels shared with another workspace. */
    file_access: z.string().nullish(),
    url_private: z.string().nullish(),
    url_private_download: z.string().nullish(),
  })
  .readonly();
export type SlackFile = z.infer<typeof fileSchema>;

/** A person's message, by whichever event or call it came. */
export const messageSchema = z
  .object({
    ts: z.string(),
    user: z.string().optional(),
    bot_id: z.string().nullish(),
    subtype: z.string().optional(),
    hidden: z.boolean().optional(),
    text: z.string().nullish(),
    thread_ts: z.string().optional(),
    files: z.array(fileSchema).optional(),
    /** Forwarded messages and previews. */
    attachments: z.array(z.object({ files: z.array(fileSchema).optional() })).optional(),
  })
  .readonly();
export type SlackMessage = z.infer<typeof messageSchema>;

/** The events `app_mention` and `message`. */
export const messageEventSchema = messageSchema.unwrap().extend({
  type: z.enum(['app_mention', 'message']),
  channel: z.string(),
  channel_type: z.string().optional(),
});
export type MessageEvent = z.infer<typeof messageEventSchema>;

/** A person deleted a message. */
export const deletionSchema = z
  .object({
    type: z.literal('message'),
    subtype: z.literal('message_deleted'),
    channel: z.string(),
    deleted_ts: z.string(),
    previous_message: z.object({ thread_ts: z.string().optional() }).optional(),
  })
  .transform(({ channel, deleted_ts: ts, previous_message: before }) => ({ channel, ts, thread: before?.thread_ts }));

export const envelopeSchema = z.object({ event_id: z.string(), event: z.unknown() });

const optionSchema = z.object({ value: z.string() });

/** A press of one of Easel's buttons, or a choice in one of its menus. */
export const pressSchema = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        action_ts: z.string(),
        /** Of a button. */
        value: z.string().optional(),
        /** Of a menu for one, and of one for several. */
        selected_option: optionSchema.nullish(),
        selected_options: z.array(optionSchema).optional(),
      }),
    )
    .min(1),
});
export type PressBody = z.infer<typeof pressSchema>;

export const fileInfoSchema = z.object({ file: fileSchema });

/** `conversations.replies` and `conversations.history`. */
export const messagesSchema = z.object({ messages: z.array(messageSchema).default([]) });

export const identitySchema = z.object({ team_id: z.string(), user_id: z.string() });
export const userSchema = z.object({
  user: z.object({ is_admin: z.boolean().optional(), is_owner: z.boolean().optional() }),
});
