import { startDiscordRooms } from '../support/discord/discord-rooms.ts';
import { describeChatPlatform } from './chat-platform.contract.ts';

describeChatPlatform('Discord, in a channel', () => startDiscordRooms('channel'));
describeChatPlatform('Discord, in direct messages', () => startDiscordRooms('direct'));
