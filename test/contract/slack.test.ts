import { startSlackRooms } from '../support/slack/slack-rooms.ts';
import { describeChatPlatform } from './chat-platform.contract.ts';

describeChatPlatform('Slack, in a thread', () => startSlackRooms('thread'));
describeChatPlatform('Slack, in direct messages', () => startSlackRooms('direct'));
