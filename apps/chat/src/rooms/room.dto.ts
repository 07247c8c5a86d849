import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

export class OpenRoom {
  @IsString()
  @Transform(trimmed)
  @Length(1, 40, { message: 'The name of a room has 1 to 40 characters' })
  @Matches(/^\P{C}*$/u, { message: 'The name of a room holds no invisible or control characters' })
  name!: string;
}

export class JoinRoom {
  /** The tab's own stream, by the id in its `welcome` event. */
  @IsString()
  @Length(1, 200)
  connectionId!: string;
}
