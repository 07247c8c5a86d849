import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { AdminController } from './admin.controller.js';

@Module({ imports: [SessionModule], controllers: [AdminController] })
export class AdminModule {}
