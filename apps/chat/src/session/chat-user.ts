/** Who somebody is to everybody else. */
export interface ChatUser {
  userId: string;
  name: string;
}
