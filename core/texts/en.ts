import type { Sentence } from './sentence.ts';

const HELP =
  'Send one or more images and say what you want; they are numbered in the order you send them. ' +
  '“Give the bag in image 1 the pattern of the dress in image 2” edits image 1. ' +
  '“Make a picture of the bag from image 1 in the style of image 2” makes a new one. ' +
  'The result becomes the next image, and “it” means that result. ' +
  'Words that work at any time: undo, undo to image 3, again, cancel, swap, use image 2 as base, details, help.';

/**
 * Every sentence a person sees, in English. Other languages have the same keys and placeholders.
 * An error says what happened and what to do.
 */
export const en = {
  'card.edit': 'Editing image {base}',
  'card.edit.with': 'Editing image {base} using {references}',
  'card.generate': 'Making a new picture',
  'card.generate.with': 'Making a new picture from {references}',
  'card.instruction': '“{instruction}”',
  'note.by-rules': 'Read by simple rules, because the language model did not give a usable answer. Please check it.',
  'card.received': 'Got it. Reading your request…',
  'card.waiting': 'Waiting for the request before this one',
  'card.queued': {
    by: 'position',
    type: 'ordinal',
    forms: {
      one: 'Queued · {position}st in line',
      two: 'Queued · {position}nd in line',
      few: 'Queued · {position}rd in line',
      other: 'Queued · {position}th in line',
    },
  },
  'card.queued.somewhere': 'Queued',
  'card.working': 'Working · {step}/{steps} steps · {percent} %',
  'card.starting': 'Working · getting ready',
  'card.delivering': 'Finishing · uploading',
  'card.done': 'Done · {results}',
  'card.cancelled': 'Cancelled.',
  'card.image.named': 'image {number} = {name}',
  'card.image.reply': 'image {number} = from the message you answered',
  'card.image.result': 'image {number} = earlier result',
  'card.failed-image': '⚠ image {number}: {reason}',

  'image.name': 'image {number}',
  'result.line': 'image {number} · from {sources} · {seconds} s',
  'result.line.alone': 'image {number} · {seconds} s',
  'result.cost': 'about {cost}',
  'result.instead': 'Made by {engine}, because {failed} could not.',
  'card.cost': 'Costs about {cost} · {engine}',
  'alt.result': 'Result of: {text}',

  'button.retry': 'Retry',
  'button.cancel': 'Cancel',
  'button.undo': 'Undo',
  'button.swap': 'Swap images',
  'button.edit': 'Edit',
  'button.generate': 'Generate',
  'button.base': 'Image {number}',
  'button.details': 'Details',

  'choice.base': 'Which image to change',
  'choice.base.option': 'Change image {number}',
  'choice.references': 'Which images to use',
  'choice.references.option': 'Use image {number}',
  'choice.engine': 'What makes the picture',
  'choice.engine.option': 'Make it with {engine}',

  'reply.text': '{text}',
  'reply.undone': 'Undone. “It” means image {number} again; image {undone} keeps its number.',
  'reply.undone.nothing-before': 'Undone. Image {undone} keeps its number.',
  'reply.back-to': '“It” means image {number} now.',
  'reply.nothing-to-undo': 'There is nothing to undo here yet.',
  'reply.cancelled': 'Cancelled.',
  'reply.nothing-to-cancel': 'Nothing is being made right now, so there is nothing to cancel.',
  'reply.nothing-to-repeat': 'There is nothing to do again here yet. Tell me what to make.',
  'reply.swapped': 'Swapped: image {base} is the one being changed now.',
  'reply.nothing-to-swap':
    'Swap needs a request with a base and a reference image. Say, for example, “use image 2 as base”.',
  'reply.base': 'Changing image {base} now.',
  'reply.references': {
    by: 'count',
    type: 'cardinal',
    forms: { one: 'Using image {references} now.', other: 'Using images {references} now.' },
  },
  'reply.details':
    '{mode} · seed {seed} · {steps} steps · {width} × {height} · {model} · from {sources} · {instruction}',
  'reply.no-details': 'There is no result here yet, so there are no details to show.',
  'reply.chat': 'Tell me what to change in a picture, or what new picture to make. “help” shows what I understand.',
  'reply.help': HELP,
  'reply.help.engines': `${HELP} Pictures are made by: {engines}. End a request with “with {engine}” to choose.`,

  'place.forbidden':
    "I can't post pictures here, because I am not allowed to: {permissions}. Ask an admin to allow it, then send your message again.",
  'place.forbidden.elsewhere':
    "I saw your message in {channel}, but I can't answer there, because I am not allowed to: {permissions}. Ask an admin to allow it, then send it again.",
  'post.elsewhere': 'I finished this, but I am not allowed to post where you asked for it. Here it is.',
  'result.smaller': 'Files here may have up to {megabytes} MB, so this is a smaller copy.',
  'command.easel': 'Easel: pictures by saying what you want',
  'command.help': 'What I understand, and how to ask',
  'menu.edit': 'Edit this image',
  'menu.edit.question': 'What should be changed?',
  'menu.edit.accepted': 'Got it. The answer comes below the picture.',

  'ask.base': 'Which one should I change?',

  'error.NO_IMAGE': "I don't see an image yet. Attach one (or reply to one) and tell me what to change.",
  'error.UNKNOWN_IMAGE': {
    by: 'count',
    type: 'cardinal',
    forms: {
      one: 'You mentioned image {number}, but I only have image 1 here.',
      other: 'You mentioned image {number}, but I only have images 1-{count} here.',
    },
  },
  'error.TOO_MANY_IMAGES': {
    by: 'limit',
    type: 'cardinal',
    forms: {
      one: 'I can use one image at once; you sent {count}. Which one should I use?',
      other: 'I can use up to {limit} images at once; you sent {count}. Which ones should I use?',
    },
  },
  'error.TEXT_EMPTY': 'Tell me in a few words what you want, for example “make the bag red”.',
  'error.TEXT_TOO_LONG': 'That is {count} characters; I can read up to {limit}. Please say it shorter.',
  'error.REQUEST_INVALID': "I couldn't read that request. Please check it and send it again.",
  'error.IMAGE_TOO_LARGE': 'image {number} is {size}; my limit is 25 MB / 50 megapixels. Send a smaller one.',
  'error.IMAGE_UNREADABLE':
    "image {number} isn't a picture I can open ({format}). PNG, JPEG, WebP and GIF (first frame) work.",
  'error.IMAGE_GONE': 'I no longer have image {number}. Send it again and I will continue.',
  'error.DOWNLOAD_FAILED': "I couldn't download image {number}. Please send it again.",
  'error.DOWNLOAD_BLOCKED_HOST': "I don't download images from that address. Attach image {number} as a file instead.",
  'error.DOWNLOAD_FORBIDDEN':
    'I was not allowed to download image {number}. An admin can mend it: give the app the permission to read files ' +
    '(Slack: files:read) and install it again.',
  'error.NOT_ALLOWED': 'Only the person who asked for it, or an admin, can do that.',
  'error.CONVERSATION_UNKNOWN': "I don't know this conversation. Start a new one and send your images again.",
  'error.TURN_UNKNOWN': "I don't know that request any more. Send it again.",
  'error.NOTHING_TO_REPEAT': 'There is no picture to make again there. Send the request as a new message.',
  'error.LIMIT': {
    by: 'count',
    type: 'cardinal',
    forms: {
      one: "You have one request in the queue already. Send the next one when it's finished.",
      other: 'You have {count} requests in the queue already. Send the next one when one finishes.',
    },
  },
  'error.ENGINE_UNAVAILABLE': 'No image worker is available right now. Please try again in a moment.',
  'error.ENGINE_BUSY': '{engine} has too much to do right now, so nothing was made. Press Retry in a minute.',
  'error.ENGINE_QUOTA':
    '{engine} makes no pictures right now, because its account has used up what it may spend. An admin can mend that; nothing was made.',
  'error.ENGINE_MISCONFIGURED':
    '{engine} is not set up correctly, so nothing was made. An admin can find out why with `easel doctor`.',
  'error.ENGINE_CANNOT':
    '{engine} is set up for {accepted} images, and this request has {count}. Please ask with as many.',
  'error.ENGINE_FAILED':
    '{engine} sent no picture. It may have charged for it, so I did not ask again by myself; press Retry to do so.',
  'error.ENGINE_UNKNOWN': 'There is no engine “{engine}” here. There are: {engines}.',
  'error.PERSON_BUDGET_SPENT':
    'Your budget for pictures ({limit}) is spent, so nothing was made. It begins anew on {until}.',
  'error.PLACE_BUDGET_SPENT':
    'The budget for pictures of this place ({limit}) is spent, so nothing was made. It begins anew on {until}.',
  'error.OUT_OF_MEMORY': 'That was too large for the memory here. Use fewer or smaller images, or press Retry.',
  'error.WORKER_DIED':
    "The worker stopped while making this ({reference}), and trying again didn't help. Press Retry to try once more.",
  'error.CANCELLED': 'Cancelled.',
  'error.PROMPT_BLOCKED': "I can't make that one. Try different words.",
  'error.RESULT_BLOCKED':
    "The result was held back by the safety filter, so I'm not posting it. Rephrase, or press Retry.",
  'error.POLICY_REFUSED':
    "I'm sorry, I can't make that one: sexual pictures of children or of real people are never made here. " +
    "Nothing was made. I'm glad to help with another picture.",
  'error.IMAGE_REFUSED':
    "I'm sorry, I can't work with image {number}: the safety filter takes it for an explicit picture, and nothing was made. Please try another one.",
  'error.SAFETY_UNAVAILABLE': "I can't check pictures right now, so I make and post none. Press Retry in a moment.",
  'error.CANNOT_POST': 'I finished this, but I was not allowed to post it here.',
  'error.TRY_LATER': "I can't reach a part of myself right now. Please try again in a minute.",
  'error.general': 'Something went wrong on my side {reference}. Press Retry, or send the request again.',
  'error.HOME_LOCKED':
    'Another Easel (process {pid}) is running on the folder {folder}. Stop it, or set EASEL_HOME to another folder.',
  'error.MODEL_INVALID': 'The model folder cannot be used: {file}: {expected}.',
  'error.MODEL_MISSING':
    'There is no model in the folder {folder}. Set EASEL_MODEL to a folder that holds model_index.json.',
  'error.DEVICE_UNAVAILABLE': 'EASEL_DEVICE={device} does not work on this machine: {reason}.',
  'error.CONFIG_INVALID': 'The configuration is not valid:\n{problems}',
} as const satisfies Readonly<Record<string, Sentence>>;
