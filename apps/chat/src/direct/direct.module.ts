import { Module } from '@nestjs/common';
import { DirectController } from './direct.controller.js';
import { DirectService } from './direct.service.js';

@Module({ controllers: [DirectController], providers: [DirectService] })
export class DirectModule {}
