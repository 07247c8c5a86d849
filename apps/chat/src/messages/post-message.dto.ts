import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

/** What somebody says. Who says it is in the session, not here. */
export class PostMessage {
  /** Made by the page. A message that is sent again, since its answer was lost, has the same one and is published once. */
  @Matches(/^[\w-]{8,64}$/, { message: 'The id of a message has 8 to 64 letters, digits, - and _' })
  id!: string;

  @IsString()
  @Transform(trimmed)
  @Length(1, 2_000, { message: 'A message has 1 to 2000 characters' })
  text!: string;
}
