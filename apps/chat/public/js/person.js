/** Who a user id is: `Ada#x4Jq0cT2mZk9vB1e` is Ada. */
export function personOf(userId) {
  return { userId, name: userId.slice(0, userId.lastIndexOf('#')) };
}
