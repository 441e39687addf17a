import { startWebRooms } from '../support/web/web-rooms.ts';
import { describeChatPlatform } from './chat-platform.contract.ts';

describeChatPlatform('the web', startWebRooms);
