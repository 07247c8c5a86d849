import { Transform } from 'class-transformer';
import { IsString, Matches, MaxLength } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

/** Why somebody is removed, as he is told it. It may be empty. */
export class Kick {
  @IsString()
  @Transform(trimmed)
  @MaxLength(200, { message: 'A reason has 200 characters at most' })
  @Matches(/^\P{C}*$/u, { message: 'A reason holds no invisible or control characters' })
  reason = '';
}
