import { describe, expect, it } from '@jest/globals';
import { audiencesOf } from './audience.js';

const ALL = { all: true, user: true, permissions: true };
const plain = { admin: 'admin', adminHears: [] };

describe('audiencesOf()', () => {
  it('are everyone, the user and his permissions, each if the stream listens to them', () => {
    const identity = { userId: '7', permissions: ['read', 'write'] };
    expect(audiencesOf(ALL, identity, plain)).toEqual(['$all', '$user.7', '$perm.read', '$perm.write']);
    expect(audiencesOf({ ...ALL, permissions: false }, identity, plain)).toEqual(['$all', '$user.7']);
    expect(audiencesOf(ALL, undefined, plain)).toEqual(['$all']);
  });

  it('of an admin are those that admins are to hear as well, and of nobody else', () => {
    const permissions = { admin: 'root', adminHears: ['read', 'alarms'] };
    const of = (...held: string[]) => audiencesOf(ALL, { userId: '7', permissions: held }, permissions).slice(2);
    expect(of('root', 'read')).toEqual(['$perm.root', '$perm.read', '$perm.alarms']);
    expect(of('admin', 'read')).toEqual(['$perm.admin', '$perm.read']);
    expect(audiencesOf(ALL, { userId: '7', permissions: ['root'] }, { ...permissions, admin: null })).toEqual([
      '$all',
      '$user.7',
      '$perm.root',
    ]);
  });
});
