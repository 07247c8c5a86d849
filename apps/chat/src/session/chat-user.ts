/** Who somebody is to everybody else. */
export interface ChatUser {
  userId: string;
  name: string;
}

/**
 * A user id is a name and a tag, such as `Ada#x4Jq0cT2mZk9vB1e`. So every node and every page knows everybody's name by the
 * ids that presence and messages have, and people need not be stored anywhere.
 */
const USER_ID = /^(.{1,32})#[\w-]{16}$/u;

export function makeUser(name: string, tag: string): ChatUser {
  return { userId: `${name}#${tag}`, name };
}

/** Nobody, if it is not the id of a user. */
export function userOf(userId: string): ChatUser | undefined {
  const name = USER_ID.exec(userId)?.[1];
  return name === undefined ? undefined : { userId, name };
}

/** `Ada`, `ADA` and `Ａｄａ` in wide letters are one name: nobody can look like somebody else. */
export function isSameName(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
