import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

/** What somebody says. Who says it is in the session, not here. */
export class PostMessage {
  @IsString()
  @Transform(trimmed)
  @Length(1, 2_000, { message: 'A message has 1 to 2000 characters' })
  text!: string;
}
