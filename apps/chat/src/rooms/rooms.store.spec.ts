import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConflictException, ForbiddenException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { RoomsStore } from './rooms.store.js';

const ada = { userId: 'a', name: 'Ada' };
const grace = { userId: 'g', name: 'Grace' };

describe('RoomsStore', () => {
  let rooms: RoomsStore;

  beforeEach(() => {
    rooms = new RoomsStore();
  });

  it('lets in whoever founded a room and nobody else who has not joined', () => {
    const room = rooms.open('Compilers', ada);
    expect(rooms.requireAsMember(room.id, ada)).toBe(room);
    expect(() => rooms.requireAsMember(room.id, grace)).toThrow(ForbiddenException);
    expect(() => rooms.require('nowhere')).toThrow(NotFoundException);
  });

  it('refuses a second room of the same name', () => {
    rooms.open('Compilers', ada);
    expect(() => rooms.open('compilers', grace)).toThrow(ConflictException);
  });

  it('closes a room when its last member leaves, but never the lobby', () => {
    const closed: string[] = [];
    rooms.closed$.subscribe(({ name }) => closed.push(name));
    const room = rooms.open('Compilers', ada);
    room.members.add(grace.userId);
    rooms.removeMember(room, ada.userId);
    expect(closed).toEqual([]);
    rooms.removeMember(room, grace.userId);
    expect(closed).toEqual(['Compilers']);

    const lobby = rooms.require('lobby');
    lobby.members.add(ada.userId);
    rooms.removeMember(lobby, ada.userId);
    expect(rooms.all()).toEqual([lobby]);
  });

  it('does not close a room that somebody leaves who was never in it', () => {
    const room = rooms.open('Compilers', ada);
    rooms.removeMember(room, grace.userId);
    expect(rooms.require(room.id)).toBe(room);
  });

  it('has a hundred rooms at most', () => {
    for (let i = 1; i < 100; i += 1) rooms.open(`Room ${i}`, ada);
    expect(() => rooms.open('One more', ada)).toThrow(ServiceUnavailableException);
  });
});
