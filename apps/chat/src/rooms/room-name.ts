import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches, type ValidationOptions } from 'class-validator';

/** Where everybody comes in, and which is always there. */
export const LOBBY = 'lobby';

/** A room is its name. So that nobody finds it empty for a capital letter or a space too many, there is one way to write it. */
export function roomName(text: unknown): unknown {
  return typeof text === 'string' ? text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase() : text;
}

export function IsRoomName(options: ValidationOptions = {}): PropertyDecorator {
  return applyDecorators(
    IsString(options),
    Length(1, 40, { ...options, message: 'The name of a room has 1 to 40 characters' }),
    Matches(/^\P{C}*$/u, { ...options, message: 'The name of a room holds no invisible or control characters' }),
  );
}

export class OpenRoom {
  @Transform(({ value }) => roomName(value))
  @IsRoomName()
  name!: string;
}

export class RoomInPath {
  @Transform(({ value }) => roomName(value))
  @IsRoomName()
  room!: string;
}
