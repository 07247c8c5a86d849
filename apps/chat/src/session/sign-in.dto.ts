import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { trimmed } from '../web/trimmed.js';

export class SignIn {
  @IsString()
  @Transform(trimmed)
  @Length(1, 32, { message: 'A name has 1 to 32 characters' })
  @Matches(/^\P{C}*$/u, { message: 'A name holds no invisible or control characters' })
  name!: string;

  /** Only of an admin. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  adminPassword?: string;
}
