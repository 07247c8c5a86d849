import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

export class Announcement {
  @IsString()
  @Transform(trimmed)
  @Length(1, 500, { message: 'An announcement has 1 to 500 characters' })
  text!: string;
}
