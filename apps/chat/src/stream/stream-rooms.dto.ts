import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray } from 'class-validator';
import { IsRoomName, roomName } from '../rooms/room-name.js';

/** `?room=lobby&room=compilers`: the rooms that a stream is to carry. */
export class StreamRooms {
  @Transform(({ value }) => [value].flat().map(roomName))
  @IsArray()
  @ArrayMaxSize(50, { message: 'A stream carries 50 rooms at most' })
  @IsRoomName({ each: true })
  room: string[] = [];
}
